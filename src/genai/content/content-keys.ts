import {
  type AttributeMatcher,
  type AttributeSlots,
  compileMatcher,
  type ValueView,
} from '../../pdata/attributes.ts'
import { type Decoded, decodeView, nothing, plainView } from './decode.ts'

/** What has attributes: a span, an event of a span, a log record. */
interface AttributeHolder {
  attributes(matcher: AttributeMatcher): AttributeSlots
}

/** A fixed set of attribute keys, all found in one pass when the first of them is asked for. */
export class ContentKeys {
  readonly #matcher: AttributeMatcher

  constructor(keys: Iterable<string>) {
    this.#matcher = compileMatcher([...new Set(keys)])
  }

  view(holder: AttributeHolder, key: string): ValueView | undefined {
    return holder.attributes(this.#matcher).get(this.#matcher.slotOf(key))
  }

  decode(holder: AttributeHolder, key: string): Decoded {
    const view = this.view(holder, key)
    return view === undefined ? nothing : decodeView(view)
  }

  /** The value as it stands, not parsed. */
  plain(holder: AttributeHolder, key: string): Decoded {
    const view = this.view(holder, key)
    return view === undefined ? nothing : plainView(view)
  }
}
