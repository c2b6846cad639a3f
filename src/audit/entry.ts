import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { z } from 'zod'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** Plain data; what is `undefined` is left out. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** What somebody wants remembered. Never text of prompts or answers, never a secret. */
export interface NewEntry {
  /** What happened, as in `config.reload`. */
  readonly type: string
  /** Who did it: `system`, `local`, or the name of a token. */
  readonly actor: string
  readonly body: JsonObject
}

/** One line of the log. */
export interface Entry extends NewEntry {
  /** Counts all entries from 0, across files. */
  readonly seq: number
  /** UTC, to the millisecond: `2026-11-01T00:00:00.000Z`. */
  readonly at: string
  /** {@link hashOf} the entry before this one; {@link genesis} for the first. */
  readonly prev: string
}

/** An entry by its place and its hash; `{ seq: -1, hash: genesis }` stands before the first. */
export interface Head {
  readonly seq: number
  readonly hash: string
}

/** What the first entry has for `prev`. */
export const genesis = '0'.repeat(64)

/** Before the first entry. */
export const beforeAll: Head = { seq: -1, hash: genesis }

/** What one entry may take, its line break not counted. */
export const maxEntryBytes = 1024 * 1024

/** RFC 8785 over the whole entry: the bytes that are hashed, and its line but for the line break. */
export function encodeEntry(entry: Entry): Buffer {
  return Buffer.from(canonicalize(entry) ?? '')
}

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

const hexHash = z.string().regex(/^[0-9a-f]{64}$/)
const entrySchema = z.strictObject({
  actor: z.string(),
  at: z.iso.datetime({ precision: 3 }),
  body: z.record(z.string(), z.custom<JsonValue>()),
  prev: hexHash,
  seq: z.int().nonnegative(),
  type: z.string(),
})

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The entry that a line holds, or what is wrong with it, to follow "the line". */
export function decodeEntry(bytes: Uint8Array): Entry | string {
  let value: unknown
  let text: string
  try {
    text = utf8.decode(bytes)
    value = JSON.parse(text)
  } catch {
    return 'is not JSON'
  }
  const parsed = entrySchema.safeParse(value)
  if (!parsed.success) return 'is not an entry: it lacks a field, or has one too many'
  return isCanonical(value, text) ? parsed.data : 'is not written as it was: it is other JSON'
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonicalize(value) === text
  } catch {
    return false
  }
}
