import type { Alert } from '../alerts/alert.ts'
import type { Fact } from '../facts/fact.ts'
import { emptyPayload, type Payload } from '../pdata/payload.ts'
import type { Signal } from '../pdata/signal.ts'

/** The four kinds of pipelines. */
export type PipelineKind = Signal | 'alerts'
export const pipelineKinds: readonly PipelineKind[] = ['traces', 'logs', 'metrics', 'alerts']

/**
 * Where a batch comes from: the record that caused it, the component that made it, and which of
 * that component's batches it is. The triple is the same after a replay, so a durable sink can
 * drop what it has.
 */
export interface Origin {
  readonly offset: number
  readonly component: string
  readonly index: number
  /** Record time in milliseconds since the Unix epoch. */
  readonly atMs: number
}

/** Memory that a batch's bytes occupy in the one ledger; freed when the last holder lets go. */
export interface Lease {
  readonly sizeBytes: number
  retain(): void
  release(): void
}

/**
 * What a receiver knows about a batch's client. Headers are there only where the receiver is told
 * to keep them; names are lower case. Never part of a record of the log.
 */
export interface ClientMetadata {
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** Address of the peer, without its port. */
  readonly address: string | undefined
}

interface BatchBase {
  /** One origin, or several once batches were merged; empty before the sequencer has seen it. */
  readonly origins: readonly Origin[]
  readonly leases: readonly Lease[]
  /** Absent for what we made ourselves, and once batches of different clients were merged. */
  readonly metadata?: ClientMetadata
}

/** OTLP bytes of one signal with the facts known about them. Facts may come alone. */
export interface TelemetryBatch extends BatchBase {
  readonly kind: Signal
  readonly payload: Payload
  readonly facts: readonly Fact[]
}

/** Transitions of alerts and, once a minute, all that fires. */
export interface AlertsBatch extends BatchBase {
  readonly kind: 'alerts'
  readonly alerts: readonly Alert[]
}

/** The element of every stream. Never changed in place: a changed batch shares what it kept. */
export type Batch = TelemetryBatch | AlertsBatch

/** A batch as a receiver or a source makes it. */
export function telemetryBatch(
  payload: Payload,
  facts: readonly Fact[] = [],
  leases: readonly Lease[] = [],
  metadata?: ClientMetadata,
): TelemetryBatch {
  const own = metadata === undefined ? {} : { metadata }
  return { kind: payload.signal, payload, facts, origins: [], leases, ...own }
}

/** Facts without spans, as they travel when they become known later. */
export function factsBatch(kind: Signal, facts: readonly Fact[]): TelemetryBatch {
  return telemetryBatch(emptyPayload(kind), facts)
}

/** Alerts as a source makes them. */
export function alertsBatch(alerts: readonly Alert[]): AlertsBatch {
  return { kind: 'alerts', alerts, origins: [], leases: [] }
}

/** Spans, log records, data points or alerts in a batch. */
export function itemCount(batch: Batch): number {
  return batch.kind === 'alerts' ? batch.alerts.length : batch.payload.itemCount
}

/** Serialised size in bytes; alerts are estimated at 1 KiB each, since they have no bytes yet. */
export function sizeBytes(batch: Batch): number {
  return batch.kind === 'alerts' ? batch.alerts.length * 1024 : batch.payload.sizeBytes
}

/** Name of a batch that is the same after a replay: `offset/component/index`, joined by `+`. */
export function batchId(batch: Batch): string {
  return batch.origins.map((it) => `${it.offset}/${it.component}/${it.index}`).join('+')
}
