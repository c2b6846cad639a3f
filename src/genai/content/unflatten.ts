import type { SpanView } from '../../pdata/spans.ts'
import { AnyValueReader } from './any-value.ts'
import { maxDepth, maxIndex, maxKeyLength } from './bounds.ts'
import type { Decoded } from './decode.ts'
import { isHostileKey, type Json, newObject } from './json.ts'

/**
 * Gathers a list that is written as one attribute per leaf: under the prefix `llm.tools`, the
 * attribute `llm.tools.0.tool.name` is the `name` of the `tool` of the first element. Segments of
 * digits are indices; gaps between them close. Keys that are too long, too deep, too far or hostile
 * are left out. Leaves stay as they are, also those that hold JSON. Where an SDK dropped attributes
 * of the span, some leaves may be among them. One pass over the attributes.
 */
export function unflatten(span: SpanView, prefix: string): Decoded {
  const reader = new AnyValueReader()
  const root: Branch = new Map()
  const start = `${prefix}.`
  let isHere = false
  let leftOut = span.droppedAttributesCount > 0
  span.forEachAttribute((key, view) => {
    if (!key.startsWith(start) || !startsWithIndex(key, start.length)) return
    isHere = true
    const path = pathOf(key, start.length)
    if (path === undefined) leftOut = true
    else put(root, path, () => reader.read(view))
  })
  if (root.size === 0) return { value: undefined, truncated: isHere && leftOut }
  return { value: build(root), truncated: leftOut || reader.truncated }
}

/** Children by segment. A branch wins over a leaf of the same name: it says more. */
type Branch = Map<string, Branch | Leaf>

interface Leaf {
  readonly value: Json
}

/** The segments of a key behind its prefix; `undefined` when we do not follow it. */
function pathOf(key: string, from: number): readonly string[] | undefined {
  if (key.length > maxKeyLength) return undefined
  const path = key.slice(from).split('.')
  return path.length <= maxDepth && path.every(isSafe) ? path : undefined
}

/** `gen_ai.prompt.name` is no element of `gen_ai.prompt`. */
function startsWithIndex(key: string, from: number): boolean {
  return /^\d/.test(key.charAt(from))
}

function isSafe(segment: string): boolean {
  if (isIndex(segment)) return Number(segment) <= maxIndex
  return segment !== '' && !isHostileKey(segment)
}

function isIndex(segment: string): boolean {
  return /^\d+$/.test(segment)
}

function put(root: Branch, path: readonly string[], read: () => Json | undefined): void {
  let branch = root
  for (const segment of path.slice(0, -1)) {
    const child = branch.get(segment)
    const next: Branch = child instanceof Map ? child : new Map()
    if (next !== child) branch.set(segment, next)
    branch = next
  }
  const last = path.at(-1) ?? ''
  if (branch.has(last)) return
  const value = read()
  if (value !== undefined) branch.set(last, { value })
}

function build(node: Branch | Leaf): Json {
  if (!(node instanceof Map)) return node.value
  const entries = [...node]
  if (entries.length > 0 && entries.every(([segment]) => isIndex(segment))) {
    return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, child]) => build(child))
  }
  const object = newObject()
  for (const [segment, child] of entries) object[segment] = build(child)
  return object
}
