import type { Destination } from './destination.ts'
import type { DestinationReport } from './destination-report.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'
import { type RetryContext, sendUntilFinal } from './retry.ts'

/** The workers of a queue: a bounded number of batches is being sent, the others wait in line. */
export class Consumers {
  readonly #count: number
  readonly #destination: Destination
  readonly #retry: RetryContext
  readonly #report: DestinationReport
  readonly #onDone: (batch: OutgoingBatch) => void
  /** In nobody's hands yet, oldest first. */
  readonly #waiting = new Set<OutgoingBatch>()
  readonly #sending = new Set<OutgoingBatch>()
  #isHasty = false

  /** @param onDone told when a batch has come to its end */
  constructor(
    count: number,
    destination: Destination,
    retry: RetryContext,
    report: DestinationReport,
    onDone: (batch: OutgoingBatch) => void,
  ) {
    this.#count = count
    this.#destination = destination
    this.#retry = retry
    this.#report = report
    this.#onDone = onDone
  }

  get inFlight(): number {
    return this.#sending.size
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
      void this.#work(batch)
    }
  }

  async #work(outgoing: OutgoingBatch): Promise<void> {
    const { batch } = outgoing
    this.#sending.add(outgoing)
    this.#report.inFlight(batch, 1)
    try {
      for (const request of this.#destination.requests(batch)) {
        const final = await sendUntilFinal(request, outgoing, this.#retry)
        this.#report.came(outgoing, request.items, final)
      }
      if (outgoing.unaccounted > 0) {
        throw new Error('the requests carry fewer items than the batch')
      }
    } catch (cause) {
      this.#report.broke(outgoing, cause)
    }
    this.#sending.delete(outgoing)
    this.#report.inFlight(batch, -1)
    this.#onDone(outgoing)
    this.#pump()
  }
}
