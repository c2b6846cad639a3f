import { expect, test } from 'vitest'
import { configDiff } from './config-diff.ts'
import { configLoad } from './entries.ts'
import { encodeEntry, genesis } from './entry.ts'

test('names what was changed, added and removed, by path', () => {
  const before = {
    processors: { batch: { timeout: '1s', size: 10 } },
    exporters: { otlp_http: { headers: { authorization: '[REDACTED]' } }, debug: null },
    service: { pipelines: { traces: { exporters: ['debug'] } } },
  }
  const after = {
    processors: { batch: { timeout: '2s', size: 10 } },
    exporters: { otlp_http: { headers: { authorization: '[REDACTED]' } }, file: { path: 'x' } },
    service: { pipelines: { traces: { exporters: ['debug', 'file'] } } },
  }
  expect(configDiff(before, after)).toEqual({
    changes: [
      { path: 'exporters.debug', from: null },
      { path: 'exporters.file.path', to: 'x' },
      { path: 'processors.batch.timeout', from: '1s', to: '2s' },
      {
        path: 'service.pipelines.traces.exporters',
        from: ['debug'],
        to: ['debug', 'file'],
      },
    ],
  })
  expect(configDiff(after, after)).toEqual({ changes: [] })
})

test('lists of objects are compared one by one; long texts and many changes are cut', () => {
  const budgets = (limit: number) => ({ budgets: [{ scope: 'task', limit }, { scope: 'agent' }] })
  expect(configDiff(budgets(1), budgets(2)).changes).toEqual([
    { path: 'budgets.0.limit', from: 1, to: 2 },
  ])
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`k${at}`, 'x'.repeat(999)]),
  )
  const diff = configDiff({}, many)
  expect([diff.changes.length, diff.more]).toEqual([200, 100])
  expect(String(diff.changes[0]?.to).length).toBe(201)
})

test('however large, a list too, an entry can hold it', () => {
  const list = Array.from({ length: 500 }, () => 'x'.repeat(100))
  const lists = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, list]))
  const entry = configLoad({ fingerprint: 'f', diff: configDiff({}, lists) })
  const bytes = encodeEntry({ ...entry, seq: 0, at: '', prev: genesis })
  expect(bytes.length).toBeLessThan(512 * 1024)
})
