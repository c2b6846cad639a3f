import type { DialectName } from '../../genai/dialect.ts'
import { dialects } from '../../genai/dialects.ts'
import { resourcePrecedence } from '../../genai/precedence.ts'
import type { SpanReader } from '../../genai/read-span.ts'
import { compileSources } from '../../genai/sources.ts'
import type { SpanRecord } from '../../genai/span-record.ts'
import { Values } from '../../genai/values.ts'
import type { ResourceView } from '../../pdata/envelope.ts'
import type { SpanView } from '../../pdata/spans.ts'
import type { Reading } from './explained.ts'

/** A span while its view stands no more: what it is, and what was read of it where. */
export interface SeenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly reading: Reading
  readonly record: SpanRecord | undefined
  readonly notes: Notes
}

/** Which attributes were read, and which there are. */
export interface Notes {
  /** Key that gave what a row of the tables asks for; rows of resources begin with `resource.`. */
  readonly read: ReadonlyMap<string, string>
  /** What the attributes say, as far as it is a number, a bool or a short text. */
  readonly span: ReadonlyMap<string, Shown>
  readonly resource: ReadonlyMap<string, Shown>
}

/** A value that may be compared and, where it is no text, printed. */
export type Shown = string | number | boolean | undefined

/** Reads a span and keeps what can be said about it later. */
export function seenSpan(span: SpanView, reader: SpanReader, resources: SeenResources): SeenSpan {
  const read = new Map<string, string>()
  const found = reader.read(span, (row, key) => read.set(row, key))
  const attributes = shownAttributes(span)
  const isAgent = found?.kind === 'agent'
  const resource = isAgent ? resources.of(span.resource) : nothing
  return {
    traceId: span.traceIdHex(),
    spanId: span.spanIdHex(),
    parentSpanId: span.parentSpanIdHex(),
    name: span.name(),
    startMs: span.startMs,
    endMs: span.endMs,
    reading: readingOf(found, attributes),
    record: isAgent ? found.record : undefined,
    notes: {
      read: new Map([...read, ...resource.read]),
      span: attributes,
      resource: resource.shown,
    },
  }
}

type Found = ReturnType<SpanReader['read']>

function readingOf(found: Found, attributes: ReadonlyMap<string, Shown>): Reading {
  if (found === undefined) return { kind: 'no_agent' }
  const { dialect, also, operation } = found.recognition
  if (found.kind === 'noise') return { kind: 'ignored', dialect, reason: found.reason }
  const operationFrom = operationKey([dialect, ...also], operation, attributes)
  return { kind: 'agent', dialect, also, operation, operationFrom }
}

/** The attribute that says what a span does, of those that its dialects write. */
function operationKey(
  told: readonly DialectName[],
  operation: string,
  attributes: ReadonlyMap<string, Shown>,
): string | undefined {
  const carriers = told.flatMap((name) => {
    return dialects.find((it) => it.name === name)?.operations ?? []
  })
  const carrier = carriers.find(({ key, values, isFirstWord }) => {
    const word = wordOf(attributes.get(key), isFirstWord)
    const said = Object.entries(values).find(([value]) => value.toLowerCase() === word)
    return said?.[1] === operation
  })
  return carrier?.key
}

function wordOf(value: Shown, isFirstWord = false): string {
  const text = String(value ?? '')
    .replace(/^["\s]+|["\s]+$/g, '')
    .toLowerCase()
  return isFirstWord ? (text.split(' ')[0] ?? '') : text
}

/** Longer texts are not compared; messages are mostly longer. */
const maxTextBytes = 256

function shownAttributes(holder: Pick<SpanView, 'forEachAttribute'>): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown>()
  holder.forEachAttribute((key, value) => {
    if (shown.has(key)) return
    const isShort = value.kind === 'string' && value.rawBytes().length <= maxTextBytes
    shown.set(key, value.asNumber() ?? value.asBool() ?? (isShort ? value.asString() : undefined))
  })
  return shown
}

/** What a resource says, and where: the same for all its spans. */
interface SeenResource {
  readonly read: ReadonlyMap<string, string>
  readonly shown: ReadonlyMap<string, Shown>
}

const nothing: SeenResource = { read: new Map(), shown: new Map() }
const sources = compileSources(resourcePrecedence)

/** Reads each resource of a payload once. */
export class SeenResources {
  readonly #values = new Values()
  #index = -1
  #seen = nothing

  of(resource: ResourceView): SeenResource {
    if (resource.index === this.#index) return this.#seen
    this.#index = resource.index
    const read = new Map<string, string>()
    this.#values.reset(resource.attributes(sources.matcher), (row, key) => {
      read.set(`resource.${row}`, key)
    })
    for (const source of Object.values(sources.of)) this.#values.text(source)
    this.#seen = { read, shown: shownAttributes(resource) }
    return this.#seen
  }
}
