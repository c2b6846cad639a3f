import { fromJson } from '../../src/pdata/json.ts'
import { type Counted, nanoUsdKey, tokensKey } from './count-spans.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const times = {
  startTimeUnixNano: '1767225600000000000',
  endTimeUnixNano: '1767225601000000000',
}

/** A request as it is sent, again and again if need be, and the spans in it. */
export interface Request {
  readonly body: Uint8Array
  readonly ids: readonly string[]
}

/** Makes requests of spans of which no two have the same id, and adds up what is in them. */
export class SpanSource {
  readonly #chance: () => number
  #made = 0
  #tokens = 0
  #nanoUsd = 0n

  /** @param chance in [0, 1) */
  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** What a collector must have counted that has taken over everything. */
  get counted(): Counted {
    return { spans: this.#made, tokens: this.#tokens, nanoUsd: String(this.#nanoUsd) }
  }

  next(spans: number): Request {
    const all = Array.from({ length: spans }, () => this.#span())
    const json = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: all }] }] })
    return { body: fromJson('traces', json), ids: all.map((it) => it.spanId) }
  }

  #span() {
    const tokens = Math.floor(this.#chance() * 100_000)
    // Beyond what a double can add up exactly, and then some.
    const nanoUsd = BigInt(Math.floor(this.#chance() * 2 ** 50)) + 1n
    this.#tokens += tokens
    this.#nanoUsd += nanoUsd
    const attributes = [
      { key: tokensKey, value: { intValue: String(tokens) } },
      { key: nanoUsdKey, value: { intValue: String(nanoUsd) } },
    ]
    return { traceId, spanId: spanIdOf(++this.#made), name: 'chat', ...times, attributes }
  }
}

/** Requests of one span each and of a given size, made without work: the id alone differs. */
export class LargeSpans {
  readonly #template: Buffer
  readonly #idAt: number
  #made = 0

  constructor(sizeBytes: number) {
    const spanId = 'ffeeddccbbaa9988'
    const text = { key: 'text', value: { stringValue: 'x'.repeat(sizeBytes) } }
    const span = { traceId, spanId, name: 'chat', ...times, attributes: [text] }
    const json = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    this.#template = Buffer.from(fromJson('traces', json))
    this.#idAt = this.#template.indexOf(Buffer.from(spanId, 'hex'))
  }

  get made(): number {
    return this.#made
  }

  next(): Request {
    const id = spanIdOf(++this.#made)
    const body = Buffer.from(this.#template)
    body.write(id, this.#idAt, 'hex')
    return { body, ids: [id] }
  }
}

function spanIdOf(n: number): string {
  return n.toString(16).padStart(16, '0')
}
