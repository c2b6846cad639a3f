import { compileMatcher } from '../../src/pdata/attributes.ts'
import type { Payload } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'

const operation = compileMatcher(['gen_ai.operation.name'])
const statusError = 2
/** Operation names that are counted one by one; others count as spans alone. */
const maxOperations = 20

/** Counts of what arrived. */
export class Tally {
  #requests = 0
  #spans = 0
  #errors = 0
  #logRecords = 0
  #dataPoints = 0
  readonly #byOperation = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#requests === 0
  }

  add(payload: Payload): void {
    this.#requests++
    if (payload.signal === 'logs') this.#logRecords += payload.itemCount
    else if (payload.signal === 'metrics') this.#dataPoints += payload.itemCount
    else this.#addSpans(payload)
  }

  /** E.g. `2 requests, 21 spans (4 invoke_agent, 11 chat, 6 execute_tool; 1 with an error)`. */
  sentence(): string {
    const parts = [count(this.#requests, 'request'), count(this.#spans, 'span') + this.#details()]
    if (this.#logRecords > 0) parts.push(count(this.#logRecords, 'log record'))
    if (this.#dataPoints > 0) parts.push(count(this.#dataPoints, 'data point'))
    return parts.join(', ')
  }

  #addSpans(payload: Payload): void {
    this.#spans += payload.itemCount
    forEachSpan(payload, (span) => {
      if (span.statusCode === statusError) this.#errors++
      const name = span.attributes(operation).string(0)
      if (name === undefined) return
      if (!this.#byOperation.has(name) && this.#byOperation.size >= maxOperations) return
      this.#byOperation.set(name, (this.#byOperation.get(name) ?? 0) + 1)
    })
  }

  #details(): string {
    const operations = [...this.#byOperation].map(([name, count]) => `${count} ${name}`)
    const groups = operations.length > 0 ? [operations.join(', ')] : []
    if (this.#errors > 0) groups.push(`${this.#errors} with an error`)
    return groups.length > 0 ? ` (${groups.join('; ')})` : ''
  }
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
