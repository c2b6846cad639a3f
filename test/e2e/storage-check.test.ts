import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { machineScheduler } from '../../src/component/scheduler.ts'
import { nodeFileSystem } from '../../src/storage/file-system.ts'
import { Store } from '../../src/storage/store.ts'
import { cli } from './cli-process.ts'

async function aStore(): Promise<Store> {
  let salts = 1
  const store = await Store.open({
    files: nodeFileSystem,
    clock: machineScheduler,
    salt: () => salts++,
    directory: join(await mkdtemp(join(tmpdir(), 'storage-check-')), 'data'),
    sync: { kind: 'never' },
    segmentBytes: 2 ** 20,
    maxBytes: 2 ** 24,
    whenFull: 'reject',
  })
  const log = await store.log('queues/otlp_http%2Fbackend')
  for (const text of ['one', 'two', 'three']) {
    await log.append({
      payload: Buffer.from(text),
      receivedMs: Date.now() - 3 * 3_600_000,
      items: 1,
    })
  }
  log.acknowledge(1)
  await store.snapshots().read()
  await store.snapshots().write({ epoch: 1, offsets: [1], payload: Buffer.from('state') })
  return store
}

const check = (directory: string, ...more: string[]) =>
  cli(['storage', 'check', '--directory', directory, ...more]).ended

test('storage check says what lies on disk, of a running process and of a stopped one', async () => {
  const store = await aStore()
  const running = await check(store.directory)
  expect(running.text).toContain(`${store.directory} is in use: what follows changes`)
  expect(running.code).toBe(0)
  // The lock of this process has survived that.
  await expect(Store.open(anyOptions(store.directory))).rejects.toThrow('is in use')
  await store.close()

  const { code, text } = await check(store.directory)
  expect(text).toContain(`${store.directory} is not in use.`)
  expect(text).toMatch(/queues\/otlp_http%2Fbackend {2}1 segment +3 +1 +0 +131 +3 h\n/)
  expect(text).toMatch(/snapshot-b +whole +1 +\d+\n/)
  expect(text).toContain('Nothing is damaged.')
  expect(code).toBe(0)
})

test('storage check fails where something is damaged, and as JSON too', async () => {
  const store = await aStore()
  await store.close()
  const log = join(store.directory, 'queues/otlp_http%2Fbackend')
  const [name = ''] = (await readdir(log)).filter((it) => it.endsWith('.segment'))
  const bytes = await readFile(join(log, name))
  bytes[41] = 0
  await writeFile(join(log, name), bytes)

  const { code, text } = await check(store.directory, '--json')
  expect(code).toBe(1)
  expect(JSON.parse(text)).toMatchObject({
    running: false,
    logs: [{ segments: [{ file: name, records: 2, acknowledged: 0, damaged: 1, held_items: 2 }] }],
    snapshots: [{ file: 'snapshot-b', damaged: false, generation: 1 }],
  })
})

test('storage check says what is missing', async () => {
  const nowhere = join(tmpdir(), 'no-such-storage')
  expect(await check(nowhere)).toMatchObject({
    code: 1,
    text: expect.stringContaining(`cannot read ${nowhere}: nothing was stored there yet`),
  })
  const without = await cli(['storage', 'check']).ended
  expect(without.text).toContain('--config <source> or --directory <directory>')
})

function anyOptions(directory: string) {
  return {
    files: nodeFileSystem,
    clock: machineScheduler,
    salt: () => 1,
    directory,
    sync: { kind: 'never' },
    segmentBytes: 1000,
    maxBytes: 10_000,
    whenFull: 'reject',
  } as const
}
