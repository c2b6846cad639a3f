import type { TelemetryBatch } from '../../component/batch.ts'
import type { Scheduler } from '../../component/scheduler.ts'
import type { Batching } from './batch-config.ts'
import { OutgoingBatch } from './outgoing-batch.ts'
import { PendingBatch } from './pending-batch.ts'
import type { QueueEntry } from './queue-entry.ts'

/** Batches that are gathered at the same time; beyond it the oldest is sent as it is. */
const maxPartitions = 1000

interface Partition {
  readonly key: string
  readonly pending: PendingBatch
  cancel(): void
}

/**
 * Merges what waits in a queue into batches of a better size, and splits what is larger. Only what
 * is of one kind and has equal values of `metadata_keys` is merged; a partition lives only while it
 * holds something.
 */
export class Batcher {
  readonly #config: Batching
  readonly #scheduler: Scheduler
  readonly #emit: (batch: OutgoingBatch) => void
  readonly #partitions = new Map<string, Partition>()

  /** @param emit takes each batch that is ready */
  constructor(config: Batching, scheduler: Scheduler, emit: (batch: OutgoingBatch) => void) {
    this.#config = config
    this.#scheduler = scheduler
    this.#emit = emit
  }

  /** Alerts are few and urgent: they go out as they came. */
  add(entry: QueueEntry): void {
    const { batch } = entry
    if (batch.kind === 'alerts') return this.#emit(OutgoingBatch.of(entry))
    const partition = this.#partition(batch)
    partition.pending.add(entry, batch)
    const isNew = !this.#partitions.has(partition.key)
    const ready = partition.pending.takeFull()
    for (const outgoing of ready) this.#emit(outgoing)
    if (ready.length > 0) this.#end(partition)
    if (partition.pending.isEmpty || (!isNew && ready.length === 0)) return
    this.#begin(partition)
  }

  /** Sends everything that is gathered. */
  flush(): void {
    for (const partition of [...this.#partitions.values()]) this.#flush(partition)
  }

  #partition(batch: TelemetryBatch): Partition {
    const key = partitionKey(batch, this.#config.partition.metadata_keys)
    const pending = () => new PendingBatch(batch.kind, this.#config)
    return this.#partitions.get(key) ?? { key, pending: pending(), cancel() {} }
  }

  #begin(partition: Partition): void {
    const [oldest] = this.#partitions.values()
    if (this.#partitions.size >= maxPartitions && oldest !== undefined) this.#flush(oldest)
    this.#partitions.set(partition.key, partition)
    partition.cancel = this.#scheduler.schedule(
      () => this.#flush(partition),
      this.#config.flush_timeout,
    )
  }

  #end(partition: Partition): void {
    partition.cancel()
    this.#partitions.delete(partition.key)
  }

  #flush(partition: Partition): void {
    this.#end(partition)
    for (const outgoing of partition.pending.takeAll()) this.#emit(outgoing)
  }
}

/** Unset and empty are different; header values are compared as they stand. */
function partitionKey({ kind, metadata }: TelemetryBatch, keys: readonly string[]): string {
  if (keys.length === 0) return kind
  return JSON.stringify([kind, ...keys.map((it) => metadata?.headers.get(it) ?? null)])
}
