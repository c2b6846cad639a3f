import {
  AttributeList,
  type AttributeMatcher,
  type AttributeSlots,
  ValueView,
} from './attributes.ts'
import type { Payload } from './chunk.ts'
import { Place, type ResourceView, type ScopeView, walk } from './envelope.ts'
import { FieldIndex } from './field-index.ts'
import type { ItemEdits } from './item-edits.ts'

/** A log record, read when asked. One view serves all records of a walk. */
export class LogView {
  /** Its place among all records of the payload: what `Edits.item` takes. */
  index = 0
  readonly resource: ResourceView
  readonly scope: ScopeView
  readonly #fields = new FieldIndex()
  readonly #body = new ValueView()
  readonly #list = new AttributeList()

  constructor(place: Place) {
    this.resource = place.resource
    this.scope = place.scope
  }

  reset(bytes: Buffer, from: number, to: number, index: number, edits?: ItemEdits): this {
    this.index = index
    const fields = this.#fields.reset(bytes, from, to)
    this.#list.reset(bytes, fields.firstOf(6), fields.lastOf(6), 0x32, edits)
    return this
  }

  /** Lower-case hex; empty when absent or all zero. */
  traceIdHex(): string {
    return this.#fields.hex(9)
  }

  spanIdHex(): string {
    return this.#fields.hex(10)
  }

  /** The id's bytes, not copied. */
  traceId(): Uint8Array {
    return this.#fields.view(9)
  }

  spanId(): Uint8Array {
    return this.#fields.view(10)
  }

  /** When it happened; 0 when the source did not know. */
  get timeUnixNano(): bigint {
    return this.#fields.fixed64BigInt(1)
  }

  /** When it was first seen by a collector or SDK. */
  get observedTimeUnixNano(): bigint {
    return this.#fields.fixed64BigInt(11)
  }

  /** Unix milliseconds with a fraction. */
  get timeMs(): number {
    return this.#fields.fixed64(1) / 1e6
  }

  get observedTimeMs(): number {
    return this.#fields.fixed64(11) / 1e6
  }

  /** 1–4 trace, 5–8 debug, 9–12 info, 13–16 warn, 17–20 error, 21–24 fatal; 0 unspecified. */
  get severityNumber(): number {
    return this.#fields.uint32(2)
  }

  severityText(): string {
    return this.#fields.string(3)
  }

  eventName(): string {
    return this.#fields.string(12)
  }

  get flags(): number {
    return this.#fields.fixed32(8)
  }

  /** The body; of kind `empty` when there is none. */
  get body(): ValueView {
    const fields = this.#fields
    return this.#body.reset(fields.bytes, fields.valueFrom(5), fields.lastOf(5))
  }

  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }
}

/** Visits every log record in order. The view is reused between visits. */
export function forEachLogRecord(payload: Payload, visit: (record: LogView) => void): void {
  if (payload.signal !== 'logs') throw new TypeError(`no log records in ${payload.signal}`)
  const place = new Place()
  const record = new LogView(place)
  walk(payload, place, (bytes, from, to) => {
    const edits = place.nextEdits()
    visit(record.reset(bytes, from, to, place.index++, edits))
  })
}
