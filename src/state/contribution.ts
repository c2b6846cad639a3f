import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { byKey, type Summary, writeList } from './summary.ts'

/** Cumulative values of one contributor for one key; it only grows, so `n` is its version. */
export interface Register {
  /** Number of events folded in. */
  readonly n: number
  readonly values: readonly bigint[]
}

/** What a put did. `sealed`: the key takes nothing more; `full`: there is no room for its key. */
export interface Put {
  readonly kind: 'taken' | 'stale' | 'sealed' | 'full'
  readonly total: Register
}

interface Cell {
  registers: Map<string, Register>
  total: Register
  isSealed: boolean
}

const nothing: Register = { n: 0, values: [] }

/**
 * What several contributors counted for the same keys, each in a register of its own that it puts
 * as a whole; the total of a key is the sum of its registers. A contributor is an ordered input,
 * not a process. Putting again what was put, or putting something older, changes nothing, so a
 * contributor may repeat itself blindly; and whatever was forgotten is whole again once each has
 * put once more.
 */
export class Contributions implements Summary {
  readonly kind = 'contributions'
  readonly format = 1
  readonly #cap: number
  readonly #cells = new Map<string, Cell>()
  #evicted = 0

  /** @param cap keys; further ones are refused and counted */
  constructor(cap: number) {
    this.#cap = cap
  }

  put(contributor: string, key: string, register: Register): Put {
    const cell = this.#cell(key)
    if (cell === undefined) return { kind: 'full', total: nothing }
    if (cell.isSealed) return { kind: 'sealed', total: cell.total }
    const before = cell.registers.get(contributor) ?? nothing
    if (register.n <= before.n) return { kind: 'stale', total: cell.total }
    cell.total = plus(cell.total, minus(register, before))
    cell.registers.set(contributor, register)
    return { kind: 'taken', total: cell.total }
  }

  total(key: string): Register {
    return this.#cells.get(key)?.total ?? nothing
  }

  /** The key takes nothing more, and forgets who put what. */
  seal(key: string): void {
    const cell = this.#cells.get(key)
    if (cell === undefined) return
    cell.isSealed = true
    cell.registers.clear()
  }

  delete(key: string): boolean {
    return this.#cells.delete(key)
  }

  get size(): number {
    return this.#cells.size
  }

  /** Puts refused for want of room. */
  get evicted(): number {
    return this.#evicted
  }

  snapshot(): (readonly [string, unknown])[] {
    const entries = Array.from(this.#cells, ([key, { registers, total, isSealed }]) => {
      const parts = Array.from(registers, ([id, it]) => [id, plain(it)] as const).sort(byKey)
      return [key, { isSealed, total: plain(total), registers: parts }] as const
    })
    return entries.sort(byKey)
  }

  /** Of one contributor the newer register stays; a sealed key goes before one that is not. */
  merge(other: Contributions): void {
    this.#evicted += other.#evicted
    for (const [key, added] of other.#cells) {
      const cell = this.#cell(key)
      if (cell !== undefined) join(cell, added)
    }
  }

  clear(): void {
    this.#cells.clear()
    this.#evicted = 0
  }

  /** Each key: sealed or not, then its total, or the registers by contributor. */
  *encode(out: BinaryWriter): Generator<undefined, void> {
    out.count(this.#evicted)
    yield* writeList(out, this.#cells.size, this.#cells, ([key, cell]) => {
      out.text(key)
      out.byte(cell.isSealed ? 1 : 0)
      if (cell.isSealed) return writeRegister(out, cell.total)
      out.count(cell.registers.size)
      for (const [contributor, register] of cell.registers) {
        out.text(contributor)
        writeRegister(out, register)
      }
    })
  }

  decode(from: BinaryReader): void {
    this.clear()
    this.#evicted = from.count()
    const length = from.listLength(3)
    for (let at = 0; at < length; at++) {
      const key = from.text()
      const added = readCell(from)
      const cell = this.#cell(key)
      if (cell !== undefined) join(cell, added)
    }
  }

  #cell(key: string): Cell | undefined {
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    if (this.#cells.size >= this.#cap) {
      this.#evicted++
      return undefined
    }
    const cell: Cell = { registers: new Map(), total: nothing, isSealed: false }
    this.#cells.set(key, cell)
    return cell
  }
}

function join(into: Cell, added: Cell): void {
  if (into.isSealed || added.isSealed) {
    const isFirst = into.isSealed && !(added.isSealed && isNewer(added.total, into.total))
    into.total = isFirst ? into.total : added.total
    into.isSealed = true
    into.registers.clear()
    return
  }
  for (const [contributor, register] of added.registers) {
    const before = into.registers.get(contributor) ?? nothing
    if (!isNewer(register, before)) continue
    into.total = plus(into.total, minus(register, before))
    into.registers.set(contributor, register)
  }
}

/** Of two with the same `n` the larger values count, so that everybody keeps the same. */
function isNewer(a: Register, b: Register): boolean {
  if (a.n !== b.n) return a.n > b.n
  const difference = minus(a, b).values.find((it) => it !== 0n)
  return difference !== undefined && difference > 0n
}

function plus(a: Register, b: Register): Register {
  return combined(a, b, (x, y) => x + y)
}

function minus(a: Register, b: Register): Register {
  return combined(a, b, (x, y) => x - y)
}

function combined(a: Register, b: Register, by: (x: bigint, y: bigint) => bigint): Register {
  const length = Math.max(a.values.length, b.values.length)
  const values = Array.from({ length }, (_, at) => by(a.values[at] ?? 0n, b.values[at] ?? 0n))
  return { n: Number(by(BigInt(a.n), BigInt(b.n))), values }
}

function plain({ n, values }: Register): { n: number; values: string[] } {
  return { n, values: values.map(String) }
}

function writeRegister(out: BinaryWriter, { n, values }: Register): void {
  out.count(n)
  out.count(values.length)
  for (const value of values) out.bigInteger(value)
}

function readRegister(from: BinaryReader): Register {
  const n = from.count()
  return { n, values: Array.from({ length: from.listLength(2) }, () => from.bigInteger()) }
}

function readCell(from: BinaryReader): Cell {
  if (from.byte() === 1) return { registers: new Map(), total: readRegister(from), isSealed: true }
  const registers = new Map<string, Register>()
  let total = nothing
  const length = from.listLength(3)
  for (let at = 0; at < length; at++) {
    const [contributor, register] = [from.text(), readRegister(from)]
    total = plus(total, register)
    registers.set(contributor, register)
  }
  return { registers, total, isSealed: false }
}
