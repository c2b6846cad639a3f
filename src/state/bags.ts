import type { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import type { Codec } from './codec.ts'
import { DamagedStateError } from './format-errors.ts'
import { Oldest } from './oldest.ts'
import { byKey, Pace, readMap, type Summary } from './summary.ts'

export interface BagsOptions<T> {
  readonly codec: Codec<T>
  /** Grows with the codec, which goes on reading what earlier ones wrote; 1 unless given. */
  readonly format?: number
  /** Associative, commutative and idempotent; fastest if it returns `kept` when nothing is new. */
  readonly merge: (kept: T, added: T) => T
  readonly maxBags: number
  readonly maxEntriesPerBag: number
  /** Values in all bags together. */
  readonly maxEntries: number
}

/** What a put did. `joined`: the value that was there has changed; `refused`: the bag is full. */
export type BagPut = 'added' | 'joined' | 'same' | 'refused'

/**
 * Values by id in bags by key, joined when an id comes again: the spans of a trace, of many traces.
 * Nothing is given up silently: a full bag refuses further ids, which is counted, and when there
 * are too many bags or values {@link isOver} says so, and the owner settles the {@link oldest} until
 * there are not. Values are never changed in place, by their owner neither.
 */
export class Bags<T> implements Summary {
  readonly kind = 'bags'
  readonly format: number
  readonly #options: BagsOptions<T>
  readonly #bags = new Map<string, Map<string, T>>()
  readonly #oldest = new Oldest(this.#bags)
  #entries = 0
  #refused = 0

  constructor(options: BagsOptions<T>) {
    this.#options = options
    this.format = options.format ?? 1
  }

  put(key: string, id: string, value: T): BagPut {
    const bag = this.#bags.get(key)
    const kept = bag?.get(id)
    if (bag !== undefined && kept !== undefined) return this.#join(bag, id, kept, value)
    if ((bag?.size ?? 0) >= this.#options.maxEntriesPerBag) {
      this.#refused++
      return 'refused'
    }
    if (bag === undefined) this.#bags.set(key, new Map([[id, value]]))
    else bag.set(id, value)
    this.#entries++
    return 'added'
  }

  /** A bag as it is, never empty. Merging may bring ids in another order, which must decide nothing. */
  get(key: string): ReadonlyMap<string, T> | undefined {
    return this.#bags.get(key)
  }

  has(key: string): boolean {
    return this.#bags.has(key)
  }

  delete(key: string): boolean {
    this.#entries -= this.#bags.get(key)?.size ?? 0
    this.#oldest.deleted(key)
    return this.#bags.delete(key)
  }

  /** Key of the bag that is longest there. */
  oldest(): string | undefined {
    return this.#oldest.key()
  }

  /** Bags. */
  get size(): number {
    return this.#bags.size
  }

  /** Values in all bags. */
  get entries(): number {
    return this.#entries
  }

  /** Whether there are more bags or values than there may be. */
  get isOver(): boolean {
    return this.size > this.#options.maxBags || this.#entries > this.#options.maxEntries
  }

  /** Values that were refused, since their bag was full. */
  get evicted(): number {
    return this.#refused
  }

  /** Bags in order of age, since settling depends on it; each in order of ids. */
  snapshot(): (readonly [string, (readonly [string, T])[]])[] {
    return Array.from(this.#bags, ([key, bag]) => [key, [...bag].sort(byKey)])
  }

  merge(other: Bags<T>): void {
    this.#refused += other.#refused
    for (const [key, bag] of other.#bags) {
      for (const [id, value] of bag) this.put(key, id, value)
    }
  }

  clear(): void {
    this.#bags.clear()
    this.#oldest.cleared()
    this.#entries = 0
    this.#refused = 0
  }

  /** Each bag: its key, then its values by id, all in order of age. */
  *encode(out: BinaryWriter): Generator<undefined, void> {
    const pace = new Pace(out)
    out.count(this.#refused)
    out.count(this.#bags.size)
    for (const [key, bag] of this.#bags) {
      out.text(key)
      out.count(bag.size)
      for (const [id, value] of bag) {
        out.text(id)
        this.#options.codec.write(out, value)
        if (pace.isDue()) yield
      }
    }
  }

  /** Takes bags that are too large or too many as they are: what was remembered is for its owner to settle. */
  decode(from: BinaryReader): void {
    this.clear()
    this.#refused = from.count()
    readMap(from, 3, () => this.#readBag(from), this.#bags)
  }

  #readBag(from: BinaryReader): Map<string, T> {
    const bag = new Map<string, T>()
    readMap(from, 2, () => this.#options.codec.read(from), bag)
    if (bag.size === 0) throw new DamagedStateError('a stored bag is empty')
    this.#entries += bag.size
    return bag
  }

  #join(bag: Map<string, T>, id: string, kept: T, added: T): BagPut {
    const joined = this.#options.merge(kept, added)
    if (this.#isSame(joined, kept)) return 'same'
    bag.set(id, joined)
    return 'joined'
  }

  #isSame(a: T, b: T): boolean {
    return a === b || Buffer.compare(this.#bytesOf(a), this.#bytesOf(b)) === 0
  }

  #bytesOf(value: T): Uint8Array {
    scratch.reset()
    this.#options.codec.write(scratch, value)
    return scratch.toBytes()
  }
}

const scratch = new BinaryWriter()
