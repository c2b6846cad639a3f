import { type Subscription, tap } from 'rxjs'
import type { Delivery } from '../component/delivery.ts'
import type { Host } from './host.ts'
import type { Instances } from './instances.ts'
import type { OnLost } from './streams.ts'

/** The receivers of a graph: started together, drained together. */
export class Receivers {
  readonly #receivers: Instances['receivers']
  readonly #receive: (host: Host, delivery: Delivery) => void
  readonly #onLost: OnLost
  readonly #subscriptions: Subscription[] = []
  readonly #ends: Promise<void>[] = []
  readonly #aborted = Promise.withResolvers<void>()

  constructor(
    receivers: Instances['receivers'],
    receive: (host: Host, delivery: Delivery) => void,
    onLost: OnLost,
  ) {
    this.#receivers = receivers
    this.#receive = receive
    this.#onLost = onLost
  }

  /** Subscribes to every receiver; resolves once each has said that it started. */
  async start(): Promise<void> {
    await Promise.all([...this.#receivers.keys()].map((id) => this.#startOne(id)))
  }

  /** Asks every receiver to stop accepting; resolves once all have completed. */
  async drain(): Promise<void> {
    for (const { host } of this.#receivers.values()) host.drain()
    await Promise.all(this.#ends)
  }

  abort(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
    this.#aborted.resolve()
  }

  #startOne(id: string): Promise<unknown> {
    const found = this.#receivers.get(id)
    if (found === undefined) return Promise.resolve()
    const { host, receiver } = found
    const end = Promise.withResolvers<void>()
    const failed = Promise.withResolvers<never>()
    let started = false
    this.#ends.push(end.promise)
    void host.started.then(() => {
      started = true
    })
    const subscription = receiver.pipe(tap((delivery) => this.#receive(host, delivery))).subscribe({
      error: (cause) => {
        end.resolve()
        const reason = cause instanceof Error ? cause.message : String(cause)
        const message = `cannot start pipelines: failed to start "${id}" receiver: ${reason}`
        if (started) this.#onLost(id, cause)
        else failed.reject(new Error(message, { cause }))
      },
      complete: () => {
        end.resolve()
        failed.reject(new Error(`cannot start pipelines: ${id} was stopped while it started`))
      },
    })
    this.#subscriptions.push(subscription)
    const aborted = this.#aborted.promise.then(() => {
      throw new Error(`cannot start pipelines: stopped while ${id} started`)
    })
    const start = Promise.race([host.started, failed.promise, aborted])
    // Once it has started, what ends it later is no failure to start.
    failed.promise.catch(() => {})
    aborted.catch(() => {})
    return start
  }
}
