import { BackwardWriter } from './backward-writer.ts'
import type { Chunk } from './chunk.ts'
import { type Item, type Level, levels } from './levels.ts'
import type { Signal } from './signal.ts'
import { asBuffer, FieldReader } from './wire.ts'

interface Range {
  readonly from: number
  readonly to: number
}

/** A message that is being put together: its own fields and, so far, those of its children. */
interface Frame {
  readonly tag: number
  readonly envelope: readonly Range[]
  readonly isResource: boolean
  body: (Range | Frame)[]
}

/**
 * Puts requests together from pieces of one. A message that is only partly taken is opened: its
 * own fields (resource, scope, schema URL, those we do not know) come into every part that has
 * some of its children.
 */
export class Cutter {
  readonly bytes: Uint8Array
  readonly root: Level
  readonly request: Frame
  readonly #open: Frame[]
  #taken = 0
  #items = 0
  #resources = 0

  constructor(signal: Signal, bytes: Uint8Array) {
    this.bytes = asBuffer(bytes)
    this.root = levels[signal]
    const envelope = envelopeOf(this.root, this.bytes, 0, bytes.length)
    this.request = { tag: 0, envelope, isResource: false, body: [] }
    this.#open = [this.request]
  }

  /** Nothing was taken since the last `finish`. */
  get isEmpty(): boolean {
    return this.#taken === 0
  }

  open(level: Level, field: FieldReader): Frame {
    const envelope = envelopeOf(level, this.bytes, field.from, field.to)
    const frame = { tag: field.tag, envelope, isResource: level.isResource, body: [] }
    this.#open.push(frame)
    return frame
  }

  close(): void {
    const frame = this.#open.pop()
    if (frame !== undefined && frame.body.length > 0) this.#top().body.push(frame)
  }

  /** Takes a whole field; neighbours become one range. */
  take(field: FieldReader, child: Level | Item, items: number): void {
    const body = this.#top().body
    const last = body.at(-1)
    if (last !== undefined && 'from' in last && last.to === field.start) {
      body[body.length - 1] = { from: last.from, to: field.to }
    } else body.push({ from: field.start, to: field.to })
    this.#taken++
    this.#items += items
    if (child.isResource) this.#resources++
  }

  /** What was taken, as a request; the open messages stay open for the next part. */
  finish(): Chunk {
    const writer = new BackwardWriter()
    let resourceCount = this.#resources
    let inner: Frame | undefined
    for (const frame of this.#open.toReversed()) {
      const body = inner === undefined ? frame.body : [...frame.body, inner]
      const hasContent = body.length > 0
      inner = hasContent ? { ...frame, body } : undefined
      frame.body = []
    }
    if (inner !== undefined) {
      resourceCount += inner.body.filter((it) => 'tag' in it && it.isResource).length
      this.#content(inner, writer)
    }
    const chunk = { bytes: writer.finish(), itemCount: this.#items, resourceCount }
    this.#taken = 0
    this.#items = 0
    this.#resources = 0
    return chunk
  }

  #content({ envelope, body }: Frame, writer: BackwardWriter): void {
    for (const piece of body.toReversed()) {
      if ('from' in piece) writer.copy(this.bytes, piece.from, piece.to)
      else {
        const before = writer.length
        this.#content(piece, writer)
        writer.delimit(piece.tag, before)
      }
    }
    for (const { from, to } of envelope.toReversed()) writer.copy(this.bytes, from, to)
  }

  #top(): Frame {
    const top = this.#open.at(-1)
    if (top === undefined) throw new Error('the request itself is always open')
    return top
  }
}

/** The fields of a message that are not its children, neighbours joined. */
function envelopeOf(level: Level, bytes: Uint8Array, from: number, to: number): Range[] {
  const ranges: Range[] = []
  const reader = new FieldReader().reset(bytes, from, to)
  while (reader.next()) {
    if (level.children.has(reader.tag)) continue
    const last = ranges.at(-1)
    if (last?.to === reader.start) ranges[ranges.length - 1] = { from: last.from, to: reader.to }
    else ranges.push({ from: reader.start, to: reader.to })
  }
  return ranges
}

export function envelopeSize({ envelope }: { readonly envelope: readonly Range[] }): number {
  return envelope.reduce((sum, { from, to }) => sum + to - from, 0)
}
