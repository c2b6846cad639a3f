import type { Delivery, Outcome } from '../component/delivery.ts'
import type { Host } from './host.ts'

/** Deliveries of components that have started, and whose graph has not taken over yet. */
export class EarlyDeliveries {
  readonly #hosts = new Set<Host>()
  readonly #held: { readonly host: Host; readonly delivery: Delivery }[] = []

  /** What these bring waits from here on; the memory of receivers bounds it. */
  expect(hosts: readonly Host[]): void {
    for (const host of hosts) this.#hosts.add(host)
  }

  /** Whether a delivery came too early, and is held back. */
  hold(host: Host, delivery: Delivery): boolean {
    if (!this.#hosts.has(host)) return false
    this.#held.push({ host, delivery })
    return true
  }

  /** Their graph is in use: they are received, in their order. */
  hear(receive: (host: Host, delivery: Delivery) => void): void {
    this.#hosts.clear()
    for (const { host, delivery } of this.#held.splice(0)) receive(host, delivery)
  }

  /** Their graph does not take over: clients come again, to what runs. */
  dismiss(): void {
    this.#hosts.clear()
    const outcome: Outcome = { kind: 'retryable', reason: 'a reload failed', retryAfterMs: 1_000 }
    for (const { delivery } of this.#held.splice(0)) delivery.settle(outcome)
  }
}
