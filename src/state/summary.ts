import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'

/**
 * One of the mergeable summaries that state is made of. Two of a kind merge to what one would have
 * become that had folded everything itself, in any order; a fresh one is the identity. Where a cap
 * was reached that holds for the totals that the summary names, not for single keys.
 */
export interface Summary {
  /** Names the kind in images; never used again for another. */
  readonly kind: string
  /** Format that {@link encode} writes; {@link decode} reads this one and all before it. */
  readonly format: number
  /** Canonical plain data: equal memory gives equal snapshots. */
  snapshot(): unknown
  /** Entries given up because a cap was reached. */
  readonly evicted: number
  /** Adds what the other remembers; the other stays as it is. */
  merge(other: this): void
  /** Forgets everything. */
  clear(): void
  /** Writes everything; yields about every millisecond of work. */
  encode(out: BinaryWriter): Generator<undefined, void>
  /** Takes the place of what was remembered. */
  decode(from: BinaryReader, format: number): void
}

/** Entries written between two pauses: about a millisecond of work. */
export const entriesPerSlice = 2_000
/** Large entries are paused for earlier. */
const bytesPerSlice = 2 ** 17

/** Writes a list of entries in slices. */
export function* writeList<T>(
  out: BinaryWriter,
  length: number,
  entries: Iterable<T>,
  write: (entry: T) => void,
  perSlice = entriesPerSlice,
): Generator<undefined, void> {
  const pace = new Pace(out, perSlice)
  out.count(length)
  for (const entry of entries) {
    write(entry)
    if (pace.isDue()) yield
  }
}

/** Says when writing should pause; asked after each entry. */
export class Pace {
  readonly #out: BinaryWriter
  readonly #perSlice: number
  #left: number
  #pauseAt: number

  constructor(out: BinaryWriter, perSlice = entriesPerSlice) {
    this.#out = out
    this.#perSlice = perSlice
    this.#left = perSlice
    this.#pauseAt = out.length + bytesPerSlice
  }

  isDue(): boolean {
    if (--this.#left > 0 && this.#out.length < this.#pauseAt) return false
    this.#left = this.#perSlice
    this.#pauseAt = this.#out.length + bytesPerSlice
    return true
  }
}

/** Reads a list with keys that must not repeat. */
export function readMap<V>(
  from: BinaryReader,
  entryBytes: number,
  value: () => V,
  into: Map<string, V>,
): void {
  const length = from.listLength(entryBytes)
  for (let at = 0; at < length; at++) into.set(from.text(), value())
  if (into.size !== length) throw new DamagedStateError('a stored key is there twice')
}

/** Order of snapshot entries: by key, code unit by code unit. */
export function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}
