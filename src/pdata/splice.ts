import { type Item, type Level, levels } from './levels.ts'
import type { ItemEdits, Overlay } from './overlay.ts'
import type { Signal } from './signal.ts'
import { KeyValueReader } from './value-view.ts'
import { asBuffer, FieldReader, skipVarint, varintSize, writeVarint } from './wire.ts'

/** The bytes with the overlay applied, in two passes: find out what to cut, then copy once. */
export function splice(signal: Signal, bytes: Uint8Array, overlay: Overlay): Uint8Array {
  const cuts = new Cuts()
  new Planner(bytes, overlay, cuts).level(levels[signal], 0, bytes.length)
  return cuts.apply(asBuffer(bytes))
}

/** What to put where, in the order of the bytes: each removes a range and puts something there. */
class Cuts {
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #source: (Uint8Array | undefined)[] = []
  readonly #sourceFrom: number[] = []
  readonly #sourceTo: number[] = []
  readonly #number: number[] = []
  /** How much longer the result is than the bytes. */
  growth = 0

  put(from: number, to: number, source: Uint8Array, sourceFrom: number, sourceTo: number): void {
    this.#add(from, to, source, sourceFrom, sourceTo, 0)
    this.growth += sourceTo - sourceFrom - (to - from)
  }

  /** Puts a varint, a tag or a length. */
  varint(from: number, to: number, value: number): void {
    this.#add(from, to, undefined, 0, 0, value)
    this.growth += varintSize(value) - (to - from)
  }

  /** Reserves the place of a length that is not known yet. */
  reserve(from: number): number {
    this.#add(from, from, undefined, 0, 0, -1)
    return this.#from.length - 1
  }

  /** Fills a reserved place; left alone, it changes nothing. */
  fill(place: number, to: number, value: number): void {
    this.#to[place] = to
    this.#number[place] = value
    this.growth += varintSize(value) - (to - (this.#from[place] ?? 0))
  }

  apply(bytes: Buffer): Uint8Array {
    const result = Buffer.allocUnsafeSlow(bytes.length + this.growth)
    let read = 0
    let write = 0
    for (let i = 0; i < this.#from.length; i++) {
      const source = this.#source[i]
      const value = this.#number[i] ?? 0
      if (source === undefined && value < 0) continue
      const from = this.#from[i] ?? 0
      write += bytes.copy(result, write, read, from)
      read = this.#to[i] ?? 0
      if (source === undefined) {
        write = writeVarint(result, write, value)
        continue
      }
      const sourceTo = this.#sourceTo[i] ?? 0
      for (let at = this.#sourceFrom[i] ?? 0; at < sourceTo; at++) result[write++] = source[at] ?? 0
    }
    bytes.copy(result, write, read)
    return result
  }

  #add(
    from: number,
    to: number,
    source: Uint8Array | undefined,
    sourceFrom: number,
    sourceTo: number,
    value: number,
  ): void {
    this.#from.push(from)
    this.#to.push(to)
    this.#source.push(source)
    this.#sourceFrom.push(sourceFrom)
    this.#sourceTo.push(sourceTo)
    this.#number.push(value)
  }
}

/** Where a resource stands in its envelope. */
const resourceTag = 0x0a

/** Walks down to what has edits; lengths are settled on the way back up. */
class Planner {
  readonly #bytes: Uint8Array
  readonly #overlay: Overlay
  readonly #cuts: Cuts
  readonly #entry = new KeyValueReader()
  #item = 0
  #resource = 0

  constructor(bytes: Uint8Array, overlay: Overlay, cuts: Cuts) {
    this.#bytes = bytes
    this.#overlay = overlay
    this.#cuts = cuts
  }

  level(at: Level, from: number, to: number): void {
    let edits = at.isResource ? this.#overlay.resources[this.#resource++] : undefined
    const reader = new FieldReader().reset(this.#bytes, from, to)
    while (reader.next()) {
      const child = at.children.get(reader.tag)
      if (child) this.#child(child, reader)
      else if (edits !== undefined && reader.tag === resourceTag) {
        const found = edits
        edits = undefined
        this.#within(reader, () => this.#attributes(0x0a, found, reader.from, reader.to))
      }
    }
    if (edits !== undefined) this.#newResource(edits, to)
  }

  #child(child: Level | Item, reader: FieldReader): void {
    if (!child.isItem) {
      this.#within(reader, () => this.level(child, reader.from, reader.to))
      return
    }
    const edits = this.#overlay.items[this.#item++]
    if (edits === undefined) return
    this.#within(reader, () => this.#attributes(child.attributes, edits, reader.from, reader.to))
  }

  /** Plans what is inside a field, then its new length. */
  #within(field: FieldReader, plan: () => void): void {
    const cuts = this.#cuts
    const { start, from, to } = field
    const lengthAt = skipVarint(this.#bytes, start)
    const place = cuts.reserve(lengthAt)
    const before = cuts.growth
    plan()
    if (cuts.growth !== before) cuts.fill(place, from, to - from + cuts.growth - before)
  }

  /** For an envelope that came without a resource. */
  #newResource(edits: ItemEdits, at: number): void {
    const added = edits.pass().rest()
    if (added.length === 0) return
    const size = added.reduce((sum, { from, to }) => sum + 1 + varintSize(to - from) + to - from, 0)
    this.#cuts.varint(at, at, resourceTag)
    this.#cuts.varint(at, at, size)
    for (const op of added) this.#attribute(at, at, 0x0a, op)
  }

  #attributes(tag: number, edits: ItemEdits, from: number, to: number): void {
    const pass = edits.pass()
    const reader = new FieldReader().reset(this.#bytes, from, to)
    while (reader.next()) {
      if (reader.tag !== tag) continue
      this.#entry.read(this.#bytes, reader.from, reader.to)
      const change = pass.meet(this.#bytes, this.#entry.keyFrom, this.#entry.keyTo)
      if (change === 'keep') continue
      if (change === 'drop') this.#cuts.put(reader.start, reader.to, this.#bytes, 0, 0)
      else this.#attribute(reader.start, reader.to, tag, change)
    }
    for (const op of pass.rest()) this.#attribute(to, to, tag, op)
  }

  #attribute(
    from: number,
    to: number,
    tag: number,
    op: { readonly bytes: Uint8Array; readonly from: number; readonly to: number },
  ): void {
    this.#cuts.varint(from, to, tag)
    this.#cuts.varint(to, to, op.to - op.from)
    this.#cuts.put(to, to, op.bytes, op.from, op.to)
  }
}
