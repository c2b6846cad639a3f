import type { Counter, Meter } from '@opentelemetry/api'
import type { Settings } from '../../component/settings.ts'
import { names } from '../../facts/names.ts'
import type { DropReason } from './answer.ts'

/** What a destination has on disk, as the status document says it. */
export interface DiskStatus {
  /** What the files take; what is delivered and not unlinked yet counts too. */
  readonly bytes: number
  readonly records: number
  readonly items: number
  readonly damaged_records: number
  readonly dead_letters: number
}

/** The part on disk as it is measured. */
export interface DiskReading extends DiskStatus {
  readonly oldest_seconds: number
}

/** What is counted and shown of a queue on disk. */
export class DiskMetrics {
  readonly #exporter: string
  readonly #dropped: Counter

  constructor({ id, meter }: Pick<Settings, 'id' | 'meter'>, read: () => DiskReading) {
    this.#exporter = id
    this.#dropped = meter.createCounter(names.queueDropped, {
      unit: '{item}',
      description: 'Items that a queue on disk gave up, by reason.',
    })
    observe(meter, id, read)
  }

  dropped(reason: DropReason, items: number): void {
    this.#dropped.add(items, { exporter: this.#exporter, reason })
  }
}

function observe(meter: Meter, exporter: string, read: () => DiskReading): void {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(name, { unit, description })
  const bytes = gauge(names.queueBytes, 'By', 'What the queue takes on disk.')
  const oldest = gauge(names.queueOldest, 's', 'How long the oldest in the queue has waited.')
  const letters = gauge(names.deadLetters, '{record}', 'Dead letters of the destination.')
  const corrupt = meter.createObservableCounter(names.queueCorruptRecords, {
    unit: '{record}',
    description: 'Damaged records in the queue on disk.',
  })
  meter.addBatchObservableCallback(
    (result) => {
      const reading = read()
      result.observe(bytes, reading.bytes, { exporter })
      result.observe(oldest, reading.oldest_seconds, { exporter })
      result.observe(letters, reading.dead_letters, { exporter })
      result.observe(corrupt, reading.damaged_records, { exporter })
    },
    [bytes, oldest, letters, corrupt],
  )
}
