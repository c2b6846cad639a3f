import type { Counter } from '@opentelemetry/api'
import type { Outcome } from '../../src/component/delivery.ts'
import { itemNames } from '../../src/component/item-names.ts'
import type { Settings } from '../../src/component/settings.ts'
import type { Signal } from '../../src/pdata/signal.ts'

/** Why a request was never delivered. */
export type Rejection =
  | 'no_such_path'
  | 'bad_method'
  | 'bad_media_type'
  | 'bad_encoding'
  | 'bad_request'
  | 'too_large'
  | 'no_room'
  | 'shutting_down'
  | 'too_many_connections'
  | 'too_slow'
  | 'client_gone'

type Items = Record<'accepted' | 'refused' | 'failed', Counter>

/** What the receiver counts: items by what became of them, requests by what was answered. */
export class ReceiverTelemetry {
  readonly #items: Readonly<Record<Signal, Items>>
  readonly #rejected: Counter
  readonly #attributes: { readonly receiver: string; readonly transport: string }
  readonly #requests = { delivered: 0, retryable: 0, permanent: 0, failed: 0, empty: 0 }
  readonly #rejections = new Map<Rejection, number>()
  #unsettled = 0

  constructor({ id, meter }: Pick<Settings, 'id' | 'meter'>, transport: string) {
    this.#attributes = { receiver: id, transport }
    const items = (signal: Signal, what: keyof Items) => {
      const { plural, unit } = itemNames[signal]
      return meter.createCounter(`otelcol_receiver_${what}_${plural}`, { unit })
    }
    const itemsOf = (signal: Signal): Items => ({
      accepted: items(signal, 'accepted'),
      refused: items(signal, 'refused'),
      failed: items(signal, 'failed'),
    })
    const [traces, logs, metrics] = [itemsOf('traces'), itemsOf('logs'), itemsOf('metrics')]
    this.#items = { traces, logs, metrics }
    this.#rejected = meter.createCounter('otelcol_receiver_requests_rejected', {
      description: 'Requests that were answered with an error and never delivered, by reason.',
      unit: '{request}',
    })
  }

  /** A request went into the pipelines. */
  delivering(): void {
    this.#unsettled++
  }

  /** A delivery was settled. All three counters are written, so that their series exist. */
  settled(signal: Signal, { kind }: Outcome, itemCount: number): void {
    this.#unsettled--
    this.#requests[kind]++
    const isAccepted = kind === 'delivered'
    const items = this.#items[signal]
    items.accepted.add(isAccepted ? itemCount : 0, this.#attributes)
    items.refused.add(isAccepted ? 0 : itemCount, this.#attributes)
    items.failed.add(0, this.#attributes)
  }

  /** A request that we could not read because of a defect of ours; its items are not known. */
  failed(): void {
    this.#requests.failed++
  }

  /** A request without items: a success that counts nothing else. */
  empty(): void {
    this.#requests.empty++
  }

  rejected(reason: Rejection): void {
    this.#rejections.set(reason, (this.#rejections.get(reason) ?? 0) + 1)
    this.#rejected.add(1, { ...this.#attributes, reason })
  }

  /** Requests so far, by outcome or by the reason of their rejection. */
  get requests(): Requests {
    return { ...this.#requests, rejected: Object.fromEntries(this.#rejections) }
  }

  /** Requests that were delivered and wait for their outcome. */
  get unsettled(): number {
    return this.#unsettled
  }
}

type Counts = Readonly<Record<'delivered' | 'retryable' | 'permanent' | 'failed' | 'empty', number>>
export type Requests = Counts & { readonly rejected: Readonly<Record<string, number>> }

/** The same numbers of several servers, added up, as the status document shows them. */
export function sumOf(all: readonly ReceiverTelemetry[]): object {
  const sum = { delivered: 0, retryable: 0, permanent: 0, failed: 0, empty: 0 }
  const rejected: Record<string, number> = {}
  let unsettled = 0
  for (const it of all) {
    unsettled += it.unsettled
    for (const [name, n] of Object.entries(it.requests.rejected)) {
      rejected[name] = (rejected[name] ?? 0) + n
    }
    sum.delivered += it.requests.delivered
    sum.retryable += it.requests.retryable
    sum.permanent += it.requests.permanent
    sum.failed += it.requests.failed
    sum.empty += it.requests.empty
  }
  return { requests: { ...sum, rejected }, unsettled }
}
