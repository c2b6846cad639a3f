import type { Meter } from '@opentelemetry/api'
import { names } from '../facts/names.ts'
import type { FileSystem, OpenFile } from '../storage/file-system.ts'
import type { Store } from '../storage/store.ts'

/** Seconds; a quick disk syncs in less than a millisecond, a busy one takes its time. */
const syncBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** The same file system, with the time that each sync takes written down. */
export function timedSyncs(files: FileSystem, meter: Meter): FileSystem {
  const durations = meter.createHistogram(names.storageSyncDuration, {
    unit: 's',
    advice: { explicitBucketBoundaries: syncBoundaries },
  })
  const timed = (file: OpenFile): OpenFile => ({
    ...file,
    async datasync() {
      const startMs = performance.now()
      try {
        await file.datasync()
      } finally {
        durations.record((performance.now() - startMs) / 1_000)
      }
    },
  })
  return { ...files, open: async (path, mode) => timed(await files.open(path, mode)) }
}

/** Says what lies in a store, log by log, each time somebody asks. */
export function observeStore(store: Store, meter: Meter): void {
  const bytes = meter.createObservableGauge(names.storageBytes, { unit: 'By' })
  const limit = meter.createObservableGauge(names.storageLimit, { unit: 'By' })
  const held = meter.createObservableGauge(names.storageHeldRecords, { unit: '{record}' })
  const oldest = meter.createObservableGauge(names.storageOldest, { unit: 's' })
  const damaged = meter.createObservableCounter(names.storageDamagedRecords, { unit: '{record}' })
  const failed = meter.createObservableCounter(names.storageFailedWrites, { unit: '{write}' })
  meter.addBatchObservableCallback(
    (result) => {
      const { maxBytes, logs } = store.status()
      result.observe(limit, maxBytes)
      for (const [log, status] of logs) {
        const ageMs = status.oldestMs === undefined ? 0 : Date.now() - status.oldestMs
        result.observe(bytes, status.bytes, { log })
        result.observe(held, status.heldRecords, { log })
        result.observe(oldest, Math.max(0, ageMs) / 1_000, { log })
        result.observe(damaged, status.damagedRecords, { log })
        result.observe(failed, status.failedWrites, { log })
      }
    },
    [bytes, limit, held, oldest, damaged, failed],
  )
}
