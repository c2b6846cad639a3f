import type { ComponentConfig } from './catalogue.ts'
import { type ComponentId, parseComponentId } from './component-id.ts'
import { error, type Path, type Problem } from './problem.ts'
import type { QueueOnDisk } from './settle-storage.ts'
import type { StorageConfig } from './storage.ts'
import { valueAt } from './tree.ts'

type Components = ReadonlyMap<string, ComponentConfig>

/** The queues of exporters that name an extension to lie in. */
export function queuesOnDisk(exporters: Components): QueueOnDisk[] {
  return [...exporters.values()].flatMap(({ config, path }) => {
    const extension = valueAt(config, ['sending_queue', 'storage', 'id'])
    if (typeof extension !== 'string') return []
    return [{ extension, path: [...path, 'sending_queue', 'storage'] }]
  })
}

/** Queues that name an extension that is not there or that keeps nothing; in otelcol's words. */
export function strayQueues(
  queues: readonly QueueOnDisk[],
  configured: ReadonlySet<string>,
  listed: readonly ComponentId[],
): Problem[] {
  return queues.flatMap(({ extension, path }) => {
    const sentence = straySentence(extension, configured.has(extension), listed)
    return sentence === undefined ? [] : [{ ...error(path, sentence), found: extension }]
  })
}

function straySentence(id: string, isConfigured: boolean, listed: readonly ComponentId[]) {
  const parsed = parseComponentId(id)
  const isStorage = typeof parsed !== 'string' && parsed.type === 'file_storage'
  if (isConfigured && !isStorage) {
    return 'requested extension is not a storage extension: write file_storage'
  }
  if (isConfigured && listed.some((it) => it.id === id)) return undefined
  const instead = isConfigured
    ? `add ${id} to service.extensions`
    : 'configure file_storage under extensions and list it in service.extensions'
  return `no storage client extension found: ${instead}, or write service.storage: { directory: ./data, keep: requests } and leave this out`
}

/** Settings of components that ask for more or for something else than what lies on disk. */
export function storageConflicts(
  storage: StorageConfig | undefined,
  { receivers, exporters }: { readonly receivers: Components; readonly exporters: Components },
): Problem[] {
  return storage?.keep === 'requests'
    ? [
        ...of(withQueue(exporters), ['sending_queue', 'wait_for_result'], true, cannotWait),
        ...withoutMetadata([...receivers.values()]),
      ]
    : of([...receivers.values()], ['acknowledge'], 'durable', needsRequests(storage))
}

/** Headers are in no record, and what is folded from the log must not depend on them. */
function withoutMetadata(receivers: readonly ComponentConfig[]): Problem[] {
  const protocols = ['http', 'grpc'].map((it) => ['protocols', it, 'include_metadata'])
  return protocols
    .flatMap((setting) => of(receivers, setting, true, metadataIsLost))
    .map((it) => ({ ...it, severity: 'warning' }))
}

const metadataIsLost =
  'has no effect with service.storage.keep: requests: headers of clients are never kept on disk, so no processor may depend on them'

function withQueue(exporters: Components): ComponentConfig[] {
  return [...exporters.values()].filter(
    ({ config }) => valueAt(config, ['sending_queue', 'enabled']) !== false,
  )
}

const cannotWait =
  '`wait_for_result` is not supported with a persistent queue configured with `storage`: with service.storage.keep: requests every queue is one, so leave it out'

function needsRequests(storage: StorageConfig | undefined): string {
  const instead =
    storage === undefined
      ? 'service.storage: { directory: ./data, keep: requests }'
      : 'keep: requests under service.storage'
  return `needs requests to be kept on disk: write ${instead}, or acknowledge: memory here`
}

function of(
  components: readonly ComponentConfig[],
  setting: Path,
  value: unknown,
  message: string,
): Problem[] {
  return components.flatMap(({ config, path }) =>
    valueAt(config, setting) === value
      ? [{ ...error([...path, ...setting], message), found: value }]
      : [],
  )
}
