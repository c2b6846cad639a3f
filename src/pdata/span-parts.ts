import {
  AttributeList,
  type AttributeMatcher,
  type AttributeSlots,
  type ValueView,
} from './attributes.ts'
import { FieldIndex } from './field-index.ts'

/** An event of a span, read when asked. Reused between visits. */
export class EventView {
  readonly #fields = new FieldIndex()
  readonly #list = new AttributeList()

  reset(bytes: Buffer, from: number, to: number): this {
    const fields = this.#fields.reset(bytes, from, to)
    this.#list.reset(bytes, fields.firstOf(3), fields.lastOf(3), 0x1a)
    return this
  }

  name(): string {
    return this.#fields.string(2)
  }

  get timeUnixNano(): bigint {
    return this.#fields.fixed64BigInt(1)
  }

  /** Unix milliseconds with a fraction. */
  get timeMs(): number {
    return this.#fields.fixed64(1) / 1e6
  }

  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }
}

/** A link of a span to another, read when asked. Reused between visits. */
export class LinkView {
  readonly #fields = new FieldIndex()
  readonly #list = new AttributeList()

  reset(bytes: Buffer, from: number, to: number): this {
    const fields = this.#fields.reset(bytes, from, to)
    this.#list.reset(bytes, fields.firstOf(4), fields.lastOf(4), 0x22)
    return this
  }

  traceIdHex(): string {
    return this.#fields.hex(1)
  }

  spanIdHex(): string {
    return this.#fields.hex(2)
  }

  traceState(): string {
    return this.#fields.string(3)
  }

  get flags(): number {
    return this.#fields.fixed32(6)
  }

  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }
}
