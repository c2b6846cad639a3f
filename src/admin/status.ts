import type { Host } from '../pipeline/host.ts'
import type { LogStatus } from '../storage/log-options.ts'
import type { StoreStatus } from '../storage/store.ts'
import { componentHealth } from './component-health.ts'
import type { Observed } from './observed.ts'

/** The collector as one document. No part of it is a setting, so no part of it is a secret. */
export function statusDocument(observed: Observed, nowMs: number) {
  const { about, engine, pipelines, memory } = observed
  return {
    service: {
      name: about.name,
      version: about.version,
      instance_id: about.instanceId,
      started: new Date(about.startedAtMs).toISOString(),
      uptime_seconds: (nowMs - about.startedAtMs) / 1_000,
      ready: observed.readySinceMs() !== undefined,
    },
    pipelines: pipelines().map(({ id, kind, receivers, processors, exporters }) => {
      return { id, kind, receivers, processors, exporters }
    }),
    components: engine.instances.hosts.map(componentStatus),
    memory: memory.status(),
    progress: engine.progress,
    ...(observed.storage && { storage: storageStatus(observed.storage()) }),
    ...(observed.lastReload() && { last_reload: observed.lastReload() }),
    log_lines_left_out: observed.logLinesLeftOut(),
  }
}

/** What lies on disk, by log. */
function storageStatus({ usedBytes, maxBytes, volume, logs }: StoreStatus) {
  const each = [...logs].map(([name, it]) => [name, logStatus(it)] as const)
  return {
    used_bytes: usedBytes,
    max_bytes: maxBytes,
    volume_free_bytes: volume?.freeBytes ?? null,
    logs: Object.fromEntries(each),
  }
}

function logStatus(it: LogStatus) {
  return {
    bytes: it.bytes,
    held_records: it.heldRecords,
    held_items: it.heldItems,
    oldest_unix_ms: it.oldestMs ?? null,
    damaged_records: it.damagedRecords,
    quarantined_bytes: it.quarantinedBytes,
    dropped_records: it.dropped,
    failed_writes: it.failedWrites,
  }
}

export type StatusDocument = ReturnType<typeof statusDocument>

function componentStatus(host: Host) {
  const { id, role, listening } = host
  const its = document(host)
  const health = componentHealth(host, its.status)
  return { id, role, health, ...(listening.length > 0 && { listening }), ...its }
}

/** One component's defect must not hide the others. */
function document(host: Host): { readonly status?: unknown; readonly status_error?: string } {
  try {
    const status = host.document()
    return status === undefined ? {} : { status }
  } catch (cause) {
    host.settings.log.error({ err: cause }, `the status of ${host.id} cannot be read`)
    return { status_error: String(cause) }
  }
}
