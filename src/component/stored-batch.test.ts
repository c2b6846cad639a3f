import { expect, test } from 'vitest'
import { aBatch } from '../../test/support/build.ts'
import { aTask } from '../../test/support/facts.ts'
import type { Alert } from '../alerts/alert.ts'
import { encode } from '../pdata/payload.ts'
import { alertsBatch, type Batch } from './batch.ts'
import { MemoryLedger } from './memory.ts'
import { decodeBatch, encodeBatch, StoredBatchError } from './stored-batch.ts'

const origins = [{ offset: 7, component: 'slo/a', index: 2, atMs: 1_700_000_000_000 }]

const task = aTask({ agent: 'support-bot ✓', traceId: '0af7651916cd43dd8448eb211c80319c' })

const alert: Alert = {
  fingerprint: 'f',
  episode: 3,
  state: 'firing',
  signal: 'slo_burn_rate',
  severity: 'critical',
  summary: 'burns',
  sinceMs: 9,
  labels: { agent: 'support-bot' },
  evidence: { rate: 14.4, isFast: true },
}

function stored(batch: Batch): Buffer {
  return Buffer.concat(encodeBatch(batch))
}

test.each(['traces', 'logs', 'metrics'] as const)(
  'a batch of %s comes back with its bytes, facts and origins',
  (kind) => {
    const batch = { ...aBatch(kind, [{ name: 'a' }, { name: 'b' }]), origins, facts: [task] }
    const back = decodeBatch(stored(batch))
    if (back.kind === 'alerts') throw new Error('other kind')
    expect(back).toMatchObject({ kind, origins, leases: [] })
    expect(back.facts).toEqual([task])
    expect(Buffer.from(encode(back.payload)).equals(encode(batch.payload))).toBe(true)
  },
)

test('alerts come back', () => {
  const batch = { ...alertsBatch([alert]), origins }
  expect(decodeBatch(stored(batch))).toEqual(batch)
})

test('neither metadata nor leases are stored', () => {
  const lease = new MemoryLedger(100).reserve(10)
  if (lease === undefined) throw new Error('no lease')
  const headers = new Map([['authorization', ['canary']]])
  const metadata = { headers, address: 'canary' }
  const bytes = stored({ ...aBatch('traces', [{}]), leases: [lease], metadata })
  expect(bytes.includes('canary')).toBe(false)
  expect(decodeBatch(bytes)).not.toHaveProperty('metadata')
})

test('what was cut, changed or written by another version is refused, never misread', () => {
  const bytes = stored({ ...aBatch('traces', [{}]), facts: [task] })
  expect(() => decodeBatch(Buffer.from([2, ...bytes.subarray(1)]))).toThrow(
    'a batch of format 2; this version reads 1',
  )
  expect(() => decodeBatch(Buffer.from([1, 9, ...bytes.subarray(2)]))).toThrow(StoredBatchError)
  const beside = 6 + bytes.readUInt32LE(2)
  for (let at = 0; at < beside; at++) {
    expect(() => decodeBatch(bytes.subarray(0, at))).toThrow(StoredBatchError)
  }
})
