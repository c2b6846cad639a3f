import { type Subscription, tap } from 'rxjs'
import type { Delivery } from '../component/delivery.ts'
import type { Receiver } from '../component/factory.ts'
import type { Host } from './host.ts'
import type { Instances } from './instances.ts'
import type { OnLost } from './streams.ts'

interface Running {
  readonly host: Host
  readonly subscription: Subscription
  /** Resolves once the receiver has ended, whatever the way. */
  readonly ended: Promise<void>
}

/** Receivers that run: started together, drained together or one by one. */
export class Receivers {
  readonly #receive: (host: Host, delivery: Delivery) => void
  readonly #onLost: OnLost
  readonly #running = new Map<Host, Running>()
  readonly #aborted = Promise.withResolvers<void>()
  #isAborted = false

  constructor(receive: (host: Host, delivery: Delivery) => void, onLost: OnLost) {
    this.#receive = receive
    this.#onLost = onLost
  }

  /**
   * Subscribes to those that do not run yet; resolves once each has said that it started, rejects
   * when one cannot.
   */
  async start(receivers: Instances['receivers']): Promise<void> {
    if (this.#isAborted) throw new Error('cannot start pipelines: stopped')
    const added = [...receivers].filter(([, { host }]) => !this.#running.has(host))
    await Promise.all(added.map(([id, it]) => this.#startOne(id, it)))
    if (this.#isAborted) throw new Error('cannot start pipelines: stopped while they started')
  }

  /** Asks receivers to stop accepting; resolves once they have completed. */
  async drain(hosts: Iterable<Host> = this.#running.keys()): Promise<void> {
    const draining = [...hosts].flatMap((host) => this.#running.get(host) ?? [])
    for (const { host } of draining) host.drain()
    await Promise.all(draining.map((it) => it.ended))
  }

  /** Ends receivers at once. */
  cut(hosts: Iterable<Host>): void {
    for (const host of [...hosts]) {
      this.#running.get(host)?.subscription.unsubscribe()
      this.#running.delete(host)
    }
  }

  abort(): void {
    this.#isAborted = true
    this.cut(this.#running.keys())
    this.#aborted.resolve()
  }

  #startOne(
    id: string,
    { host, receiver }: { readonly host: Host; readonly receiver: Receiver },
  ): Promise<unknown> {
    const end = Promise.withResolvers<void>()
    const failed = Promise.withResolvers<never>()
    let started = false
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
    this.#running.set(host, { host, subscription, ended: end.promise })
    void end.promise.then(() => this.#running.delete(host))
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
