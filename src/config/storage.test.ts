import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue } from '../../test/fixtures/config/catalogue.ts'
import type { SchemaCatalogue } from './catalogue.ts'
import { componentId } from './fields.ts'
import { type LoadResult, loadConfig } from './load.ts'
import { printConfig } from './print.ts'
import { formatPath } from './problem.ts'

/** A receiver and an exporter that may ask for something to lie on disk. */
const types: SchemaCatalogue = {
  ...catalogue,
  receivers: [
    {
      type: 'inbox',
      config: z.strictObject({
        acknowledge: z.string().optional(),
        protocols: z.unknown().optional(),
      }),
    },
  ],
  exporters: [
    {
      type: 'queued',
      config: z.strictObject({
        sending_queue: z
          .strictObject({
            storage: componentId().optional(),
            wait_for_result: z.boolean().default(false),
          })
          .prefault({}),
      }),
    },
  ],
}

interface Parts {
  /** `service.storage`. */
  readonly storage?: string
  /** The settings of `file_storage`. */
  readonly file?: string
  readonly queue?: string
  readonly acknowledge?: string
  readonly protocols?: string
  readonly listed?: string
}

function load(parts: Parts): Promise<LoadResult> {
  const { storage, file, queue = '', acknowledge = '', protocols = '', listed } = parts
  const yaml = `
receivers: { inbox: { acknowledge: ${acknowledge}, protocols: ${protocols} } }
exporters: { queued: { sending_queue: { ${queue} } } }
${file === undefined ? '' : `extensions: { file_storage: ${file} }`}
service:
  extensions: [${listed ?? (file === undefined ? '' : 'file_storage')}]
  ${storage === undefined ? '' : `storage: ${storage}`}
  pipelines: { traces: { receivers: [inbox], exporters: [queued] } }
`
  return loadConfig([`yaml:${yaml}`], [], types, {})
}

async function settled(parts: Parts) {
  const result = await load(parts)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config
}

async function problems(parts: Parts): Promise<string[]> {
  const result = await load(parts)
  const all = result.ok ? result.config.warnings : result.problems
  return all.map(({ path, message }) => `${formatPath(path)} ${message}`)
}

describe('service.storage', () => {
  test.each([undefined, ''])('written as %j keeps everything in memory', async (storage) => {
    const { service } = await settled({ ...(storage !== undefined && { storage }) })
    expect(service).not.toHaveProperty('storage')
  })

  test('keeps state alone, synced, in 1 GiB, unless it says otherwise', async () => {
    const { service } = await settled({ storage: '{ directory: ./data }' })
    expect(service.storage).toEqual({
      directory: './data',
      keep: 'state',
      fsync: 'always',
      max_size_mib: 1024,
      when_full: 'reject',
      segment_size_mib: 16,
      request_window: 600_000,
    })
  })

  test('reads every setting, and prints what loads to the same', async () => {
    const storage =
      '{ directory: /d, keep: requests, fsync: { interval: 1500ms }, max_size_mib: 256, when_full: block, max_age: 3d, segment_size_mib: 64, request_window: 0 }'
    const config = await settled({ storage })
    expect(config.service.storage).toEqual({
      directory: '/d',
      keep: 'requests',
      fsync: { interval: 1500 },
      max_size_mib: 256,
      when_full: 'block',
      max_age: 3 * 86_400_000,
      segment_size_mib: 64,
      request_window: 0,
    })
    const again = await loadConfig([`yaml:${printConfig(config)}`], [], types, {})
    expect(again.ok && again.config.service.storage).toEqual(config.service.storage)
  })

  test.each([
    ['{}', 'directory is required'],
    ['./data', "must be a map: expected type 'map', got unconvertible type 'string'"],
    ['{ directory: "" }', 'directory must not be empty'],
    ['{ directory: d, keep: request }', 'keep must be one of state, requests'],
    ['{ directory: d, fsync: often }', 'fsync must be always, never or { interval: 1s }'],
    ['{ directory: d, fsync: true }', 'fsync must be always, never or { interval: 1s }'],
    ['{ directory: d, fsync: { interval: often } }', 'fsync.interval is a duration'],
    ['{ directory: d, fsync: { interval: 0 } }', 'fsync.interval must be greater than 0'],
    ['{ directory: d, segment_size_mib: 65 }', 'segment_size_mib must be at most 64'],
    [
      '{ directory: d, max_size_mib: 63 }',
      'max_size_mib must be at least 4 segments: write 64 or more, or a smaller segment_size_mib',
    ],
    ['{ directory: d, max_age: 0 }', 'max_age must be greater than 0'],
    ['{ directory: d, max_size: 1 }', 'max_size is no setting of storage'],
  ])('%s is refused: %s', async (storage, sentence) => {
    const [first, ...others] = await problems({ storage })
    expect(first).toContain(sentence)
    expect(others).toEqual([])
  })

  test('says which settings have no effect without requests', async () => {
    const storage = '{ directory: d, when_full: block, max_age: 1h, fsync: never }'
    expect(await problems({ storage })).toEqual([
      'service.storage.when_full has no effect with keep: state, which stores no requests',
      'service.storage.max_age has no effect with keep: state, which stores no requests',
    ])
  })
})

describe('file_storage', () => {
  test('that no queue names keeps state', async () => {
    const { service } = await settled({ file: '' })
    expect(service.storage).toMatchObject({
      directory: '/var/lib/otelcol/file_storage',
      keep: 'state',
      fsync: 'always',
    })
  })

  test('that a queue names keeps requests', async () => {
    const file = '{ directory: /d, fsync: false }'
    const { service } = await settled({ file, queue: 'storage: file_storage' })
    expect(service.storage).toMatchObject({ directory: '/d', keep: 'requests', fsync: 'never' })
  })

  test('that is not listed keeps nothing', async () => {
    const { service, warnings } = await settled({ file: '', listed: '' })
    expect(service).not.toHaveProperty('storage')
    expect(warnings.map((it) => it.message)).toEqual([
      'is configured but not in service.extensions',
    ])
  })

  test('says which of its settings have no effect', async () => {
    const file = '{ timeout: 1s, compaction: { on_start: true }, create_directory: true }'
    expect((await problems({ file })).toSorted()).toEqual([
      'extensions.file_storage.compaction has no effect',
      'extensions.file_storage.create_directory has no effect',
      'extensions.file_storage.timeout has no effect',
    ])
  })

  test('beside service.storage must say the same', async () => {
    const queue = 'storage: file_storage'
    const storage = '{ directory: /d, keep: requests }'
    expect(await problems({ storage, queue, file: '{ directory: /d/., fsync: true }' })).toEqual([])
    expect(await problems({ storage, queue, file: '{ directory: /e, fsync: false }' })).toEqual([
      'extensions.file_storage says another directory and fsync than service.storage, of which it is another spelling: leave it out, and write sending_queue without storage',
    ])
    expect(
      await problems({ storage: '{ directory: /d }', queue, file: '{ directory: /d }' }),
    ).toEqual([
      'exporters.queued.sending_queue.storage keeps the queue on disk, and service.storage keeps state alone: write keep: requests there, or leave storage out here',
    ])
  })

  test('is needed by a queue that names it', async () => {
    const queue = 'storage: file_storage'
    const or = 'or write service.storage: { directory: ./data, keep: requests } and leave this out'
    expect(await problems({ queue })).toEqual([
      `exporters.queued.sending_queue.storage no storage client extension found: configure file_storage under extensions and list it in service.extensions, ${or}`,
    ])
    expect(await problems({ queue, file: '', listed: '' })).toEqual([
      `exporters.queued.sending_queue.storage no storage client extension found: add file_storage to service.extensions, ${or}`,
    ])
  })
})

test('a receiver that answers when it is on disk needs requests to be kept', async () => {
  const acknowledge = 'durable'
  expect(await problems({ acknowledge })).toEqual([
    'receivers.inbox.acknowledge needs requests to be kept on disk: write service.storage: { directory: ./data, keep: requests }, or acknowledge: memory here',
  ])
  expect(await problems({ acknowledge, storage: '{ directory: ./data }' })).toEqual([
    'receivers.inbox.acknowledge needs requests to be kept on disk: write keep: requests under service.storage, or acknowledge: memory here',
  ])
  const storage = '{ directory: ./data, keep: requests }'
  expect(await problems({ acknowledge, storage })).toEqual([])
})

test('headers of clients that would be kept nowhere are warned of', async () => {
  const protocols = '{ http: { include_metadata: true } }'
  const storage = '{ directory: ./data, keep: requests }'
  expect(await problems({ protocols, storage })).toEqual([
    'receivers.inbox.protocols.http.include_metadata has no effect with service.storage.keep: requests: headers of clients are never kept on disk, so no processor may depend on them',
  ])
  expect(await problems({ protocols, storage: '{ directory: ./data }' })).toEqual([])
})

test('a queue on disk cannot make its sender wait for the result', async () => {
  const storage = '{ directory: ./data, keep: requests }'
  expect(await problems({ storage, queue: 'wait_for_result: true' })).toEqual([
    'exporters.queued.sending_queue.wait_for_result `wait_for_result` is not supported with a persistent queue configured with `storage`: with service.storage.keep: requests every queue is one, so leave it out',
  ])
})
