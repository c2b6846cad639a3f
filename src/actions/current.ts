import type { Pattern } from '../patterns/pattern.ts'
import {
  type AttributeMatcher,
  type AttributeSlots,
  compileMatcher,
  type ValueView,
} from '../pdata/attributes.ts'
import type { AttributeEdit, AttributeValue } from '../pdata/overlay.ts'

/** Anything that has attributes: a span, a log record, a data point, a resource. */
export interface AttributeHolder {
  attributes(matcher: AttributeMatcher): AttributeSlots
  forEachAttribute(visit: (key: string, value: ValueView) => void): void
}

/** The attributes of one item while actions change them, one after the other. Reused. */
export class Current {
  readonly #matcher: AttributeMatcher
  readonly #changed = new Map<string, AttributeValue | undefined>()
  #holder: AttributeHolder | undefined
  #slots: AttributeSlots | undefined

  /** @param keys all that may be asked for by name */
  constructor(keys: Iterable<string>) {
    this.#matcher = compileMatcher([...new Set(keys)])
  }

  begin(holder: AttributeHolder): this {
    this.#holder = holder
    this.#slots = holder.attributes(this.#matcher)
    this.#changed.clear()
    return this
  }

  has(key: string): boolean {
    if (this.#changed.has(key)) return this.#changed.get(key) !== undefined
    return this.#slots?.has(this.#matcher.slotOf(key)) ?? false
  }

  /** `undefined` for a missing attribute and for an empty one. */
  get(key: string): AttributeValue | undefined {
    if (this.#changed.has(key)) return this.#changed.get(key)
    return this.#slots?.get(this.#matcher.slotOf(key))?.toValue()
  }

  set(key: string, value: AttributeValue): void {
    this.#changed.set(key, value)
  }

  remove(key: string): void {
    if (this.has(key)) this.#changed.set(key, undefined)
  }

  /** Visits every attribute, as it is now, whose key has the pattern. */
  matching(
    pattern: Pattern,
    visit: (key: string, value: AttributeValue | undefined) => void,
  ): void {
    const found = new Map<string, AttributeValue | undefined>()
    this.#holder?.forEachAttribute((key, value) => {
      if (!this.#changed.has(key) && !found.has(key) && pattern.test(key)) {
        found.set(key, value.toValue())
      }
    })
    for (const [key, value] of this.#changed) {
      if (value !== undefined && pattern.test(key)) found.set(key, value)
    }
    for (const [key, value] of found) visit(key, value)
  }

  /** Removes what {@link matching} has found, whether or not it can be asked for by name. */
  drop(key: string): void {
    this.#changed.set(key, undefined)
  }

  /** Everything that has changed, one edit a key. */
  forEachEdit(visit: (edit: AttributeEdit) => void): void {
    for (const [key, value] of this.#changed) {
      visit(value === undefined ? { kind: 'remove', key } : { kind: 'set', key, value })
    }
  }
}
