import { expect, test } from 'vitest'
import { factsBatch } from '../../src/component/batch.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { createMetrics, sumBy } from '../../src/telemetry/metrics.ts'
import { aBatch } from '../../test/support/build.ts'
import { recordingLog, testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { limitMemory } from './index.ts'
import { limitsOf } from './limits.ts'
import { thisMachine } from './machine.ts'

const mib = 2 ** 20

test('below the soft limit everything passes as it is', () => {
  const { send, set } = running({ limit_mib: 100 })
  set(79)
  const batch = aBatch('traces', [{}])
  expect(send(batch)).toBe(batch)
})

test('from the soft limit on data is refused politely, below it is taken again', async () => {
  const { send, set, pass, log, status } = running({ limit_mib: 100, spike_limit_mib: 20 })
  set(80)
  expect(send()).toEqual({
    kind: 'retryable',
    reason: 'data refused due to high memory usage',
    retryAfterMs: 1_000,
  })
  expect(status()).toMatchObject({ state: 'refusing', used_bytes: 80 * mib })
  set(79)
  expect(send()).toMatchObject({ kind: 'retryable' })
  await pass(1_000)
  expect(send()).toHaveProperty('origins')
  expect(status()).toMatchObject({ state: 'ok' })
  expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'info: Memory limiter configured',
    'warn: Memory usage is above soft limit. Refusing data.',
    'info: Memory usage back within limits. Resuming normal operation.',
  ])
})

test('the status recovers when nobody sends any more, and measures at most once an interval', async () => {
  const { send, set, pass, status, measured, log } = running({ limit_mib: 100 })
  set(80)
  expect(send()).toMatchObject({ kind: 'retryable' })
  set(10)
  expect(status()).toMatchObject({ state: 'refusing', used_bytes: 80 * mib })
  await pass(1_000)
  expect(status()).toMatchObject({ state: 'ok', used_bytes: 10 * mib })
  expect(status()).toMatchObject({ state: 'ok' })
  expect(measured()).toBe(2)
  expect(log.lines.at(-1)?.message).toContain('Resuming normal operation.')
})

test('a reader of the status has collections forced as a batch has', async () => {
  const { send, set, pass, status, freeAtGc, collected } = running({ limit_mib: 100 }, 'with gc')
  set(100)
  expect(send()).toMatchObject({ kind: 'retryable' })
  freeAtGc(10)
  await pass(1_000)
  expect(status()).toMatchObject({ state: 'ok', used_bytes: 10 * mib })
  expect(collected()).toBe(2)
})

test('garbage of this process can be collected without a flag of Node', async () => {
  const { gc } = thisMachine
  expect(gc).toBeTypeOf('function')
  expect(thisMachine.gc).toBe(gc)
  const garbage = new WeakRef({ prompt: 'hello' })
  await new Promise(setImmediate)
  gc?.()
  expect(garbage.deref()).toBeUndefined()
})

test('it measures on the first batch, then at most once an interval, and leaves no timer', async () => {
  const { send, measured, pass, scheduler } = running({ limit_mib: 100, check_interval: '2s' })
  expect(measured()).toBe(0)
  for (let i = 0; i < 5; i++) send()
  expect(measured()).toBe(1)
  await pass(1_999)
  send()
  expect(measured()).toBe(1)
  await pass(1)
  send()
  expect(measured()).toBe(2)
  expect(scheduler.pending).toBe(0)
})

test('what the ledger has promised counts before it has arrived', () => {
  const { send, set, memory, measured } = running({ limit_mib: 100 })
  set(10)
  expect(send()).toHaveProperty('origins')
  const lease = memory.reserve(95 * mib)
  expect(send()).toMatchObject({ kind: 'retryable' })
  expect(measured()).toBe(2)
  lease?.release()
})

test('a collection is forced at the soft limit, and what it frees is used', async () => {
  const { send, set, pass, log, freeAtGc, collected } = running({ limit_mib: 100 }, 'with gc')
  freeAtGc(50)
  set(85)
  expect(send()).toHaveProperty('origins')
  set(85)
  await pass(9_000)
  expect(send()).toMatchObject({ kind: 'retryable' })
  await pass(1_000)
  expect(send()).toHaveProperty('origins')
  expect(collected()).toBe(2)
  expect(log.lines[1]?.message).toBe('Memory usage is above soft limit. Forcing a GC.')
})

test('above the hard limit collections are forced at once, and ever less often when they free little', async () => {
  const { send, set, pass, log, collected } = running({ limit_mib: 100 }, 'with gc')
  set(100)
  const times: number[] = []
  for (let second = 0; second < 100; second++) {
    const before = collected()
    expect(send()).toMatchObject({ kind: 'retryable' })
    if (collected() > before) times.push(second)
    await pass(1_000)
  }
  expect(times).toEqual([0, 1, 3, 7, 15, 31, 61, 91])
  expect(log.lines[1]).toMatchObject({
    level: 'warn',
    message: 'Memory usage is above hard limit. Forcing a GC.',
  })
})

test('facts that travel alone pass, for they occupy nothing that a refusal would free', () => {
  const { send, set } = running({ limit_mib: 100 })
  set(100)
  const facts = factsBatch('traces', [])
  expect(send(facts)).toBe(facts)
})

test('accepted and refused items are counted in otelcol\u2019s names', async () => {
  const { send, set, pass, metrics } = running({ limit_mib: 100 })
  send(aBatch('traces', [{}, {}]))
  set(100)
  await pass(1_000)
  send(aBatch('traces', [{}, {}, {}]))
  send(aBatch('metrics', [{}]))
  const collected = await metrics.collect()
  const count = (name: string) =>
    sumBy(collected, `otelcol_processor_memory_limiter_${name}`, 'processor').get('test')
  expect([count('accepted_spans'), count('refused_spans')]).toEqual([2, 3])
  expect([count('accepted_metric_points'), count('refused_metric_points')]).toEqual([0, 1])
})

test('limits come from mebibytes, or from a share of the memory there is', () => {
  const limits = (written: object) => {
    const it = config.parse({ check_interval: '1s', ...written })
    const { softBytes, hardBytes } = limitsOf(it, 1_000 * mib)
    return [softBytes / mib, hardBytes / mib]
  }
  expect(limits({ limit_mib: 512 })).toEqual([409.6, 512])
  expect(limits({ limit_mib: 400, spike_limit_mib: 50, limit_percentage: 1 })).toEqual([350, 400])
  expect(limits({ limit_percentage: 75 })).toEqual([600, 750])
  expect(limits({ limit_percentage: 75, spike_limit_percentage: 30 })).toEqual([450, 750])
})

test('settings that cannot work are refused', () => {
  const messages = (written: object) => {
    const { error } = config.safeParse(written)
    return error?.issues.map((it) => `${it.path.join('.')} ${it.message}`)
  }
  expect(messages({})).toEqual([
    'check_interval must be greater than zero: write 1s',
    "limit_mib 'limit_mib' or 'limit_percentage' must be greater than zero",
  ])
  expect(messages({ check_interval: '1s', limit_mib: 10, spike_limit_mib: 10 })).toEqual([
    'spike_limit_mib must be smaller than limit_mib, which is 10',
  ])
  const percentages = { limit_percentage: 50, spike_limit_percentage: 60 }
  expect(messages({ check_interval: '1s', ...percentages })).toEqual([
    'spike_limit_percentage must be smaller than limit_percentage, which is 50',
  ])
  const intervals = { min_gc_interval_when_hard_limited: '11s' }
  expect(messages({ check_interval: '1s', limit_mib: 10, ...intervals })).toHaveLength(1)
})

function running(written: object, gc: 'with gc' | 'without gc' = 'without gc') {
  const scheduler = new VirtualScheduler()
  const memory = new MemoryLedger(1_000 * mib)
  const log = recordingLog()
  const metrics = createMetrics({})
  let rssMib = 0
  let gcMib: number | undefined
  let measured = 0
  let collected = 0
  let document: () => unknown = () => undefined
  const collect = () => {
    collected++
    if (gcMib !== undefined) rssMib = gcMib
  }
  const machine = {
    rssBytes() {
      measured++
      return rssMib * mib
    },
    totalBytes: () => 1_000 * mib,
    gc: gc === 'with gc' ? collect : undefined,
  }
  const settings = testSettings({
    scheduler,
    memory,
    log,
    meter: metrics.meter,
    status: (it) => {
      document = it
    },
  })
  const it = config.parse({ check_interval: '1s', ...written })
  const { map } = limitMemory(it, settings, machine)
  return {
    scheduler,
    memory,
    log,
    metrics,
    send: (batch = aBatch('traces', [{}])) => map(batch),
    set: (used: number) => {
      rssMib = used
    },
    freeAtGc: (used: number) => {
      gcMib = used
    },
    pass: (ms: number) => scheduler.advanceTo(scheduler.now() + ms),
    measured: () => measured,
    collected: () => collected,
    status: () => document(),
  }
}
