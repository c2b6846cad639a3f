import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertsBatch, type Batch, itemCount, sizeBytes } from '../../component/batch.ts'
import type { Outcome } from '../../component/delivery.ts'
import { MemoryLedger } from '../../component/memory.ts'
import { settleAll } from '../../component/virtual-scheduler.ts'
import { forEachSpan } from '../../pdata/spans.ts'
import type { Answer } from './answer.ts'
import { sendingQueue } from './queue-config.ts'
import { refused, scriptedQueue, sent, unavailable } from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

/** A queue that merges, and every batch that it sent. */
function batchingQueue(
  batch: object,
  queue: object = {},
  answer: (attempt: number, items: number) => Answer | Promise<Answer> = () => sent,
  memory = new MemoryLedger(1 << 24),
) {
  const batches: Batch[] = []
  const it = scriptedQueue(answer, {
    queue: { batch, ...queue },
    settings: { memory },
    cut: (batch) => {
      batches.push(batch)
      return [itemCount(batch)]
    },
  })
  return { ...it, batches, sizes: () => batches.map(itemCount) }
}

function fromTenant(tenant: string | undefined, count = 1, name = 'chat') {
  const headers = new Map(tenant === undefined ? [] : [['x-tenant', [tenant]]])
  return someSpans(count, { name, metadata: { headers, address: undefined } })
}

test('waits for min_size items and sends them as one', async () => {
  const it = batchingQueue({ min_size: 10 })
  it.deliver(someSpans(4))
  it.deliver(someSpans(5))
  await settleAll()
  expect(it.sizes()).toEqual([])
  expect(it.status()).toMatchObject({ queue: { size: 2, in_flight: 0 }, ledger: { held: 9 } })
  it.deliver(someSpans(3))
  await settleAll()
  expect(it.sizes()).toEqual([12])
  expect(it.status()).toMatchObject({ queue: { size: 0 }, ledger: { delivered: 12, held: 0 } })
  expect(it.scheduler.pending).toBe(0)
})

test('sends what there is once flush_timeout has passed since the first', async () => {
  const it = batchingQueue({})
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(150)
  it.deliver(someSpans(2))
  await it.scheduler.advanceTo(199)
  expect(it.sizes()).toEqual([])
  await it.scheduler.advanceTo(200)
  expect(it.sizes()).toEqual([3])
})

test('splits what is larger than max_size; the rest waits anew', async () => {
  const it = batchingQueue({ min_size: 10, max_size: 10 })
  it.deliver(someSpans(4))
  await it.scheduler.advanceTo(100)
  it.deliver(someSpans(19))
  await settleAll()
  expect(it.sizes()).toEqual([10, 10])
  await it.scheduler.advanceTo(299)
  expect(it.sizes()).toEqual([10, 10])
  await it.scheduler.advanceTo(300)
  expect(it.sizes()).toEqual([10, 10, 3])
})

test('with min_size 0 nothing waits', async () => {
  const it = batchingQueue({ min_size: 0, max_size: 5 })
  it.deliver(someSpans(12))
  await settleAll()
  expect(it.sizes()).toEqual([5, 5, 2])
})

test('counts bytes where it is told to', async () => {
  const size = sizeBytes(someSpans(1))
  const it = batchingQueue({ sizer: 'bytes', min_size: 2 * size, max_size: 3 * size })
  it.deliver(someSpans(1))
  await settleAll()
  expect(it.sizes()).toEqual([])
  it.deliver(someSpans(8))
  await it.scheduler.advanceTo(200)
  expect(it.batches.every((batch) => sizeBytes(batch) <= 3 * size)).toBe(true)
  expect(it.sizes().reduce((sum, items) => sum + items, 0)).toBe(9)
})

test('the result of a batch goes to each of its sources, the worst part to a split one', async () => {
  const it = batchingQueue({ min_size: 5, max_size: 5 }, { wait_for_result: true }, (attempt) =>
    attempt === 2 ? refused : sent,
  )
  const outcomes = [2, 3, 4, 6].map((count) => it.deliver(someSpans(count)))
  await settleAll()
  const kinds = outcomes.map((all) => all.map((outcome) => outcome.kind))
  expect(it.sizes()).toEqual([5, 5, 5])
  expect(kinds).toEqual([['delivered'], ['delivered'], ['permanent'], ['permanent']])
  expect(it.status()).toMatchObject({
    ledger: { received: 15, delivered: 10, dropped: { permanent: 5 }, held: 0 },
  })
})

test('capacity and memory are held until the last part is finished', async () => {
  const memory = new MemoryLedger(1 << 20)
  const answers: ((answer: Answer) => void)[] = []
  const it = batchingQueue(
    { min_size: 0, max_size: 2 },
    { queue_size: 1 },
    () => new Promise((resolve) => answers.push(resolve)),
    memory,
  )
  const slot = it.sender.reserve(someSpans(4))
  if (!('claim' in slot)) throw new Error('refused')
  it.deliver(someSpans(4), new Map([['traces>test', [slot]]]))
  await settleAll()
  answers[0]?.(sent)
  await settleAll()
  expect(it.status()).toMatchObject({ queue: { size: 1 }, ledger: { delivered: 2, held: 2 } })
  expect(memory.status().reserved_bytes).toBeGreaterThan(0)
  expect(it.sender.reserve(someSpans(1))).toMatchObject({ reason: 'sending queue is full' })
  answers[1]?.(sent)
  await settleAll()
  expect(it.status()).toMatchObject({ queue: { size: 0 }, ledger: { delivered: 4, held: 0 } })
  expect(memory.status().reserved_bytes).toBe(0)
})

test('what came from different clients is not mixed, unset and empty being different', async () => {
  const it = batchingQueue({ min_size: 2, partition: { metadata_keys: ['X-Tenant'] } })
  for (const tenant of ['a', 'b', '', undefined]) it.deliver(fromTenant(tenant))
  await settleAll()
  expect(it.sizes()).toEqual([])
  for (const tenant of ['b', 'a', undefined]) it.deliver(fromTenant(tenant))
  await it.scheduler.advanceTo(200)
  expect(it.sizes()).toEqual([2, 2, 2, 1])
  expect(it.scheduler.pending).toBe(0)
})

test('of more than a thousand partitions the oldest is sent', async () => {
  const it = batchingQueue(
    { min_size: 2, partition: { metadata_keys: ['x-tenant'] } },
    { queue_size: 2000 },
  )
  for (let at = 0; at < 1002; at++) it.deliver(fromTenant(`${at}`))
  await settleAll()
  expect(it.sizes()).toEqual([1, 1])
  expect(it.scheduler.pending).toBe(1000)
})

test('alerts do not wait', async () => {
  const it = batchingQueue({})
  it.deliver(
    alertsBatch([
      {
        ...{ fingerprint: 'a', episode: 1, state: 'firing', signal: 'probe', severity: 'info' },
        ...{ summary: 'x', sinceMs: 0, labels: {}, evidence: {} },
      },
    ]),
  )
  await settleAll()
  expect(it.sizes()).toEqual([1])
})

test.each(['complete', 'drain'])('%s: what is gathered is sent at once', async (end) => {
  const it = batchingQueue({ flush_timeout: '1h' })
  it.deliver(someSpans(3))
  it.deliver(someSpans(4))
  if (end === 'drain') it.drain.abort()
  else it.source.complete()
  await settleAll()
  expect(it.sizes()).toEqual([7])
  if (end === 'drain') {
    it.deliver(someSpans(2))
    await settleAll()
    expect(it.sizes()).toEqual([7, 2])
    it.source.complete()
    await settleAll()
  }
  expect(it.isComplete()).toBe(true)
  expect(it.scheduler.pending).toBe(0)
})

test('unsubscribed, what is gathered is dropped and counted', async () => {
  const memory = new MemoryLedger(1 << 20)
  const it = batchingQueue({}, {}, () => sent, memory)
  it.deliver(someSpans(3))
  it.subscription.unsubscribe()
  await settleAll()
  expect(it.attemptsAtMs).toEqual([])
  expect(it.status()).toMatchObject({
    queue: { size: 0, in_flight: 0 },
    ledger: { received: 3, dropped: { shutdown: 3 }, held: 0 },
  })
  expect(memory.status().reserved_bytes).toBe(0)
  expect(it.scheduler.pending).toBe(0)
})

test('without a queue nothing is gathered', async () => {
  const it = batchingQueue({}, { enabled: false })
  it.deliver(someSpans(3))
  await settleAll()
  expect(it.sizes()).toEqual([3])
})

test.each([
  [{ batch: { sizer: 'requests' } }, '`batch` supports only `items` or `bytes` sizer'],
  [{ batch: { flush_timeout: '0s' } }, '`flush_timeout` must be positive'],
  [{ batch: { min_size: -1 } }, '`min_size` must be non-negative'],
  [{ batch: { max_size: -1 } }, '`max_size` must be non-negative'],
  [
    { batch: { max_size: 10, min_size: 11 } },
    '`max_size` (10) must be greater or equal to `min_size` (11)',
  ],
  [
    { batch: { partition: { metadata_keys: ['a', 'A'] } } },
    'duplicate entry in metadata_keys: "a" (case-insensitive)',
  ],
  [
    { sizer: 'items', queue_size: 10, batch: { min_size: 11 } },
    '`min_size` must be less than or equal to `queue_size`',
  ],
])('refuses %j', (input, message) => {
  const issues = sendingQueue().safeParse(input).error?.issues
  expect(issues?.map((it) => it.message)).toContain(message)
})

test('its sizer is that of the queue, items where the queue counts requests', () => {
  const sizer = (input: object) => sendingQueue().parse(input).batch?.sizer
  expect(sizer({ batch: {} })).toBe('items')
  expect(sizer({ sizer: 'bytes', queue_size: 10_000, batch: {} })).toBe('bytes')
  expect(sizer({ sizer: 'bytes', batch: { sizer: 'items' } })).toBe('items')
  expect(sizer({})).toBeUndefined()
})

const sizes = fc.constantFrom(
  ...[
    { min_size: 0, max_size: 3 },
    { min_size: 8, max_size: 0 },
    { min_size: 8, max_size: 8 },
    { min_size: 4, max_size: 20 },
    { min_size: 300, max_size: 500, sizer: 'bytes' },
  ],
)
const script = fc.array(fc.constantFrom(sent, sent, sent, refused, unavailable), { minLength: 1 })
const steps = fc.array(
  fc.record({
    items: fc.integer({ min: 1, max: 30 }),
    tenant: fc.constantFrom('a', 'b', undefined),
    waitMs: fc.constantFrom(0, 0, 0, 50, 300, 8000),
  }),
  { maxLength: 25 },
)

test('no item is lost or sent twice, each source is settled once, no batch is too large', async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes,
      script,
      steps,
      fc.boolean(),
      fc.constantFrom('complete', 'drain'),
      async (limits, script, steps, wait_for_result, end) => {
        const memory = new MemoryLedger(1 << 24)
        const batch = { ...limits, partition: { metadata_keys: ['x-tenant'] } }
        const it = batchingQueue(
          batch,
          { wait_for_result, num_consumers: 3 },
          (attempt) => script[attempt % script.length] ?? sent,
          memory,
        )
        const sources: { keys: string[]; outcomes: Outcome[] }[] = []
        for (const [at, { items, tenant, waitMs }] of steps.entries()) {
          const source = fromTenant(tenant, items, `${tenant}/${at}`)
          sources.push({ keys: keysOf(source), outcomes: it.deliver(source) })
          if (waitMs > 0) await it.scheduler.advanceTo(it.scheduler.now() + waitMs)
        }
        if (end === 'drain') it.drain.abort()
        it.source.complete()
        await it.scheduler.advanceTo(it.scheduler.now() + 10_000_000)

        expect(it.isComplete()).toBe(true)
        expect(it.batches.flatMap(keysOf).toSorted()).toEqual(
          sources.flatMap((source) => source.keys).toSorted(),
        )
        expect(sources.every(({ outcomes }) => outcomes.length === 1)).toBe(true)
        const { max_size, sizer } = { sizer: 'items', ...limits }
        const size = sizer === 'items' ? itemCount : sizeBytes
        const tooLarge = it.batches.filter((sent) => max_size > 0 && size(sent) > max_size)
        expect(tooLarge).toEqual([])
        const tenants = it.batches.map((sent) => new Set(keysOf(sent).map((key) => key[0])))
        expect(tenants.every((all) => all.size === 1)).toBe(true)
        expect(it.status()).toMatchObject({ queue: { size: 0 }, ledger: { held: 0 } })
        expect(memory.status().reserved_bytes).toBe(0)
        expect(it.scheduler.pending).toBe(0)
      },
    ),
    { numRuns: 150 },
  )
})

function keysOf(batch: Batch): string[] {
  const keys: string[] = []
  if (batch.kind !== 'traces') return keys
  forEachSpan(batch.payload, (span) => keys.push(`${span.name()} ${span.spanIdHex()}`))
  return keys
}
