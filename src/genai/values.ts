import type { AttributeSlots, ValueView } from '../pdata/attributes.ts'
import { numberIn, textIn } from './scalars.ts'
import type { SourceIndex } from './source-index.ts'
import type { Source } from './sources.ts'

/** Told of every source that gave something: what was looked for, and the key that had it. */
export type Trace = (name: string, key: string) => void

/**
 * What a span, event, record or resource says, read through sources: the first key that has a value
 * which is not empty and stands for nothing wins. Reused; values are read while the view stands.
 */
export class Values {
  readonly #index: SourceIndex | undefined
  #slots: AttributeSlots | undefined
  #trace: Trace | undefined

  /**
   * @param index where it pays to know which sources have something: then only those of its table
   *   may be asked. Without it the keys of a source are asked one by one.
   */
  constructor(index?: SourceIndex) {
    this.#index = index
  }

  reset(slots: AttributeSlots, trace?: Trace): this {
    this.#slots = slots
    this.#trace = trace
    this.#index?.reset(slots)
    return this
  }

  /** Whether any of the keys is there, with whatever value. */
  has(source: Source): boolean {
    const slots = this.#slots
    if (slots === undefined) return false
    for (let at = this.#firstOf(source); at < source.slots.length; at++) {
      if (slots.has(source.slots[at] ?? -1)) return true
    }
    return false
  }

  /** Text, or the text of a number or bool. */
  text(source: Source): string | undefined {
    return this.#lacks(source) ? undefined : this.#first(source, textIn)
  }

  /** A finite number, also one that was written as text. */
  number(source: Source): number | undefined {
    return this.#lacks(source) ? undefined : this.#first(source, numberIn)
  }

  /** A bool, also one that was written as text or as 0 and 1. */
  bool(source: Source): boolean | undefined {
    return this.#lacks(source) ? undefined : this.#first(source, boolOf)
  }

  /** The value itself, for what has a form of its own; of the first key that is there. */
  view(source: Source): ValueView | undefined {
    return this.#lacks(source) ? undefined : this.#first(source, itself)
  }

  #lacks(source: Source): boolean {
    return this.#firstOf(source) >= source.slots.length
  }

  #firstOf(source: Source): number {
    return this.#index === undefined ? 0 : this.#index.firstOf(source)
  }

  #first<T>(source: Source, read: (value: ValueView) => T | undefined): T | undefined {
    const slots = this.#slots
    if (slots === undefined) return undefined
    for (let at = this.#firstOf(source); at < source.slots.length; at++) {
      const view = slots.get(source.slots[at] ?? -1)
      const value = view === undefined ? undefined : read(view)
      if (value === undefined) continue
      this.#trace?.(source.name, source.keys[at] ?? '')
      return value
    }
    return undefined
  }
}

function itself(value: ValueView): ValueView {
  return value
}

const maxBoolBytes = 16

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
])

function boolOf(value: ValueView): boolean | undefined {
  const bool = value.asBool()
  if (bool !== undefined) return bool
  const number = value.asNumber()
  if (number !== undefined) return number === 1 ? true : number === 0 ? false : undefined
  if (value.kind !== 'string' || value.sizeBytes > maxBoolBytes) return undefined
  return truths.get((value.asString() ?? '').trim().toLowerCase())
}
