import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testSettings } from '../../test/support/settings.ts'
import { storage } from '../config/storage.ts'
import type { SegmentLog } from '../storage/segment-log.ts'
import { openStorage } from './open-storage.ts'

async function filled(log: SegmentLog): Promise<void> {
  for (const size of [100_000, 100]) {
    const record = { payload: new Uint8Array(size), receivedMs: 1, items: 1 }
    while ((await log.append(record)).kind === 'appended') {
      // Until it refuses.
    }
  }
}

test.each(['reject', 'block'])(
  'with when_full: %s a full disk lets no queue wait in its log',
  async (when_full) => {
    const directory = await mkdtemp(join(tmpdir(), 'open-storage-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const sizes = { max_size_mib: 4, segment_size_mib: 1 }
    const config = storage.parse({
      directory,
      keep: 'requests',
      fsync: 'never',
      when_full,
      ...sizes,
    })
    const { store, engine } = await openStorage(config, testSettings().meter)
    onTestFinished(() => store.close())
    const queue = await engine.requests?.exporter('otlp_http').queue()
    await filled(await store.log('ingest'))
    const record = { payload: new Uint8Array(100_000), receivedMs: 1, items: 1 }
    expect(await queue?.append(record)).toMatchObject({ kind: 'retryable' })
  },
)
