import type { Attributes, Counter, Meter } from '@opentelemetry/api'
import type { PipelineKind } from '../../component/batch.ts'
import type { Permanent, Retryable } from '../../component/delivery.ts'
import { itemNames } from '../../component/item-names.ts'
import type { Settings } from '../../component/settings.ts'
import type { DropReason } from './answer.ts'
import { DestinationLedger, type LedgerStatus } from './destination-ledger.ts'
import { errorType } from './error-type.ts'

/** What became of an exporter's items: its ledger and otelcol's counters, always told together. */
export class ItemBooks {
  readonly #exporter: string
  readonly #ledger = new DestinationLedger()
  readonly #counters = new Map<PipelineKind, ReturnType<typeof itemCounters>>()
  readonly #attributes: (kind: PipelineKind) => Attributes

  /** @param attributes what names the server of a kind, on what was sent; nothing unless given */
  constructor(
    { id, meter, kinds }: Pick<Settings, 'id' | 'meter' | 'kinds'>,
    attributes: (kind: PipelineKind) => Attributes = () => ({}),
  ) {
    this.#exporter = id
    this.#attributes = attributes
    for (const kind of kinds) this.#counters.set(kind, itemCounters(meter, kind))
  }

  take(items: number): void {
    this.#ledger.take(items)
  }

  deliver(kind: PipelineKind, items: number): void {
    this.#ledger.deliver(items)
    this.#counters.get(kind)?.sent.add(items, this.#serverOf(kind))
  }

  reject(kind: PipelineKind, items: number): void {
    this.#ledger.reject(items)
    this.#counters.get(kind)?.rejected.add(items, this.#serverOf(kind))
  }

  /** @param outcome what the sender is told, or would be */
  drop(
    kind: PipelineKind,
    items: number,
    reason: DropReason,
    outcome: Retryable | Permanent,
  ): void {
    this.#ledger.drop(reason, items)
    this.#counters.get(kind)?.sendFailed.add(items, {
      ...this.#serverOf(kind),
      'error.type': errorType(reason, outcome),
      'error.permanent': outcome.kind === 'permanent',
    })
    this.#counters.get(kind)?.dropped.add(items, { exporter: this.#exporter, reason })
  }

  /** Items of kinds that nobody can tell any more are gone from the disk. */
  lose(items: number, reason: DropReason): void {
    this.#ledger.drop(reason, items)
  }

  ledger(): LedgerStatus {
    return this.#ledger.status()
  }

  #serverOf(kind: PipelineKind): Attributes {
    return { exporter: this.#exporter, ...this.#attributes(kind) }
  }
}

function itemCounters(meter: Meter, kind: PipelineKind) {
  const counter = (what: string, description: string) => itemCounter(meter, kind, what, description)
  return {
    sent: counter('sent', 'Items that the destination took.'),
    sendFailed: counter('send_failed', 'Items given up after they were taken.'),
    rejected: counter('rejected', 'Items that the destination refused in a partial success.'),
    dropped: counter('dropped', 'Items given up after they were taken, by reason.'),
  }
}

/** A counter of an exporter's items of one kind, `otelcol_exporter_<what>_<items>`. */
export function itemCounter(
  meter: Meter,
  kind: PipelineKind,
  what: string,
  description: string,
): Counter {
  const { plural, unit } = itemNames[kind]
  return meter.createCounter(`otelcol_exporter_${what}_${plural}`, { unit, description })
}
