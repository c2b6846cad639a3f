import { benchRequest } from './pdata.ts'

/** Requests of one size of which no two are alike, so that none counts as a repeat. */
export class Bodies {
  readonly #template: Uint8Array
  readonly #markAt: number
  #made = 0n

  constructor(spans: number) {
    this.#template = benchRequest(spans)
    this.#markAt = Buffer.from(this.#template).indexOf(firstTraceId)
  }

  get sizeBytes(): number {
    return this.#template.length
  }

  next(): Uint8Array {
    const body = Buffer.from(this.#template)
    body.writeBigUInt64LE(this.#made++, this.#markAt)
    return body
  }
}

const firstTraceId = Buffer.alloc(16, '0:span')
