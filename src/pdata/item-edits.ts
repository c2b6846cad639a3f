import { sameBytes } from './matcher.ts'

/** What becomes of one key: like an edit, and `append` for "removed, then added again". */
export interface AttributeOp {
  readonly key: string
  readonly kind: 'set' | 'add' | 'remove' | 'append'
  /** The `KeyValue` message, encoded, between `from` and `to`. */
  readonly bytes: Buffer
  readonly from: number
  readonly keyFrom: number
  readonly keyTo: number
  readonly valueFrom: number
  readonly to: number
}

/** What we changed in one chunk, by the index of the item or resource within it. */
export interface Overlay {
  /** With holes, so that it takes what its changes take. */
  readonly items: readonly (ItemEdits | undefined)[]
  readonly resources: readonly (ItemEdits | undefined)[]
  /** What the changes hold in memory. */
  readonly sizeBytes: number
}

/** Up to so many ops are compared one by one; more have an index by key. */
const few = 8

/** The changes of one item or resource, at most one per key, in the order of their appending. */
export class ItemEdits {
  readonly ops: readonly AttributeOp[]
  /** By key, a character per byte; a `Map`, since the sender may have chosen the keys. */
  #places: ReadonlyMap<string, number> | undefined

  constructor(ops: readonly AttributeOp[]) {
    this.ops = ops
  }

  /** The op for a key that stands in bytes, or -1. */
  find(bytes: Buffer, from: number, to: number): number {
    if (this.ops.length > few) {
      this.#places ??= new Map(
        this.ops.map((op, place) => [op.bytes.toString('latin1', op.keyFrom, op.keyTo), place]),
      )
      return this.#places.get(bytes.toString('latin1', from, to)) ?? -1
    }
    for (let i = 0; i < this.ops.length; i++) {
      const op = this.ops[i]
      if (op === undefined || op.keyTo - op.keyFrom !== to - from) continue
      if (sameBytes(op.bytes, op.keyFrom, bytes, from, to)) return i
    }
    return -1
  }
}

/** One pass over the attributes of an item: what becomes of each, then what is appended. Reused. */
export class EditPass {
  #ops: readonly AttributeOp[] = []
  #edits: ItemEdits | undefined
  #met = new Uint8Array(16)

  begin(edits: ItemEdits | undefined): this {
    this.#edits = edits
    this.#ops = edits?.ops ?? []
    if (this.#met.length < this.#ops.length) this.#met = new Uint8Array(2 * this.#ops.length)
    else this.#met.fill(0, 0, this.#ops.length)
    return this
  }

  /** What to do with the attribute whose key is given; an op stands for its replacement. */
  meet(bytes: Buffer, keyFrom: number, keyTo: number): 'keep' | 'drop' | AttributeOp {
    const index = this.#edits?.find(bytes, keyFrom, keyTo) ?? -1
    const op = index < 0 ? undefined : this.#ops[index]
    if (op === undefined) return 'keep'
    const again = this.#met[index] === 1
    this.#met[index] = 1
    if (op.kind === 'add') return 'keep'
    return op.kind === 'set' && !again ? op : 'drop'
  }

  /** What has to be appended behind the attributes that were met. */
  rest(append: (op: AttributeOp) => void): void {
    for (let i = 0; i < this.#ops.length; i++) {
      const op = this.#ops[i]
      if (op === undefined || op.kind === 'remove') continue
      if (op.kind === 'append' || this.#met[i] !== 1) append(op)
    }
  }
}

/** Ops as they are collected: one per key, in the order of their appending; linear in their number. */
export class OpList {
  /** Until there are too many. */
  #few: AttributeOp[]
  /** Keeps the order of insertion, and the place of what is replaced. */
  #many: Map<string, AttributeOp> | undefined

  constructor(earlier: readonly AttributeOp[]) {
    const isFew = earlier.length <= few
    this.#few = isFew ? earlier.slice() : []
    this.#many = isFew ? undefined : new Map(earlier.map((op) => [op.key, op]))
  }

  get ops(): readonly AttributeOp[] {
    return this.#many === undefined ? this.#few : [...this.#many.values()]
  }

  /** Joins an op to those before it, so that there stays one per key. */
  add(op: AttributeOp): void {
    const earlier = this.#get(op.key)
    if (earlier === undefined) this.#append(op)
    else if (op.kind === 'remove') this.#replace(op)
    else if (earlier.kind === 'remove') this.#move({ ...op, kind: 'append' })
    else if (op.kind === 'append') this.#move(op)
    else if (op.kind === 'set') {
      this.#replace(earlier.kind === 'append' ? { ...op, kind: 'append' } : op)
    }
  }

  #get(key: string): AttributeOp | undefined {
    return this.#many === undefined ? this.#few.find((op) => op.key === key) : this.#many.get(key)
  }

  #append(op: AttributeOp): void {
    if (this.#many === undefined && this.#few.length === few) {
      this.#many = new Map(this.#few.map((it) => [it.key, it]))
      this.#few = []
    }
    if (this.#many === undefined) this.#few.push(op)
    else this.#many.set(op.key, op)
  }

  #replace(op: AttributeOp): void {
    if (this.#many !== undefined) this.#many.set(op.key, op)
    else this.#few[this.#few.findIndex((it) => it.key === op.key)] = op
  }

  /** Behind all others. */
  #move(op: AttributeOp): void {
    if (this.#many !== undefined) this.#many.delete(op.key)
    else this.#few = this.#few.filter((it) => it.key !== op.key)
    this.#append(op)
  }
}

/** The ops that come of `ops` after `earlier`. */
export function joined(earlier: readonly AttributeOp[] | undefined, ops: readonly AttributeOp[]) {
  if (earlier === undefined) return ops
  const result = new OpList(earlier)
  for (const op of ops) result.add(op)
  return result.ops
}
