import { EditPass, type ItemEdits } from './item-edits.ts'
import { KeyValueReader } from './key-value.ts'
import { type AttributeMatcher, compileMatcher } from './matcher.ts'
import { type ValueKind, ValueView } from './value-view.ts'
import { empty, FieldReader } from './wire.ts'

export { type AttributeMatcher, compileMatcher, type ValueKind, ValueView }

/**
 * The values of the keys that a matcher wants, by their place in its list. Reused: they belong to
 * the view they were read from, until that view moves on.
 */
export class AttributeSlots {
  readonly #matcher: AttributeMatcher
  readonly #views: readonly ValueView[]
  /** A slot is filled when its stamp is that of the last fill. */
  readonly #stamps: Int32Array
  /** Slots in the order in which they were filled; those that we removed again are not taken out. */
  readonly #filled: Int32Array
  #filledCount = 0
  #stamp = 0
  #filledFor = -1

  constructor(matcher: AttributeMatcher) {
    this.#matcher = matcher
    this.#views = matcher.keys.map(() => new ValueView())
    this.#stamps = new Int32Array(matcher.keys.length)
    this.#filled = new Int32Array(matcher.keys.length)
  }

  /** The value in a slot; `undefined` when there is no such attribute. */
  get(slot: number): ValueView | undefined {
    return this.#stamps[slot] === this.#stamp ? this.#views[slot] : undefined
  }

  has(slot: number): boolean {
    return this.#stamps[slot] === this.#stamp
  }

  /** How many slots {@link filledSlot} names. */
  get filledCount(): number {
    return this.#filledCount
  }

  /** The slots that may have a value, each once: few of many keys are there. Ask {@link has}. */
  filledSlot(at: number): number {
    return this.#filled[at] ?? -1
  }

  string(slot: number): string | undefined {
    return this.get(slot)?.asString()
  }

  number(slot: number): number | undefined {
    return this.get(slot)?.asNumber()
  }

  bool(slot: number): boolean | undefined {
    return this.get(slot)?.asBool()
  }

  /** One pass over the attributes; the first match of a key wins, then what we changed. */
  fill(source: AttributeSource, version: number): this {
    if (this.#filledFor === version) return this
    this.#filledFor = version
    this.#stamp = (this.#stamp + 1) | 0
    this.#filledCount = 0
    this.#read(source)
    if (source.edits !== undefined) this.#apply(source.edits)
    return this
  }

  #read({ bytes, from, to, tag }: AttributeSource): void {
    const reader = fields.reset(bytes, from, to)
    let missing = this.#views.length
    while (missing > 0 && reader.next()) {
      if (reader.tag !== tag) continue
      entry.read(bytes, reader.from, reader.to)
      const slot = this.#matcher.find(bytes, entry.keyFrom, entry.keyTo)
      if (slot < 0 || this.#stamps[slot] === this.#stamp) continue
      this.#stamps[slot] = this.#stamp
      this.#filled[this.#filledCount++] = slot
      this.#views[slot]?.reset(bytes, entry.valueFrom, entry.valueTo)
      missing--
    }
  }

  #apply(edits: ItemEdits): void {
    for (const op of edits.ops) {
      const slot = this.#matcher.slotOf(op.key)
      if (slot < 0) continue
      if (op.kind === 'remove') this.#stamps[slot] = this.#stamp - 1
      else if (op.kind !== 'add' || this.#stamps[slot] !== this.#stamp) {
        if (this.#stamps[slot] !== this.#stamp) this.#filled[this.#filledCount++] = slot
        this.#stamps[slot] = this.#stamp
        this.#views[slot]?.reset(op.bytes, op.valueFrom, op.to)
      }
    }
  }
}

/** Shared by all fills: one ends before another begins. */
const fields = new FieldReader()
const entry = new KeyValueReader()

export interface AttributeSource {
  readonly bytes: Buffer
  /** A range of a message's fields that holds all its attributes. */
  readonly from: number
  readonly to: number
  /** The tag of the attributes in that message. */
  readonly tag: number
  readonly edits: ItemEdits | undefined
}

/** The attributes of whatever a view stands on, read through what we changed. Reused. */
export class AttributeList implements AttributeSource {
  bytes: Buffer = empty
  from = 0
  to = 0
  tag = 0
  edits: ItemEdits | undefined
  #version = 0
  readonly #slots = new Map<AttributeMatcher, AttributeSlots>()

  reset(bytes: Buffer, from: number, to: number, tag: number, edits?: ItemEdits): void {
    this.bytes = bytes
    this.from = from
    this.to = to
    this.tag = tag
    this.edits = edits
    this.#version = (this.#version + 1) | 0
  }

  /** What `matcher` wants; asked twice, the attributes are read once. */
  match(matcher: AttributeMatcher): AttributeSlots {
    let slots = this.#slots.get(matcher)
    if (slots === undefined) {
      slots = new AttributeSlots(matcher)
      this.#slots.set(matcher, slots)
    }
    return slots.fill(this, this.#version)
  }

  /** Every attribute in its order, duplicates included. */
  forEach(visit: (key: string, value: ValueView) => void): void {
    const value = new ValueView()
    const reader = new FieldReader().reset(this.bytes, this.from, this.to)
    const kv = new KeyValueReader()
    const pass = new EditPass().begin(this.edits)
    while (reader.next()) {
      if (reader.tag !== this.tag) continue
      kv.read(this.bytes, reader.from, reader.to)
      const change = pass.meet(this.bytes, kv.keyFrom, kv.keyTo)
      if (change === 'drop') continue
      if (change === 'keep') value.reset(this.bytes, kv.valueFrom, kv.valueTo)
      else value.reset(change.bytes, change.valueFrom, change.to)
      visit(this.bytes.toString('utf8', kv.keyFrom, kv.keyTo), value)
    }
    pass.rest((op) => visit(op.key, value.reset(op.bytes, op.valueFrom, op.to)))
  }
}
