import { hashOf, type JsonObject, type JsonValue } from './entry.ts'

/** One setting that is not as it was; `from` is missing where it is new, `to` where it is gone. */
export interface ConfigChange extends JsonObject {
  /** Keys joined by dots, list positions too. */
  readonly path: string
  readonly from?: JsonValue
  readonly to?: JsonValue
}

/** What differs between two configurations. */
export interface ConfigDiff extends JsonObject {
  readonly changes: readonly ConfigChange[]
  /** How many there are beyond those named. */
  readonly more?: number
}

const maxChanges = 200
const maxTextLength = 200
const maxListLength = 1000

/**
 * The settings in which two configurations differ, in the order of their paths. Both must be in
 * their printable form, with secrets already replaced: values are shown as they stand there, texts
 * shortened. So a secret that was replaced by another is no change here; only the fingerprint tells.
 */
export function configDiff(before: unknown, after: unknown): ConfigDiff {
  const [old, fresh] = [leavesOf(before), leavesOf(after)]
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  const changed = paths.filter((it) => !isSame(old.get(it), fresh.get(it)))
  const changes = changed.slice(0, maxChanges).map((path) => change(path, old, fresh))
  const more = changed.length - changes.length
  return more > 0 ? { changes, more } : { changes }
}

type Leaves = ReadonlyMap<string, JsonValue>

function change(path: string, old: Leaves, fresh: Leaves): ConfigChange {
  const [from, to] = [old.get(path), fresh.get(path)]
  return { path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, JsonValue>()
  collect(value, [], leaves)
  return leaves
}

/** A list of plain values, and what is empty, is shown whole. */
function collect(value: unknown, path: readonly string[], into: Map<string, JsonValue>): void {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) into.set(path.join('.'), plain(value))
  } else if (Array.isArray(value) && value.every(isPlain)) {
    into.set(path.join('.'), list(value))
  } else if (Object.keys(value).length === 0) {
    if (path.length > 0) into.set(path.join('.'), {})
  } else {
    for (const [key, it] of Object.entries(value)) collect(it, [...path, key], into)
  }
}

/** A longer one is told from others by the hash of all of it. */
function list(values: readonly unknown[]): JsonValue {
  const all = values.map(plain)
  if (JSON.stringify(all).length <= maxListLength) return all
  return `${all.length} values, sha256 ${hashOf(Buffer.from(JSON.stringify(all)))}`
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function plain(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const text = String(value).toWellFormed()
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength).toWellFormed()}…` : text
}
