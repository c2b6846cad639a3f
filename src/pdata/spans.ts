import {
  AttributeList,
  type AttributeMatcher,
  type AttributeSlots,
  type ValueView,
} from './attributes.ts'
import type { Payload } from './chunk.ts'
import { Place, type ResourceView, type ScopeView, walk } from './envelope.ts'
import { FieldIndex } from './field-index.ts'
import type { ItemEdits } from './item-edits.ts'
import { EventView, LinkView } from './span-parts.ts'
import { FieldReader } from './wire.ts'

/** Span kind as on the wire: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = number

const nanosPerMilli = 1e6

/**
 * A span, read when asked. One view serves all spans of a walk: whatever outlives the visit has
 * to be taken out of it.
 */
export class SpanView {
  /** Its place among all spans of the payload: what `Edits.item` takes. */
  index = 0
  readonly resource: ResourceView
  readonly scope: ScopeView
  readonly #fields = new FieldIndex()
  readonly #status = new FieldIndex()
  #statusRead = false
  readonly #list = new AttributeList()

  constructor(place: Place) {
    this.resource = place.resource
    this.scope = place.scope
  }

  reset(bytes: Buffer, from: number, to: number, index: number, edits?: ItemEdits): this {
    this.index = index
    this.#statusRead = false
    const fields = this.#fields.reset(bytes, from, to)
    this.#list.reset(bytes, fields.firstOf(9), fields.lastOf(9), 0x4a, edits)
    return this
  }

  /** Lower-case hex; empty when absent or all zero. */
  traceIdHex(): string {
    return this.#fields.hex(1)
  }

  spanIdHex(): string {
    return this.#fields.hex(2)
  }

  /** Empty for the root of a trace. */
  parentSpanIdHex(): string {
    return this.#fields.hex(4)
  }

  /** The id's bytes, not copied. */
  traceId(): Uint8Array {
    return this.#fields.view(1)
  }

  spanId(): Uint8Array {
    return this.#fields.view(2)
  }

  parentSpanId(): Uint8Array {
    return this.#fields.view(4)
  }

  /** Writes its ids, and that of its parent, as numbers: making views of them costs more than reading. */
  readIds(into: SpanIds): void {
    const { words } = into
    into.hasTraceId = this.#fields.words(1, words, 0, 4)
    into.hasSpanId = this.#fields.words(2, words, 4, 2)
    into.hasParent = this.#fields.words(4, words, 6, 2)
  }

  traceIdEquals(id: Uint8Array): boolean {
    const { bytes } = this.#fields
    const from = this.#fields.valueFrom(1)
    const to = this.#fields.lastOf(1)
    return to - from === id.length && bytes.compare(id, 0, id.length, from, to) === 0
  }

  traceState(): string {
    return this.#fields.string(3)
  }

  name(): string {
    return this.#fields.string(5)
  }

  get kind(): SpanKind {
    return this.#fields.uint32(6)
  }

  get startUnixNano(): bigint {
    return this.#fields.fixed64BigInt(7)
  }

  get endUnixNano(): bigint {
    return this.#fields.fixed64BigInt(8)
  }

  /** Unix milliseconds with a fraction, exact to a microsecond. */
  get startMs(): number {
    return this.#fields.fixed64(7) / nanosPerMilli
  }

  get endMs(): number {
    return this.#fields.fixed64(8) / nanosPerMilli
  }

  /** W3C trace flags in the low byte, then 0x100 "remote is known" and 0x200 "is remote". */
  get flags(): number {
    return this.#fields.fixed32(16)
  }

  /** 0 unset, 1 ok, 2 error. */
  get statusCode(): number {
    return this.#statusFields().uint32(3)
  }

  statusMessage(): string {
    return this.#statusFields().string(2)
  }

  get droppedAttributesCount(): number {
    return this.#fields.uint32(10)
  }

  /** The values of the wanted keys; they live as long as this visit. */
  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  /** Every attribute in its order, duplicates included. */
  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }

  forEachEvent(visit: (event: EventView) => void): void {
    if (!this.#fields.has(11)) return
    const event = new EventView()
    this.#each(0x5a, 11, (bytes, from, to) => visit(event.reset(bytes, from, to)))
  }

  forEachLink(visit: (link: LinkView) => void): void {
    if (!this.#fields.has(13)) return
    const link = new LinkView()
    this.#each(0x6a, 13, (bytes, from, to) => visit(link.reset(bytes, from, to)))
  }

  #each(
    tag: number,
    number: number,
    visit: (bytes: Buffer, from: number, to: number) => void,
  ): void {
    const fields = this.#fields
    const { bytes } = fields
    const reader = new FieldReader().reset(bytes, fields.firstOf(number), fields.lastOf(number))
    while (reader.next()) if (reader.tag === tag) visit(bytes, reader.from, reader.to)
  }

  #statusFields(): FieldIndex {
    if (!this.#statusRead) {
      this.#statusRead = true
      const fields = this.#fields
      this.#status.reset(fields.bytes, fields.valueFrom(15), fields.lastOf(15))
    }
    return this.#status
  }
}

/** Ids of a span as 32-bit words: four of the trace, two of the span, two of its parent. Reused. */
export class SpanIds {
  readonly words = new Int32Array(8)
  hasTraceId = false
  hasSpanId = false
  /** Whether it has a parent; a root has none. */
  hasParent = false
}

/** Visits every span in order. The view is reused between visits. */
export function forEachSpan(payload: Payload, visit: (span: SpanView) => void): void {
  if (payload.signal !== 'traces') throw new TypeError(`no spans in ${payload.signal}`)
  const place = new Place()
  const span = new SpanView(place)
  walk(payload, place, (bytes, from, to) => {
    const edits = place.nextEdits()
    visit(span.reset(bytes, from, to, place.index++, edits))
  })
}
