import { AttributeMatcher, sameBytes } from './matcher.ts'

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
  readonly items: readonly (ItemEdits | undefined)[]
  readonly resources: readonly (ItemEdits | undefined)[]
  /** What the changes hold in memory. */
  readonly sizeBytes: number
}

/** The changes of one item or resource, at most one per key, in the order of their appending. */
export class ItemEdits {
  readonly ops: readonly AttributeOp[]
  #matcher: AttributeMatcher | undefined

  constructor(ops: readonly AttributeOp[]) {
    this.ops = ops
  }

  /** The op for a key that stands in bytes, or -1. Few ops are compared one by one. */
  find(bytes: Uint8Array, from: number, to: number): number {
    if (this.ops.length > 8) {
      this.#matcher ??= new AttributeMatcher(this.ops.map((op) => op.key))
      return this.#matcher.find(bytes, from, to)
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
  meet(bytes: Uint8Array, keyFrom: number, keyTo: number): 'keep' | 'drop' | AttributeOp {
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

/** The ops that come of `ops` after `earlier`. */
export function joined(earlier: readonly AttributeOp[] | undefined, ops: readonly AttributeOp[]) {
  if (earlier === undefined) return ops
  const result = earlier.slice()
  for (const op of ops) addOp(result, op)
  return result
}

/** Joins an op to those before it, so that there stays one per key. */
export function addOp(ops: AttributeOp[], op: AttributeOp): void {
  const at = ops.findIndex((earlier) => earlier.key === op.key)
  const earlier = ops[at]
  if (earlier === undefined) ops.push(op)
  else if (op.kind === 'remove') ops[at] = op
  else if (earlier.kind === 'remove') {
    ops.splice(at, 1)
    ops.push({ ...op, kind: 'append' })
  } else if (op.kind === 'append') {
    ops.splice(at, 1)
    ops.push(op)
  } else if (op.kind === 'set') ops[at] = earlier.kind === 'append' ? { ...op, kind: 'append' } : op
}
