import { expect, test } from 'vitest'
import { factsBatch } from '../../component/batch.ts'
import type { Slots } from '../../component/delivery.ts'
import { MemoryLedger } from '../../component/memory.ts'
import { settleAll } from '../../component/virtual-scheduler.ts'
import type { Answer } from './answer.ts'
import { sendingQueue } from './queue-config.ts'
import { refused, scriptedQueue, sent, unavailable } from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

const hang = () => new Promise<Answer>(() => {})

test('a batch is delivered as soon as the queue has it', async () => {
  const it = scriptedQueue(hang)
  expect(it.deliver(someSpans(5))).toEqual([{ kind: 'delivered' }])
  await settleAll()
  expect(it.status()).toEqual({
    queue: {
      size: 1,
      capacity: 1000,
      sizer: 'requests',
      in_flight: 1,
      oldest_seconds: 0,
      enqueue_failed: 0,
    },
    ledger: { received: 5, delivered: 0, rejected: 0, dropped: {}, held: 5 },
    last_error: null,
    state: 'ok',
  })
})

test('capacity is held until a batch is finished, and room is told', async () => {
  const answers: ((answer: Answer) => void)[] = []
  const it = scriptedQueue(() => new Promise((resolve) => answers.push(resolve)), {
    queue: { queue_size: 1 },
  })
  it.deliver(someSpans(1))
  expect(it.deliver(someSpans(2))).toEqual([
    { kind: 'retryable', reason: 'sending queue is full', retryAfterMs: 1000 },
  ])
  await settleAll()
  let told = 0
  it.sender.onRoom(() => told++)
  answers[0]?.(sent)
  await settleAll()
  expect(told).toBe(1)
  expect(it.deliver(someSpans(1))).toEqual([{ kind: 'delivered' }])
  expect(it.status()).toMatchObject({ queue: { enqueue_failed: 2 }, ledger: { received: 2 } })
  expect(it.log.lines[0]).toEqual({
    level: 'error',
    fields: { error: 'sending queue is full', rejected_items: 2 },
    message: 'Exporting failed. Rejecting data.',
  })
})

test('a refused reservation leaves nothing behind, and a released one gives its room back', () => {
  const memory = new MemoryLedger(1_000_000)
  const it = scriptedQueue(hang, { queue: { queue_size: 1 }, settings: { memory } })
  const slot = it.sender.reserve(someSpans(1))
  expect(memory.status().reserved_bytes).toBeGreaterThan(0)
  expect(it.sender.reserve(someSpans(1))).toMatchObject({ reason: 'sending queue is full' })
  if ('release' in slot) slot.release()
  expect(memory.status().reserved_bytes).toBe(0)
  expect(it.sender.reserve(someSpans(1))).toHaveProperty('claim')
})

test('a promised room is kept for its batch', () => {
  const it = scriptedQueue(hang, { queue: { queue_size: 1 } })
  const slot = it.sender.reserve(someSpans(1))
  if (!('claim' in slot)) throw new Error('refused')
  expect(it.deliver(someSpans(1))).toMatchObject([{ kind: 'retryable' }])
  const slots: Slots = new Map([['traces>test', [slot]]])
  expect(it.deliver(someSpans(1), slots)).toEqual([{ kind: 'delivered' }])
})

test('a batch is refused where no memory is left for it', () => {
  const it = scriptedQueue(hang, { settings: { memory: new MemoryLedger(10) } })
  expect(it.sender.reserve(someSpans(1))).toMatchObject({ kind: 'retryable', reason: 'memory' })
  expect(it.deliver(someSpans(1))).toMatchObject([{ kind: 'retryable', reason: 'memory' }])
})

test('the leases of a batch are held until it is finished', async () => {
  const memory = new MemoryLedger(1_000_000)
  const lease = memory.reserve(500)
  if (lease === undefined) throw new Error('no lease')
  let answer: (answer: Answer) => void = () => {}
  const it = scriptedQueue(() => new Promise((resolve) => (answer = resolve)), {
    settings: { memory },
  })
  const batch = someSpans(1, { leases: [lease] })
  const slot = it.sender.reserve(batch)
  if (!('claim' in slot)) throw new Error('refused')
  it.deliver(batch, new Map([['traces>test', [slot]]]))
  lease.release()
  await settleAll()
  expect(memory.status().reserved_bytes).toBe(500)
  answer(sent)
  await settleAll()
  expect(memory.status().reserved_bytes).toBe(0)
})

test('a batch larger than the whole queue is refused for good', () => {
  const it = scriptedQueue(hang, { queue: { sizer: 'items', queue_size: 10 } })
  const slot = it.sender.reserve(someSpans(11))
  if (!('claim' in slot)) throw new Error('refused')
  expect(it.deliver(someSpans(11), new Map([['traces>test', [slot]]]))).toEqual([
    { kind: 'permanent', reason: 'element size too large' },
  ])
  expect(it.status()).toMatchObject({ queue: { size: 0 }, ledger: { received: 0 } })
})

test('what was promised room in parts is taken as a whole, however large', () => {
  const it = scriptedQueue(hang, { queue: { sizer: 'items', queue_size: 10 } })
  const slots = [6, 4].map((count) => {
    const slot = it.sender.reserve(someSpans(count))
    if (!('claim' in slot)) throw new Error('refused')
    return slot
  })
  expect(it.deliver(someSpans(12), new Map([['traces>test', slots]]))).toEqual([
    { kind: 'delivered' },
  ])
  expect(it.status()).toMatchObject({ queue: { size: 12 }, ledger: { received: 12 } })
})

test('facts without spans are delivered at once, even to a full queue', () => {
  const it = scriptedQueue(hang, { queue: { queue_size: 1 } })
  it.deliver(someSpans(1))
  expect(it.sender.reserve(factsBatch('traces', []))).toHaveProperty('claim')
  expect(it.deliver(factsBatch('traces', []))).toEqual([{ kind: 'delivered' }])
  expect(it.status()).toMatchObject({ ledger: { received: 1 } })
})

test('with block_on_overflow a batch waits for room, in order', async () => {
  const answers: ((answer: Answer) => void)[] = []
  const it = scriptedQueue(() => new Promise((resolve) => answers.push(resolve)), {
    queue: { queue_size: 1, block_on_overflow: true },
  })
  it.deliver(someSpans(1))
  const second = it.deliver(someSpans(1))
  const third = it.deliver(someSpans(1))
  await settleAll()
  expect([second, third]).toEqual([[], []])
  answers[0]?.(sent)
  await settleAll()
  expect([second, third]).toEqual([[{ kind: 'delivered' }], []])
  it.subscription.unsubscribe()
  expect(third).toEqual([{ kind: 'retryable', reason: 'interrupted due to shutdown' }])
})

test('with wait_for_result the outcome is that of the destination', async () => {
  const it = scriptedQueue((attempt) => (attempt === 1 ? sent : refused), {
    queue: { wait_for_result: true },
  })
  const first = it.deliver(someSpans(1))
  expect(first).toEqual([])
  await settleAll()
  const second = it.deliver(someSpans(1))
  await settleAll()
  expect([first, second]).toEqual([
    [{ kind: 'delivered' }],
    [{ kind: 'permanent', reason: 'not retryable error: HTTP 400' }],
  ])
})

test('without a queue a batch that could not be sent goes back to its sender', async () => {
  const it = scriptedQueue(
    () => ({ kind: 'retryable', reason: 'HTTP 429', retryAfterMs: 3000, grpcStatus: 8 }),
    { queue: { enabled: false }, retry: { enabled: false } },
  )
  const outcomes = it.deliver(someSpans(4))
  await settleAll()
  expect(outcomes).toEqual([
    { kind: 'retryable', reason: 'HTTP 429', retryAfterMs: 3000, grpcStatus: 8 },
  ])
  expect(it.log.lines.at(-1)).toMatchObject({
    message: 'Exporting failed. Rejecting data.',
    fields: { rejected_items: 4 },
  })
})

test('at most num_consumers requests are in flight', async () => {
  const it = scriptedQueue(hang, { queue: { num_consumers: 3 } })
  for (let at = 0; at < 10; at++) it.deliver(someSpans(1))
  await settleAll()
  expect(it.attemptsAtMs).toHaveLength(3)
  expect(it.status()).toMatchObject({ queue: { size: 10, in_flight: 3 } })
})

test('completes only when everything taken is finished', async () => {
  const it = scriptedQueue((attempt) => (attempt < 3 ? unavailable : sent))
  it.deliver(someSpans(1))
  it.source.complete()
  await it.scheduler.advanceTo(12_000)
  expect(it.isComplete()).toBe(false)
  await it.scheduler.advanceTo(13_000)
  expect(it.isComplete()).toBe(true)
  expect(it.scheduler.pending).toBe(0)
})

test('asked to drain, it gives each batch one more try without waiting', async () => {
  const it = scriptedQueue((attempt) => (attempt === 3 ? sent : unavailable), {
    queue: { num_consumers: 1 },
  })
  it.deliver(someSpans(1))
  it.deliver(someSpans(2))
  it.deliver(someSpans(4))
  await settleAll()
  it.source.complete()
  it.drain.abort()
  await settleAll()
  expect(it.attemptsAtMs).toEqual([0, 0, 0, 0])
  expect(it.isComplete()).toBe(true)
  expect(it.status()).toMatchObject({
    ledger: { received: 7, delivered: 2, dropped: { shutdown: 5 }, held: 0 },
    last_error: 'interrupted due to shutdown: HTTP 503',
  })
  expect(it.scheduler.pending).toBe(0)
})

test('unsubscribed, it counts what remained as dropped and tries nothing more', async () => {
  const memory = new MemoryLedger(1_000_000)
  const it = scriptedQueue((attempt) => (attempt === 1 ? unavailable : hang()), {
    queue: { num_consumers: 2 },
    settings: { memory },
  })
  for (let at = 0; at < 4; at++) it.deliver(someSpans(1))
  await settleAll()
  it.subscription.unsubscribe()
  await it.scheduler.advanceTo(60_000)
  expect(it.attemptsAtMs).toHaveLength(2)
  expect(it.destroyed()).toBe(1)
  expect(it.status()).toMatchObject({
    ledger: { received: 4, delivered: 0, dropped: { shutdown: 4 }, held: 0 },
  })
  expect(memory.status().reserved_bytes).toBe(0)
  expect(it.scheduler.pending).toBe(0)
})

test('an answer that comes after the end changes nothing', async () => {
  const memory = new MemoryLedger(1_000_000)
  let answer: (answer: Answer) => void = () => {}
  const it = scriptedQueue(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
    { settings: { memory } },
  )
  it.deliver(someSpans(3))
  await settleAll()
  it.subscription.unsubscribe()
  answer(sent)
  await settleAll()
  expect(it.status()).toMatchObject({
    queue: { size: 0, in_flight: 0 },
    ledger: { received: 3, delivered: 0, dropped: { shutdown: 3 }, held: 0 },
  })
  expect(memory.status().reserved_bytes).toBe(0)
})

test('a batch that was cut is settled with its worst part and accounted part by part', async () => {
  const it = scriptedQueue((_, items) => (items === 3 ? refused : { kind: 'sent', rejected: 1 }), {
    queue: { wait_for_result: true },
    cut: () => [2, 3, 2],
  })
  const outcomes = it.deliver(someSpans(7))
  await settleAll()
  expect(outcomes).toMatchObject([{ kind: 'permanent' }])
  expect(it.status()).toMatchObject({
    ledger: { received: 7, delivered: 2, rejected: 2, dropped: { permanent: 3 }, held: 0 },
  })
})

test('a defect while sending costs the batch, not the queue', async () => {
  let defects = 1
  const it = scriptedQueue(() => {
    if (defects-- > 0) throw new Error('defect')
    return sent
  })
  it.deliver(someSpans(1))
  await settleAll()
  it.deliver(someSpans(1))
  await settleAll()
  expect(it.status()).toMatchObject({
    ledger: { received: 2, delivered: 1, dropped: { defect: 1 }, held: 0 },
  })
})

test('settings that make no queue are refused', () => {
  const messages = (input: object) =>
    sendingQueue()
      .safeParse(input)
      .error?.issues.map((it) => it.message)
  expect(messages({ num_consumers: 0, queue_size: -1 })).toEqual([
    '`num_consumers` must be positive',
    '`queue_size` must be positive',
  ])
  expect(messages({ storage: '/disk' })?.[0]).toContain('is no component id')
})
