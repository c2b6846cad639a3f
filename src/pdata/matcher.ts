/**
 * Wanted attribute keys, compiled so that bytes on the wire are recognised without making a
 * string. Keys are told apart by length, middle and last byte first: attribute names share
 * prefixes, not endings.
 */
export class AttributeMatcher {
  readonly keys: readonly string[]
  readonly #names: readonly Buffer[]
  readonly #slots: ReadonlyMap<string, number>
  /** The first slot of a hash, or -1; more of the same hash follow in `#next`. */
  readonly #heads: Int32Array
  readonly #next: Int32Array
  readonly #mask: number

  constructor(keys: readonly string[]) {
    this.keys = keys
    this.#names = keys.map((key) => Buffer.from(key))
    this.#slots = new Map(keys.map((key, slot) => [key, slot]))
    if (this.#slots.size < keys.length) throw new TypeError(`a key is wanted twice: ${keys}`)
    this.#mask = 2 ** Math.ceil(Math.log2(4 * keys.length + 4)) - 1
    this.#heads = new Int32Array(this.#mask + 1).fill(-1)
    this.#next = new Int32Array(keys.length).fill(-1)
    for (const [slot, name] of this.#names.entries()) {
      const place = this.#hash(name, 0, name.length)
      this.#next[slot] = this.#heads[place] ?? -1
      this.#heads[place] = slot
    }
  }

  /** The slot of a key, or -1. */
  slotOf(key: string): number {
    return this.#slots.get(key) ?? -1
  }

  /** The slot of the key that stands in `bytes` between `from` and `to`, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    let slot = this.#heads[this.#hash(bytes, from, to)] ?? -1
    while (slot >= 0) {
      const name = this.#names[slot]
      if (name?.length === to - from && sameBytes(name, 0, bytes, from, to)) return slot
      slot = this.#next[slot] ?? -1
    }
    return -1
  }

  #hash(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from
    const middle = bytes[from + (length >> 1)] ?? 0
    const last = bytes[to - 1] ?? 0
    const hash = length === 0 ? 0 : length * 31 + middle * 7 + last * 131
    return (hash ^ (hash >>> 7)) & this.#mask
  }
}

/** Compiles the keys; keep the matcher, it is made once for what depends on config alone. */
export function compileMatcher(keys: readonly string[]): AttributeMatcher {
  return new AttributeMatcher(keys)
}

/** Whether `name`, from an offset on, begins with the bytes between `from` and `to`. */
export function sameBytes(
  name: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  const shift = offset - from
  for (let i = to - 1; i >= from; i--) if (name[i + shift] !== bytes[i]) return false
  return true
}
