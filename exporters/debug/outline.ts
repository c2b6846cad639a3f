import type { ValueView } from '../../src/pdata/attributes.ts'
import { escaped } from './escape.ts'
import { fullText } from './values.ts'

interface HasAttributes {
  forEachAttribute(visit: (key: string, value: ValueView) => void): void
}

/** Lines of an indented outline; what is empty or unset is left out. */
export class Outline {
  readonly lines: string[] = []
  #indent = ''

  heading(text: string): void {
    this.lines.push(this.#indent + text)
  }

  field(key: string, value: string | number | bigint | undefined): void {
    if (value === undefined || value === '' || value === 0 || value === 0n) return
    this.lines.push(`${this.#indent}${key}: ${escaped(`${value}`)}`)
  }

  /** A point in time from nanoseconds since the Unix epoch, exactly. */
  time(key: string, unixNano: bigint): void {
    if (unixNano === 0n) return
    const second = new Date(Number(unixNano / 1_000_000_000n) * 1000)
    const isDate = !Number.isNaN(second.getTime())
    const nanos = `${unixNano % 1_000_000_000n}`.padStart(9, '0')
    this.field(key, isDate ? second.toISOString().replace(/\.000Z$/, `.${nanos}Z`) : unixNano)
  }

  attributes(item: HasAttributes): void {
    const lines: string[] = []
    item.forEachAttribute((key, value) => lines.push(`${escaped(key)}: ${fullText(value)}`))
    if (lines.length === 0) return
    this.heading('attributes:')
    this.inside(() => {
      for (const line of lines) this.heading(line)
    })
  }

  inside(write: () => void): void {
    const before = this.#indent
    this.#indent += '  '
    write()
    this.#indent = before
  }
}
