import type { TelemetryBatch } from '../component/batch.ts'
import type { Delivery, Outcome } from '../component/delivery.ts'
import type { LogRecord, RecordBody } from '../component/record.ts'
import type { Instances } from './instances.ts'
import type { Plan } from './plan.ts'

/** Where what comes from outside becomes a record. */
export interface Intake {
  /** Takes a request over, or settles it with why not. */
  receive(receiver: string, delivery: Delivery, batch: TelemetryBatch): void
  /** Makes anything else a record; resolves when it is folded, rejects when it cannot be kept. */
  commit(body: RecordBody): Promise<LogRecord>
  /** Requests that wait to be taken over. */
  readonly waiting: number
  /** Goes by another plan from here on. */
  use(plan: Plan, exporters: Instances['exporters']): void
  /** Takes over nothing more. */
  close(): void
}

/** Told that a request, named by its settle function, has become the record at an offset. */
export type OnCommitted = (settle: (outcome: Outcome) => void, offset: number) => void
