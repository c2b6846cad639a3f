import type { AttributeMatcher, AttributeSlots, ValueView } from '../../pdata/attributes.ts'

/** What has attributes: a span, an event of a span, a log record. */
export interface AttributeHolder {
  attributes(matcher: AttributeMatcher): AttributeSlots
  forEachAttribute(visit: (key: string, value: ValueView) => void): void
}
