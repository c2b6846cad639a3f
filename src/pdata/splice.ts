import { type Chunk, type Payload, payloadOf } from './chunk.ts'
import { type AttributeOp, EditPass, type ItemEdits, type Overlay } from './item-edits.ts'
import { KeyValueReader } from './key-value.ts'
import { type Level, levels } from './levels.ts'
import type { Signal } from './signal.ts'
import { asBuffer, FieldReader, skipVarint, varintSize, writeVarint } from './wire.ts'

/** The bytes of a chunk with its changes; without any the very same bytes. */
export function encodeChunk(signal: Signal, chunk: Chunk): Uint8Array {
  return chunk.overlay === undefined ? chunk.bytes : splice(signal, chunk.bytes, chunk.overlay)
}

/** The same payload with every overlay applied, so that its bytes can be cut. */
export function flatten({ signal, chunks }: Payload): Payload {
  return payloadOf(
    signal,
    chunks.map((chunk) => ({
      bytes: encodeChunk(signal, chunk),
      itemCount: chunk.itemCount,
      resourceCount: chunk.resourceCount,
    })),
  )
}

/** The bytes with the overlay applied, in two passes: find out what to cut, then copy once. */
function splice(signal: Signal, bytes: Uint8Array, overlay: Overlay): Uint8Array {
  const buffer = asBuffer(bytes)
  const cuts = new Cuts()
  new Planner(buffer, overlay, cuts).level(levels[signal], 0, bytes.length)
  return cuts.apply(buffer)
}

const nothing = -1

/** What to put where, in the order of the bytes: each cut removes a range and may fill the gap. */
class Cuts {
  readonly #from: number[] = []
  readonly #to: number[] = []
  /** A tag or length that is put there, or `nothing`; with an attribute, its tag. */
  readonly #value: number[] = []
  readonly #attribute: (AttributeOp | undefined)[] = []
  /** How much longer the result is than the bytes. */
  growth = 0

  remove(from: number, to: number): void {
    this.#add(from, to, nothing, undefined)
    this.growth -= to - from
  }

  varint(at: number, value: number): void {
    this.#add(at, at, value, undefined)
    this.growth += varintSize(value)
  }

  /** @param tag of one byte, as those of attributes are */
  attribute(from: number, to: number, tag: number, op: AttributeOp): void {
    this.#add(from, to, tag, op)
    this.growth += attributeSize(op) - (to - from)
  }

  /** Reserves the place of a length that is not known yet; left alone, it changes nothing. */
  reserve(from: number): number {
    this.#add(from, from, nothing, undefined)
    return this.#from.length - 1
  }

  fill(place: number, to: number, value: number): void {
    this.#to[place] = to
    this.#value[place] = value
    this.growth += varintSize(value) - (to - (this.#from[place] ?? 0))
  }

  apply(bytes: Buffer): Uint8Array {
    const result = Buffer.allocUnsafeSlow(bytes.length + this.growth)
    let read = 0
    let write = 0
    for (let i = 0; i < this.#from.length; i++) {
      const from = this.#from[i] ?? 0
      write = copy(bytes, read, from, result, write)
      read = this.#to[i] ?? 0
      const value = this.#value[i] ?? nothing
      if (value >= 0) write = writeVarint(result, write, value)
      const op = this.#attribute[i]
      if (op === undefined) continue
      write = writeVarint(result, write, op.to - op.from)
      write = copy(op.bytes, op.from, op.to, result, write)
    }
    copy(bytes, read, bytes.length, result, write)
    return result
  }

  #add(from: number, to: number, value: number, op: AttributeOp | undefined): void {
    this.#from.push(from)
    this.#to.push(to)
    this.#value.push(value)
    this.#attribute.push(op)
  }
}

/** An attribute as a field: tag, length, content. */
function attributeSize(op: AttributeOp): number {
  const size = op.to - op.from
  return 1 + varintSize(size) + size
}

/** Copies in a loop what is too short for a call out of JavaScript to pay. */
function copy(source: Buffer, from: number, to: number, target: Buffer, at: number): number {
  if (to - from > 48) return at + source.copy(target, at, from, to)
  let write = at
  for (let read = from; read < to; read++) target[write++] = source[read] ?? 0
  return write
}

/** Where a resource stands in its envelope, and attributes in a resource. */
const resourceTag = 0x0a

/** Walks down to what has edits; lengths are settled on the way back up. */
class Planner {
  readonly #bytes: Buffer
  readonly #overlay: Overlay
  readonly #cuts: Cuts
  readonly #entry = new KeyValueReader()
  readonly #fields = new FieldReader()
  readonly #pass = new EditPass()
  #item = 0
  #resource = 0

  constructor(bytes: Buffer, overlay: Overlay, cuts: Cuts) {
    this.#bytes = bytes
    this.#overlay = overlay
    this.#cuts = cuts
  }

  level(at: Level, from: number, to: number): void {
    let edits = at.isResource ? this.#overlay.resources[this.#resource++] : undefined
    const reader = new FieldReader().reset(this.#bytes, from, to)
    while (reader.next()) {
      const child = at.children.get(reader.tag)
      if (child?.isItem) {
        const ofItem = this.#overlay.items[this.#item++]
        if (ofItem !== undefined) this.#attributes(reader, child.attributes, ofItem)
      } else if (child !== undefined) {
        const place = this.#cuts.reserve(skipVarint(this.#bytes, reader.start))
        const before = this.#cuts.growth
        this.level(child, reader.from, reader.to)
        this.#settle(reader, place, before)
      } else if (edits !== undefined && reader.tag === resourceTag) {
        this.#attributes(reader, resourceTag, edits)
        edits = undefined
      }
    }
    if (edits !== undefined) this.#newResource(edits, to)
  }

  /** Fills in a field's new length, if anything inside has changed it. */
  #settle({ from, to }: FieldReader, place: number, growthBefore: number): void {
    const growth = this.#cuts.growth - growthBefore
    if (growth !== 0) this.#cuts.fill(place, from, to - from + growth)
  }

  #attributes(field: FieldReader, tag: number, edits: ItemEdits): void {
    const bytes = this.#bytes
    const cuts = this.#cuts
    const place = cuts.reserve(skipVarint(bytes, field.start))
    const before = cuts.growth
    const pass = this.#pass.begin(edits)
    const reader = this.#fields.reset(bytes, field.from, field.to)
    while (reader.next()) {
      if (reader.tag !== tag) continue
      this.#entry.read(bytes, reader.from, reader.to)
      const change = pass.meet(bytes, this.#entry.keyFrom, this.#entry.keyTo)
      if (change === 'keep') continue
      if (change === 'drop') cuts.remove(reader.start, reader.to)
      else cuts.attribute(reader.start, reader.to, tag, change)
    }
    pass.rest((op) => cuts.attribute(field.to, field.to, tag, op))
    this.#settle(field, place, before)
  }

  /** For an envelope that came without a resource. */
  #newResource(edits: ItemEdits, at: number): void {
    const added: AttributeOp[] = []
    this.#pass.begin(edits).rest((op) => added.push(op))
    if (added.length === 0) return
    this.#cuts.varint(at, resourceTag)
    this.#cuts.varint(
      at,
      added.reduce((sum, op) => sum + attributeSize(op), 0),
    )
    for (const op of added) this.#cuts.attribute(at, at, resourceTag, op)
  }
}
