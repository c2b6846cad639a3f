import type { AttributeValue } from './attribute-value.ts'
import { KeyValueReader } from './key-value.ts'
import { sameBytes } from './matcher.ts'
import { empty, FieldReader, int64AsBigInt, int64AsNumber } from './wire.ts'

export type ValueKind =
  | 'string'
  | 'bool'
  | 'int'
  | 'double'
  | 'array'
  | 'kvlist'
  | 'bytes'
  | 'empty'

const kinds: readonly ValueKind[] = [
  'empty',
  'string',
  'bool',
  'int',
  'double',
  'array',
  'kvlist',
  'bytes',
]

/** Longer strings are texts, which do not repeat. */
const maxRemembered = 64

/**
 * An attribute value (OTLP `AnyValue`), read when asked. A view is reused: take what you need
 * before the next one is visited. The `as…` methods answer `undefined` for another kind.
 */
export class ValueView {
  #bytes: Buffer = empty
  #from = 0
  #to = 0
  /** The oneof's member, 0 for none, -1 while nobody has asked. */
  #member = 0
  #valueFrom = 0
  #valueTo = 0
  #lastBytes: Buffer = empty
  #lastFrom = 0
  #lastSize = -1
  #lastText = ''

  /** @param bytes hold the content of an AnyValue between `from` and `to` */
  reset(bytes: Buffer, from: number, to: number): this {
    this.#bytes = bytes
    this.#from = from
    this.#to = to
    this.#member = -1
    return this
  }

  get kind(): ValueKind {
    return kinds[this.#locate()] ?? 'empty'
  }

  asString(): string | undefined {
    return this.#locate() === 1 ? this.#text() : undefined
  }

  asBool(): boolean | undefined {
    return this.#locate() === 2 ? this.#bytes[this.#valueFrom] !== 0 : undefined
  }

  /** An int or a double; an int beyond 2^53 is the nearest number. */
  asNumber(): number | undefined {
    const member = this.#locate()
    if (member === 3) return int64AsNumber(this.#bytes, this.#valueFrom)
    return member === 4 ? this.#bytes.readDoubleLE(this.#valueFrom) : undefined
  }

  asBigInt(): bigint | undefined {
    return this.#locate() === 3 ? int64AsBigInt(this.#bytes, this.#valueFrom) : undefined
  }

  asBytes(): Uint8Array | undefined {
    return this.#locate() === 7 ? this.#bytes.subarray(this.#valueFrom, this.#valueTo) : undefined
  }

  /** How long {@link rawBytes} are. */
  get sizeBytes(): number {
    return this.#locate() === 0 ? 0 : this.#valueTo - this.#valueFrom
  }

  /** The content on the wire, not copied: UTF-8 for a string, the message of an array or kvlist. */
  rawBytes(): Uint8Array {
    return this.#locate() === 0 ? empty : this.#bytes.subarray(this.#valueFrom, this.#valueTo)
  }

  /** The elements of an array; none for another kind. */
  forEachElement(visit: (value: ValueView) => void): void {
    if (this.#locate() !== 5) return
    const element = new ValueView()
    const reader = new FieldReader().reset(this.#bytes, this.#valueFrom, this.#valueTo)
    while (reader.next()) {
      if (reader.tag === 0x0a) visit(element.reset(this.#bytes, reader.from, reader.to))
    }
  }

  /** The entries of a kvlist in their order, duplicates included; none for another kind. */
  forEachEntry(visit: (key: string, value: ValueView) => void): void {
    if (this.#locate() !== 6) return
    const value = new ValueView()
    const entry = new KeyValueReader()
    const reader = new FieldReader().reset(this.#bytes, this.#valueFrom, this.#valueTo)
    while (reader.next()) {
      if (reader.tag !== 0x0a) continue
      entry.read(this.#bytes, reader.from, reader.to)
      const key = this.#bytes.toString('utf8', entry.keyFrom, entry.keyTo)
      visit(key, value.reset(this.#bytes, entry.valueFrom, entry.valueTo))
    }
  }

  /** The whole value as data: ints are bigints, doubles numbers; `undefined` when empty. */
  toValue(): AttributeValue | undefined {
    switch (this.kind) {
      case 'string':
        return this.asString()
      case 'bool':
        return this.asBool()
      case 'int':
        return this.asBigInt()
      case 'double':
        return this.asNumber()
      case 'bytes':
        return this.asBytes()
      case 'array': {
        const values: (AttributeValue | undefined)[] = []
        this.forEachElement((value) => values.push(value.toValue()))
        return values
      }
      case 'kvlist': {
        const entries: [string, AttributeValue | undefined][] = []
        this.forEachEntry((key, value) => entries.push([key, value.toValue()]))
        return Object.fromEntries(entries.reverse())
      }
      default:
        return undefined
    }
  }

  /**
   * Neighbouring spans often say the same (one model, one agent), so the view that serves one key
   * remembers its last short string: six strings and two ids a span took 600 ns, and take 260.
   */
  #text(): string {
    const from = this.#valueFrom
    const to = this.#valueTo
    const isShort = to - from <= maxRemembered
    if (isShort && to - from === this.#lastSize) {
      if (sameBytes(this.#lastBytes, this.#lastFrom, this.#bytes, from, to)) return this.#lastText
    }
    const text = this.#bytes.toString('utf8', from, to)
    if (isShort) {
      this.#lastBytes = this.#bytes
      this.#lastFrom = from
      this.#lastSize = to - from
      this.#lastText = text
    }
    return text
  }

  #locate(): number {
    if (this.#member < 0) this.#find()
    return this.#member
  }

  #find(): void {
    this.#member = 0
    const reader = scan.reset(this.#bytes, this.#from, this.#to)
    while (reader.next()) {
      const member = reader.tag >>> 3
      if (member < 1 || member > 7) continue
      this.#member = member
      this.#valueFrom = reader.from
      this.#valueTo = reader.to
    }
  }
}

/** Shared by all views: a search ends before another begins. */
const scan = new FieldReader()
