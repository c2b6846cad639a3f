import type { Counter, Meter } from '@opentelemetry/api'
import type { PipelineKind } from '../component/batch.ts'
import type { Outcome } from '../component/delivery.ts'
import type { RecordKind } from '../component/record.ts'
import { names } from '../facts/names.ts'
import type { Stage } from './instances.ts'

/** What the engine says about itself: counters, and a log line for each defect of a component. */
export class Telemetry {
  readonly #incoming: Counter
  readonly #outgoing: Counter
  readonly #errors: Counter
  readonly #twice: Counter
  readonly #derived: Counter
  readonly #records: Counter
  readonly #refused: Counter
  readonly #repeated: Counter
  readonly #snapshots: Counter
  readonly #unreadable: Counter
  readonly #notKept: Counter
  #errorCount = 0
  #twiceCount = 0
  #derivedDroppedCount = 0

  constructor(meter: Meter) {
    const items = { unit: '{item}' }
    this.#incoming = meter.createCounter('otelcol_processor_incoming_items', items)
    this.#outgoing = meter.createCounter('otelcol_processor_outgoing_items', items)
    this.#errors = meter.createCounter(names.componentErrors, { unit: '{error}' })
    this.#twice = meter.createCounter(names.settledTwice, { unit: '{call}' })
    this.#derived = meter.createCounter(names.derivedDropped, { unit: '{batch}' })
    this.#records = meter.createCounter(names.records, { unit: '{record}' })
    this.#refused = meter.createCounter(names.refused, { unit: '{request}' })
    this.#repeated = meter.createCounter(names.dedupHits, { unit: '{hit}' })
    this.#snapshots = meter.createCounter(names.snapshots, { unit: '{snapshot}' })
    this.#notKept = meter.createCounter(names.recordsNotKept, { unit: '{record}' })
    this.#unreadable = meter.createCounter(names.unreadableRecords, { unit: '{record}' })
  }

  /** Throws of components so far. */
  get errorCount(): number {
    return this.#errorCount
  }

  /** Deliveries that were settled a second time so far. */
  get twiceCount(): number {
    return this.#twiceCount
  }

  /** Derived batches given up so far. */
  get derivedDroppedCount(): number {
    return this.#derivedDroppedCount
  }

  incoming(processor: string, kind: PipelineKind, items: number): void {
    this.#incoming.add(items, { processor, 'otel.signal': kind })
  }

  outgoing(processor: string, kind: PipelineKind, items: number): void {
    this.#outgoing.add(items, { processor, 'otel.signal': kind })
  }

  record(kind: RecordKind): void {
    this.#records.add(1, { kind })
  }

  refused(receiver: string, reason: string): void {
    this.#refused.add(1, { receiver, reason })
  }

  /** Something came a second time and was recognised. */
  repeated(layer: 'request' | 'span'): void {
    this.#repeated.add(1, { layer })
  }

  snapshotWritten(): void {
    this.#snapshots.add(1, { outcome: 'written' })
  }

  snapshotFailed(): void {
    this.#snapshots.add(1, { outcome: 'failed' })
  }

  /** Something that should have become a record could not be kept. */
  notKept(kind: RecordKind): void {
    this.#notKept.add(1, { kind })
  }

  /** A record of the log is whole and cannot be understood. */
  unreadable(): void {
    this.#unreadable.add(1)
  }

  threw({ id, host }: Stage, cause: unknown): void {
    this.#errorCount++
    this.#errors.add(1, { component: id })
    host.settings.log.error({ err: cause }, `${id} threw; this is a defect of ${id}`)
  }

  settledTwice(component: string): void {
    this.#twiceCount++
    this.#twice.add(1, { component })
  }

  /** A derived batch that a map refused or dropped on the way. */
  derivedEnded(component: string, outcome: Outcome): void {
    if (outcome.kind !== 'delivered') this.derivedDropped(component, outcome.kind)
  }

  derivedDropped(component: string, reason: string): void {
    this.#derivedDroppedCount++
    this.#derived.add(1, { component, reason })
  }
}
