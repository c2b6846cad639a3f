import { expect, test } from 'vitest'
import { SimulatedFileSystem } from '../storage/simulated-file-system.ts'
import {
  collectorStart,
  collectorStop,
  command,
  configLoad,
  configReload,
  configReloadRefused,
} from './entries.ts'
import { aLog, directory, startMs } from './log.fixture.ts'
import { newestEntries } from './read.ts'

test('a start says how long nobody watched, and whether the run before had stopped', async () => {
  const files = new SimulatedFileSystem()
  const version = { version: '0.1.0', fingerprint: 'f1' }
  const first = await aLog(files, { now: () => startMs })
  const { runBefore } = first
  await first.append(collectorStart({ ...version, nowMs: startMs, runBefore }))
  await first.append(collectorStop())
  await first.close()

  const nowMs = startMs + 60_000
  const second = await aLog(files, { now: () => nowMs })
  await second.append(collectorStart({ ...version, nowMs, runBefore: second.runBefore }))
  await second.close()

  const { entries } = await newestEntries(files, directory, { limit: 10 })
  expect(entries.map(({ body }) => body)).toEqual([
    { version: '0.1.0', fingerprint: 'f1' },
    {},
    { version: '0.1.0', fingerprint: 'f1', unobserved_gap_ms: 60_000, after_stop: true },
  ])
})

test('what people and the collector do has a type, an actor and a body', () => {
  const diff = { changes: [{ path: 'a.b', to: 1 }] }
  expect(configLoad({ fingerprint: 'f' }).body).toEqual({ fingerprint: 'f' })
  expect(configReload({ actor: 'user:ana', fingerprint: 'f', diff })).toEqual({
    type: 'config.reload',
    actor: 'user:ana',
    body: { fingerprint: 'f', changes: diff.changes },
  })
  expect(configReloadRefused({ actor: 'user:ana', problems: ['a is wrong'] })).toEqual({
    type: 'config.reload_refused',
    actor: 'user:ana',
    body: { problems: ['a is wrong'] },
  })
  const given = { name: 'release', component: 'cost', actor: 'user:ana', body: {}, offset: 7 }
  expect(command(given)).toMatchObject({
    type: 'command',
    actor: 'user:ana',
    body: { name: 'release', component: 'cost', body: {}, offset: 7 },
  })
})
