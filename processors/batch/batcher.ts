import { type ClientMetadata, itemCount } from '../../src/component/batch.ts'
import type { Delivery } from '../../src/component/delivery.ts'
import { travelsAlone } from '../../src/component/holding.ts'
import type { Scheduler } from '../../src/component/scheduler.ts'
import type { Config } from './config.ts'
import type { Counters, Trigger } from './counters.ts'
import { Group } from './group.ts'

/** What one processor holds at most, in bytes; beyond it a batch is sent as it is. */
const maxHeldBytes = 64 * 2 ** 20

interface Waiting {
  readonly key: string
  readonly group: Group
  cancelTimer: () => void
}

/** Gathers deliveries until there are enough of them, or until the first has waited long enough. */
export class Batcher {
  readonly #config: Config
  readonly #isImmediate: boolean
  readonly #id: string
  readonly #scheduler: Scheduler
  readonly #counters: Counters
  readonly #send: (delivery: Delivery) => void
  /** Groups that hold something; an empty one is forgotten. */
  readonly #groups = new Map<string, Waiting>()
  #heldBytes = 0

  constructor(
    config: Config,
    id: string,
    scheduler: Scheduler,
    counters: Counters,
    send: (delivery: Delivery) => void,
  ) {
    this.#config = config
    this.#isImmediate = config.timeout === 0 || config.send_batch_size === 0
    this.#id = id
    this.#scheduler = scheduler
    this.#counters = counters
    this.#send = send
  }

  add(delivery: Delivery): void {
    if (travelsAlone(delivery)) return this.#send(delivery)
    const { metadata } = delivery.batch
    const key = this.#keyOf(metadata)
    const known = this.#groups.get(key)
    if (known === undefined && itemCount(delivery.batch) === 0) return this.#send(delivery)
    if (known === undefined && this.#groups.size >= this.#config.metadata_cardinality_limit) {
      return delivery.settle({
        kind: 'permanent',
        reason: 'too many batcher metadata-value combinations',
      })
    }
    const waiting = known ?? this.#open(key, metadata)
    this.#change(waiting.group, () => waiting.group.add(delivery))
    if (this.#isImmediate || this.#heldBytes > maxHeldBytes) this.#flush(waiting, 'size')
    else if (waiting.group.isFull) this.#sendFull(waiting)
  }

  /** Sends everything that waits. */
  drain(): void {
    for (const waiting of [...this.#groups.values()]) this.#flush(waiting, 'timeout')
  }

  /** Forgets everything that waits; whoever sent it is answered by somebody else. */
  abort(): void {
    for (const { cancelTimer } of this.#groups.values()) cancelTimer()
    this.#groups.clear()
  }

  #open(key: string, metadata: ClientMetadata | undefined): Waiting {
    const group = new Group(this.#config, this.#id, this.#shared(metadata))
    const waiting: Waiting = { key, group, cancelTimer() {} }
    this.#groups.set(key, waiting)
    this.#counters.combinations(1)
    this.#startTimer(waiting)
    return waiting
  }

  #startTimer(waiting: Waiting): void {
    waiting.cancelTimer()
    if (this.#isImmediate) return
    const { timeout } = this.#config
    waiting.cancelTimer = this.#scheduler.schedule(() => this.#flush(waiting, 'timeout'), timeout)
  }

  #sendFull(waiting: Waiting): void {
    const ready = this.#change(waiting.group, () => waiting.group.takeFull())
    if (waiting.group.isEmpty) this.#forget(waiting)
    else this.#startTimer(waiting) // the rest is of the delivery that has just come
    this.#sendAll(ready, 'size')
  }

  #flush(waiting: Waiting, trigger: Trigger): void {
    const ready = this.#change(waiting.group, () => waiting.group.takeAll())
    this.#forget(waiting)
    this.#sendAll(ready, trigger)
  }

  #forget(waiting: Waiting): void {
    waiting.cancelTimer()
    if (this.#groups.delete(waiting.key)) this.#counters.combinations(-1)
  }

  /** Comes last in every step: what is sent may come back as a further delivery, at once. */
  #sendAll(ready: readonly Delivery[], trigger: Trigger): void {
    for (const delivery of ready) {
      this.#counters.triggered(trigger)
      this.#counters.sent(delivery.batch)
      this.#send(delivery)
    }
  }

  #change<T>(group: Group, step: () => T): T {
    const before = group.sizeBytes
    const result = step()
    this.#heldBytes += group.sizeBytes - before
    return result
  }

  #keyOf(metadata: ClientMetadata | undefined): string {
    const { metadata_keys } = this.#config
    if (metadata_keys.length === 0) return ''
    return JSON.stringify(metadata_keys.map((name) => metadata?.headers.get(name) ?? []))
  }

  /** Of what a group's clients sent, that which they have in common. */
  #shared(metadata: ClientMetadata | undefined): ClientMetadata | undefined {
    const { metadata_keys } = this.#config
    if (metadata_keys.length === 0) return undefined
    const headers = new Map<string, readonly string[]>()
    for (const name of metadata_keys) {
      const values = metadata?.headers.get(name)
      if (values !== undefined) headers.set(name, values)
    }
    return { headers, address: undefined }
  }
}
