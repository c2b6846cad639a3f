import type { SpanView } from '../../src/pdata/spans.ts'

/** Trace ids as text; neighbours mostly are of one trace, and one text is looked up fastest. */
export class TraceIdText {
  readonly #last = new Int32Array(4)
  #text = ''

  /** @param words the id of the span's trace, in the first four */
  of(words: Int32Array, span: SpanView): string {
    const last = this.#last
    const isSame =
      last[0] === words[0] && last[1] === words[1] && last[2] === words[2] && last[3] === words[3]
    if (isSame && this.#text !== '') return this.#text
    for (let word = 0; word < 4; word++) last[word] = words[word] ?? 0
    this.#text = span.traceIdHex()
    return this.#text
  }
}
