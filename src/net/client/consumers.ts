import type { Final, OutgoingRequest } from './answer.ts'
import type { Destination } from './destination.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'
import { type RetryContext, sendUntilFinal } from './retry.ts'

/** What the owner of a queue wants to know of its consumers' work. */
export interface Work {
  /** A batch came into a consumer's hands, or left them. */
  inFlight(batch: OutgoingBatch['batch'], change: 1 | -1): void
  /** A request with items of a batch has come to its end. */
  came(outgoing: OutgoingBatch, request: OutgoingRequest, final: Final): void
  /** Sending ended with an exception: a defect of ours. */
  broke(outgoing: OutgoingBatch, cause: unknown): void
  /** A batch has come to its end. */
  done(outgoing: OutgoingBatch): void
}

/** The workers of a queue: a bounded number of batches is being sent, the others wait in line. */
export class Consumers {
  readonly #count: number
  readonly #destination: Destination
  readonly #retry: RetryContext
  readonly #work: Work
  /** In nobody's hands yet, oldest first. */
  readonly #waiting = new Set<OutgoingBatch>()
  readonly #sending = new Set<OutgoingBatch>()
  #isHasty = false

  constructor(count: number, destination: Destination, retry: RetryContext, work: Work) {
    this.#count = count
    this.#destination = destination
    this.#retry = retry
    this.#work = work
  }

  get inFlight(): number {
    return this.#sending.size
  }

  /** Batches for each consumer, in its hands and in line. */
  get load(): number {
    return (this.#waiting.size + this.#sending.size) / this.#count
  }

  readonly add = (batch: OutgoingBatch): void => {
    if (this.#isHasty) batch.hasten()
    this.#waiting.add(batch)
    this.#pump()
  }

  /** Ends retry waits: what is held, and what still comes, gets one more try without waiting. */
  hasten(): void {
    this.#isHasty = true
    for (const batch of [...this.#sending, ...this.#waiting]) batch.hasten()
  }

  /** Forgets the batches of which nobody wants to know any more. */
  forgetOver(): void {
    for (const batch of this.#waiting) if (batch.isOver()) this.#waiting.delete(batch)
    for (const batch of this.#sending) if (batch.isOver()) batch.hasten()
  }

  #pump(): void {
    for (const batch of this.#waiting) {
      if (this.#sending.size >= this.#count) return
      this.#waiting.delete(batch)
      void this.#send(batch)
    }
  }

  async #send(outgoing: OutgoingBatch): Promise<void> {
    const { batch } = outgoing
    this.#sending.add(outgoing)
    this.#work.inFlight(batch, 1)
    try {
      for (const request of this.#destination.requests(batch)) {
        const final = await sendUntilFinal(request, outgoing, this.#retry)
        this.#work.came(outgoing, request, final)
      }
      if (outgoing.unaccounted > 0) {
        throw new Error('the requests carry fewer items than the batch')
      }
    } catch (cause) {
      this.#work.broke(outgoing, cause)
    }
    this.#sending.delete(outgoing)
    this.#work.inFlight(batch, -1)
    this.#work.done(outgoing)
    this.#pump()
  }
}
