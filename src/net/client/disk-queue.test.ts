import { expect, test } from 'vitest'
import { type Batch, factsBatch } from '../../component/batch.ts'
import { MemoryLedger } from '../../component/memory.ts'
import { wait } from '../../component/scheduler.ts'
import { settleAll, VirtualScheduler } from '../../component/virtual-scheduler.ts'
import { encode } from '../../pdata/payload.ts'
import { SimulatedFileSystem } from '../../storage/simulated-file-system.ts'
import type { Answer } from './answer.ts'
import { readDeathNote } from './death-note.ts'
import { queueStore } from './queue-storage.fixture.ts'
import {
  refused,
  type ScriptedQueueOptions,
  scriptedQueue,
  sent,
  unavailable,
} from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

const hang = () => new Promise<Answer>(() => {})

/** A queue with a disk behind it; what is on the disk outlives it. */
async function diskQueue(
  answer: Parameters<typeof scriptedQueue>[0],
  {
    files = new SimulatedFileSystem(),
    store: storeOptions = {},
    ...options
  }: DiskQueueOptions = {},
) {
  const scheduler = options.scheduler ?? new VirtualScheduler(1_000_000)
  const { store, storage } = await queueStore(files, scheduler, storeOptions)
  const settings = { storage, ...options.settings }
  const it = scriptedQueue(answer, { ...options, scheduler, settings })
  await settleAll()
  return { ...it, store, storage, files }
}

interface DiskQueueOptions extends ScriptedQueueOptions {
  readonly files?: SimulatedFileSystem
  readonly store?: Parameters<typeof queueStore>[2]
}

/** Names of the spans in a batch. */
function namesOf(batch: Batch): string {
  if (batch.kind === 'alerts') return ''
  return (
    Buffer.from(encode(batch.payload))
      .toString('latin1')
      .match(/span-\d+/g)
      ?.join() ?? ''
  )
}

function named(at: number, count = 1): Batch {
  return someSpans(count, { name: `span-${at};` })
}

test('while the destination keeps up nothing is written, and batches are settled when it has them', async () => {
  let answer: (answer: Answer) => void = () => {}
  const it = await diskQueue(() => new Promise((resolve) => (answer = resolve)))
  const outcomes = it.deliver(someSpans(5))
  await settleAll()
  expect(outcomes).toEqual([])
  answer(sent)
  await settleAll()
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect((await it.storage.queue()).status().bytes).toBe(0)
  expect(it.status()).toMatchObject({
    ledger: { received: 5, delivered: 5, held: 0 },
    queue: { size: 0, capacity: 0, disk: { records: 0, dead_letters: 0 } },
  })
})

test('what the destination does not keep up with goes to disk, is settled there and comes back in order', async () => {
  const seen: string[] = []
  let isUp = false
  const it = await diskQueue(
    (_, __, batch) => {
      if (!isUp) return unavailable
      seen.push(namesOf(batch))
      return sent
    },
    { queue: { num_consumers: 1 } },
  )
  const outcomes = Array.from({ length: 10 }, (_, at) => it.deliver(named(at)))
  await settleAll()
  expect(outcomes.map((them) => them.length)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
  expect(it.status()).toMatchObject({
    ledger: { received: 10, delivered: 0, held: 10 },
    queue: { size: 10, disk: { records: 6, items: 6 } },
  })
  isUp = true
  await it.scheduler.advanceTo(1_100_000)
  expect(seen).toEqual(Array.from({ length: 10 }, (_, at) => `span-${at}`))
  expect(outcomes.flat().every(({ kind }) => kind === 'delivered')).toBe(true)
  expect(it.status()).toMatchObject({
    ledger: { received: 10, delivered: 10, held: 0 },
    queue: { size: 0, oldest_seconds: 0, disk: { records: 0 } },
  })
  const said = it.log.lines.filter(({ level }) => level === 'info').map((line) => line.message)
  expect(said.filter((line) => line.includes('disk'))).toEqual([
    'The destination does not keep up: what comes goes to disk.',
    'The backlog on disk is drained.',
  ])
})

test('it says when a batch would begin to go to disk, and not once one has', async () => {
  let answer: (answer: Answer) => void = () => {}
  const respond = () => new Promise<Answer>((resolve) => (answer = resolve))
  const it = await diskQueue(respond, { queue: { num_consumers: 1 } })
  const spills = () => it.sender.spills(named(9))
  for (let at = 0; at < 4; at++) {
    expect(spills()).toBe(false)
    it.deliver(named(at))
  }
  expect(spills()).toBe(true)
  await settleAll()
  answer(sent)
  await settleAll()
  expect(spills()).toBe(false)
  it.deliver(named(4))
  it.deliver(named(5))
  expect(spills()).toBe(false)
  await settleAll()
  expect(it.status()).toMatchObject({ queue: { disk: { records: 1 } } })
})

test('persist makes safe what is in memory, and a crash afterwards loses nothing', async () => {
  const files = new SimulatedFileSystem()
  const it = await diskQueue(hang, { files, queue: { num_consumers: 1 } })
  const outcomes = Array.from({ length: 6 }, (_, at) => it.deliver(named(at)))
  await settleAll()
  expect(outcomes.map((them) => them.length)).toEqual([0, 0, 0, 0, 1, 1])
  await it.sender.persist()
  expect(outcomes.flat()).toEqual(Array(6).fill({ kind: 'delivered' }))

  const seen: string[] = []
  const again = await diskQueue(
    (_, __, batch) => {
      seen.push(namesOf(batch))
      return sent
    },
    { files: files.afterCrash('nothing') },
  )
  await again.scheduler.advanceTo(1_010_000)
  expect(seen.toSorted()).toEqual(Array.from({ length: 6 }, (_, at) => `span-${at}`))
  expect(again.status()).toMatchObject({
    ledger: { received: 6, delivered: 6, held: 0 },
    queue: { disk: { records: 0 } },
  })
})

test('what was persisted and then delivered is not sent again, nor read back', async () => {
  const answers: ((answer: Answer) => void)[] = []
  const files = new SimulatedFileSystem()
  const it = await diskQueue(() => new Promise((resolve) => answers.push(resolve)), { files })
  it.deliver(named(1))
  it.deliver(named(2))
  await settleAll()
  await it.sender.persist()
  await it.sender.persist()
  expect(it.status()).toMatchObject({ queue: { size: 2, disk: { records: 2 } } })
  for (const answer of answers) answer(sent)
  await it.scheduler.advanceTo(1_010_000)
  expect(answers).toHaveLength(2)
  expect(it.status()).toMatchObject({
    ledger: { received: 2, delivered: 2, held: 0 },
    queue: { disk: { records: 0 } },
  })
})

test('what waits on disk from before is taken into the ledger and sent first', async () => {
  const files = new SimulatedFileSystem()
  const first = await diskQueue(() => unavailable, { files, queue: { num_consumers: 1 } })
  for (let at = 0; at < 9; at++) first.deliver(named(at, 3))
  await settleAll()
  first.drain.abort()
  first.source.complete()
  await first.scheduler.advanceTo(1_100_000)
  expect(first.isComplete()).toBe(true)
  expect(first.status()).toMatchObject({
    ledger: { received: 27, delivered: 0, dropped: {}, held: 27 },
    queue: { disk: { records: 9, items: 27 } },
  })
  await first.store.close()

  const seen: string[] = []
  const scheduler = new VirtualScheduler(1_000_000)
  const again = await diskQueue(
    async (_, __, batch) => {
      seen.push(namesOf(batch))
      await wait(scheduler, 1000)
      return sent
    },
    { files, scheduler, queue: { num_consumers: 1 } },
  )
  expect(again.status()).toMatchObject({ ledger: { received: 27, held: 27 } })
  again.deliver(named(9))
  await again.scheduler.advanceTo(1_100_000)
  expect(seen.map((name) => name.split(',')[0]).at(-1)).toBe('span-9')
  expect(seen).toHaveLength(10)
  expect(again.status()).toMatchObject({ ledger: { received: 28, delivered: 28, held: 0 } })
})

test('what the start could not look at is taken into the ledger when it is read', async () => {
  const files = new SimulatedFileSystem()
  const first = await diskQueue(hang, { files })
  for (let at = 0; at < 5; at++) first.deliver(named(at, 3))
  await first.sender.persist()
  first.subscription.unsubscribe()
  await settleAll()
  await first.store.close()

  let opens = 0
  files.faults = ({ name, path }) => {
    const isSecond = name === 'open' && path.endsWith('.segment') && ++opens === 2
    return isSecond ? { kind: 'error', code: 'EMFILE' } : undefined
  }
  const again = await diskQueue(() => unavailable, { files })
  expect(again.status()).toMatchObject({
    ledger: { received: 15, held: 15 },
    queue: { disk: { records: 5, items: 15 } },
  })
  await again.store.close()
})

test('a stop with a dead destination loses nothing and counts nothing as dropped', async () => {
  const it = await diskQueue(() => unavailable, { queue: { num_consumers: 2 } })
  const outcomes = Array.from({ length: 30 }, (_, at) => it.deliver(named(at)))
  await it.scheduler.advanceTo(1_060_000)
  it.drain.abort()
  it.source.complete()
  await it.scheduler.advanceTo(1_060_001)
  expect(it.isComplete()).toBe(true)
  expect(outcomes.flat()).toEqual(Array(30).fill({ kind: 'delivered' }))
  expect(it.status()).toMatchObject({
    ledger: { received: 30, dropped: {}, held: 30 },
    queue: { disk: { records: 30 } },
  })
  await it.store.close()
  expect(it.scheduler.pending).toBe(0)
})

test('unsubscribed, what is in memory alone goes back to its sender and the rest stays on disk', async () => {
  const memory = new MemoryLedger(1_000_000)
  const it = await diskQueue(hang, { queue: { num_consumers: 1 }, settings: { memory } })
  const outcomes = Array.from({ length: 6 }, (_, at) => it.deliver(named(at)))
  await settleAll()
  it.subscription.unsubscribe()
  await settleAll()
  expect(outcomes.map(([outcome]) => outcome?.kind)).toEqual([
    ...Array(4).fill('retryable'),
    ...Array(2).fill('delivered'),
  ])
  expect(it.destroyed()).toBe(1)
  expect(memory.status().reserved_bytes).toBe(0)
  await it.store.close()
  expect(it.scheduler.pending).toBe(0)
})

test('retries never expire, unless max_elapsed_time is written: then there is a dead letter', async () => {
  let isUp = false
  const patient = await diskQueue(() => (isUp ? sent : unavailable))
  patient.deliver(someSpans(1))
  await patient.scheduler.advanceTo(90_000_000)
  isUp = true
  await patient.scheduler.advanceTo(91_000_000)
  expect(patient.status()).toMatchObject({ ledger: { delivered: 1, dropped: {} } })

  const hasty = await diskQueue(() => unavailable, { retry: { max_elapsed_time: '5m' } })
  const outcomes = hasty.deliver(someSpans(1))
  await hasty.scheduler.advanceTo(2_000_000)
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect(hasty.status()).toMatchObject({
    ledger: { dropped: { retries_exhausted: 1 }, held: 0 },
    queue: { disk: { dead_letters: 1 } },
  })
})

test('a permanent failure leaves a dead letter with what the destination answered', async () => {
  const answer: Answer = { kind: 'permanent', reason: 'HTTP 400', response: 'no such tenant' }
  const it = await diskQueue((attempt) => (attempt === 1 ? unavailable : answer))
  const batch = named(7, 3)
  const outcomes = it.deliver(batch)
  await it.scheduler.advanceTo(1_010_000)
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect(it.status()).toMatchObject({
    ledger: { received: 3, dropped: { permanent: 3 }, held: 0 },
    queue: { disk: { dead_letters: 1, records: 0 } },
  })
  for await (const letter of (await it.storage.deadLetters()).list()) {
    expect(letter).toMatchObject({ items: 3, receivedMs: 1_005_000 })
    expect(readDeathNote(letter.reason)).toEqual({
      reason: 'permanent',
      error: 'not retryable error: HTTP 400',
      response: 'no such tenant',
      attempts: 2,
    })
  }
})

test('what the destination refuses is kept until the dead letter is written', async () => {
  const files = new SimulatedFileSystem()
  const it = await diskQueue(() => refused, { files })
  files.faults = ({ path }) =>
    path.includes('dead-letters') ? { kind: 'error', code: 'EIO' } : undefined
  const outcomes = it.deliver(someSpans(1))
  await it.scheduler.advanceTo(1_005_000)
  expect(outcomes).toEqual([])
  files.faults = () => undefined
  await it.scheduler.advanceTo(1_010_000)
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect(it.status()).toMatchObject({ queue: { disk: { dead_letters: 1 } } })
})

test('a record that is no batch becomes a dead letter and stops nothing', async () => {
  const files = new SimulatedFileSystem()
  const scheduler = new VirtualScheduler(1_000_000)
  const { store, storage } = await queueStore(files, scheduler)
  const log = await storage.queue()
  await log.append({ payload: Buffer.from('no batch'), receivedMs: 5, items: 4 })
  await store.close()
  const it = await diskQueue(() => sent, { files, scheduler })
  it.deliver(someSpans(2))
  await scheduler.advanceTo(1_010_000)
  expect(it.status()).toMatchObject({
    ledger: { received: 6, delivered: 2, dropped: { damaged: 4 }, held: 0 },
    queue: { disk: { records: 0, dead_letters: 1 } },
  })
})

test('a damaged record is counted, and the others are delivered', async () => {
  const files = new SimulatedFileSystem()
  const first = await diskQueue(hang, { files, queue: { num_consumers: 1 } })
  for (let at = 0; at < 9; at++) first.deliver(named(at))
  await settleAll()
  first.subscription.unsubscribe()
  await settleAll()
  await first.store.close()
  const directory = '/store/queues/test'
  const [name] = (await files.readDirectory(directory)).filter((it) => it.endsWith('.segment'))
  const file = await files.open(`${directory}/${name}`, 'update')
  await file.write([Buffer.from([0xff])], 150)
  await file.close()

  const again = await diskQueue(() => sent, { files })
  await again.scheduler.advanceTo(1_010_000)
  expect(again.status()).toMatchObject({
    ledger: { delivered: 4, held: 0 },
    queue: { disk: { records: 0, damaged_records: 1 } },
  })
  const told = again.log.lines.find((it) => it.level === 'error')
  expect(told).toMatchObject({ fields: { records: 1 } })
  expect(told?.message).toMatch(/^Damaged records were found in the queue on disk/)
})

test('memory stays small however much waits on disk', async () => {
  const memory = new MemoryLedger(300_000)
  const files = new SimulatedFileSystem()
  let isUp = false
  const it = await diskQueue(() => (isUp ? sent : unavailable), {
    files,
    settings: { memory },
    queue: { num_consumers: 2 },
  })
  for (let at = 0; at < 300; at++) {
    it.deliver(someSpans(100))
    await settleAll()
  }
  expect(it.status()).toMatchObject({ ledger: { held: 30_000 } })
  expect(memory.status().reserved_bytes).toBeLessThan(100_000)
  isUp = true
  await it.scheduler.advanceTo(1_100_000)
  expect(it.status()).toMatchObject({ ledger: { delivered: 30_000, held: 0 } })
  expect(memory.status()).toMatchObject({ reserved_bytes: 0 })
  expect(memory.status().peak_bytes).toBeLessThan(150_000)
})

test('where there is no memory for what lies on disk, it waits there', async () => {
  const memory = new MemoryLedger(100_000)
  let isUp = false
  const it = await diskQueue(() => (isUp ? sent : unavailable), {
    settings: { memory },
    queue: { num_consumers: 1 },
  })
  for (let at = 0; at < 8; at++) it.deliver(someSpans(10))
  await settleAll()
  const all = memory.reserve(100_000 - memory.status().reserved_bytes)
  isUp = true
  await it.scheduler.advanceTo(1_100_000)
  const rest = memory.reserve(100_000 - memory.status().reserved_bytes)
  await it.scheduler.advanceTo(1_200_000)
  expect(it.status()).toMatchObject({ ledger: { received: 80 } })
  rest?.release()
  all?.release()
  await it.scheduler.advanceTo(1_300_000)
  expect(it.status()).toMatchObject({ ledger: { delivered: 80, held: 0 } })
})

test('what is larger than all memory is sent alone, and stops nothing', async () => {
  const files = new SimulatedFileSystem()
  const first = await diskQueue(hang, { files, queue: { num_consumers: 1 } })
  for (const count of [1000, 1, 1]) first.deliver(someSpans(count))
  await settleAll()
  await first.sender.persist()
  first.subscription.unsubscribe()
  await settleAll()
  await first.store.close()

  const memory = new MemoryLedger(20_000)
  const again = await diskQueue(() => sent, { files, settings: { memory } })
  await again.scheduler.advanceTo(1_010_000)
  expect(again.status()).toMatchObject({ ledger: { received: 1002, delivered: 1002, held: 0 } })
  expect(memory.status()).toMatchObject({ reserved_bytes: 0, peak_bytes: 20_000 })
})

test('a full disk refuses, says when there is room again, and forgets nothing', async () => {
  let isUp = false
  const it = await diskQueue(() => (isUp ? sent : unavailable), {
    queue: { num_consumers: 1 },
    store: { maxBytes: 100_000, segmentBytes: 10_000 },
  })
  let delivered = 0
  let refusals = 0
  for (let at = 0; at < 40; at++) {
    const [outcome] = it.deliver(someSpans(100))
    await settleAll()
    if (outcome?.kind === 'retryable') refusals++
    else delivered++
  }
  expect(refusals).toBeGreaterThan(0)
  expect(it.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
    { fields: { error: 'sending queue is full' }, message: 'Exporting failed. Rejecting data.' },
  ])
  let told = 0
  it.sender.onRoom(() => told++)
  expect(it.sender.reserve(someSpans(100))).toMatchObject({ kind: 'retryable' })
  isUp = true
  await it.scheduler.advanceTo(1_100_000)
  expect(told).toBe(1)
  expect(it.sender.reserve(someSpans(100))).toHaveProperty('claim')
  expect(it.status()).toMatchObject({ ledger: { received: delivered * 100, held: 0 } })
})

test('with drop_oldest what made room is counted as queue_full', async () => {
  const it = await diskQueue(() => unavailable, {
    queue: { num_consumers: 1 },
    store: { maxBytes: 100_000, segmentBytes: 10_000, whenFull: 'drop_oldest' },
  })
  for (let at = 0; at < 60; at++) {
    it.deliver(someSpans(100))
    await settleAll()
  }
  const { ledger, queue } = it.status() as {
    ledger: { received: number; held: number; dropped: { queue_full: number } }
    queue: { disk: { items: number } }
  }
  expect(ledger.received).toBe(6000)
  expect(ledger.dropped.queue_full).toBeGreaterThan(0)
  expect(ledger.held + ledger.dropped.queue_full).toBe(6000)
  expect(ledger.held).toBe(queue.disk.items + 400)
})

test('what drop_oldest took from disk while it was being sent is made safe again', async () => {
  const files = new SimulatedFileSystem()
  const store = { whenFull: 'drop_oldest', maxBytes: 2 ** 18, segmentBytes: 2 ** 14 } as const
  const it = await diskQueue(() => unavailable, { files, store })
  const early = Array.from({ length: 10 }, () => it.deliver(someSpans(10)))
  await settleAll()
  await it.sender.persist()
  const late = []
  for (let at = 0; at < 400; at++) {
    late.push(it.deliver(someSpans(10)))
    await settleAll()
  }
  await it.sender.persist()
  const settled = [...early, ...late].filter(([outcome]) => outcome?.kind === 'delivered')
  const { ledger } = it.status() as { ledger: { held: number; dropped: { queue_full: number } } }
  const again = await diskQueue(hang, { files: files.afterCrash('nothing'), store })
  const recovered = again.status() as { ledger: { received: number } }
  expect(ledger.dropped.queue_full).toBeGreaterThan(0)
  expect(recovered.ledger.received).toBe(settled.length * 10 - ledger.dropped.queue_full)
})

test('what was taken from disk and finds no room there again is counted as queue_full', async () => {
  let isUp = false
  const store = { whenFull: 'drop_oldest', maxBytes: 2 ** 18, segmentBytes: 2 ** 14 } as const
  const it = await diskQueue(() => (isUp ? sent : unavailable), { store })
  it.deliver(someSpans(10))
  await settleAll()
  await it.sender.persist()
  const other = await it.store.log('ingest', { whenFull: 'reject' })
  while (await (await it.storage.queue()).dropOldest()) {
    // Until nothing of it is left on disk.
  }
  for (const size of [10_000, 500]) {
    const record = { payload: new Uint8Array(size), receivedMs: 1, items: 1 }
    while ((await other.append(record)).kind === 'appended') {
      // Until it refuses.
    }
  }
  await it.sender.persist()
  expect(it.status()).toMatchObject({
    ledger: { received: 10, dropped: { queue_full: 10 }, held: 0 },
  })
  isUp = true
  await it.scheduler.advanceTo(1_100_000)
  expect(it.status()).toMatchObject({ ledger: { delivered: 0, held: 0 }, queue: { size: 0 } })
})

test('a written queue_size bounds what waits on disk too', async () => {
  const it = await diskQueue(() => unavailable, { queue: { num_consumers: 1, queue_size: 7 } })
  const outcomes = []
  for (let at = 0; at < 9; at++) {
    outcomes.push(it.deliver(someSpans(1)))
    await settleAll()
  }
  expect(outcomes.slice(7)).toMatchObject([[{ kind: 'retryable' }], [{ kind: 'retryable' }]])
  expect(it.status()).toMatchObject({ queue: { size: 7, capacity: 7 } })
})

test('batches are merged from disk as well, and each is acknowledged when all its items are', async () => {
  const sizes: number[] = []
  let isUp = false
  const it = await diskQueue(
    (_, items) => {
      if (!isUp) return unavailable
      sizes.push(items)
      return sent
    },
    { queue: { num_consumers: 1, batch: { min_size: 10, max_size: 10, flush_timeout: '1s' } } },
  )
  for (let at = 0; at < 60; at++) it.deliver(named(at))
  await settleAll()
  isUp = true
  await it.scheduler.advanceTo(1_100_000)
  expect(sizes).toEqual(Array(6).fill(10))
  expect(it.status()).toMatchObject({
    ledger: { delivered: 60, held: 0 },
    queue: { disk: { records: 0 } },
  })
})

test('a queue that cannot be opened ends the exporter with a sentence', async () => {
  const files = new SimulatedFileSystem()
  files.faults = ({ path }) =>
    path.includes('queues') ? { kind: 'error', code: 'EIO' } : undefined
  const it = await diskQueue(() => sent, { files })
  expect(String(it.failure())).toContain('exporters.test: the queue on disk cannot be opened: EIO')
})

test('facts without spans are delivered at once, and arrivals wait for the disk in order', async () => {
  const scheduler = new VirtualScheduler(1_000_000)
  const { storage } = await queueStore(new SimulatedFileSystem(), scheduler)
  const gate = Promise.withResolvers<void>()
  const seen: string[] = []
  const it = scriptedQueue(
    (_, __, batch) => {
      seen.push(namesOf(batch))
      return sent
    },
    {
      scheduler,
      settings: {
        storage: { ...storage, queue: () => gate.promise.then(() => storage.queue()) },
      },
    },
  )
  it.deliver(named(1))
  it.deliver(named(2))
  const facts = it.deliver(factsBatch('traces', []))
  await settleAll()
  expect(seen).toEqual([])
  gate.resolve()
  await settleAll()
  expect(seen).toEqual(['span-1', 'span-2'])
  expect(facts).toEqual([{ kind: 'delivered' }])
})

test('who waits for the result is not settled when a queue in memory has the batch', async () => {
  let answer: (answer: Answer) => void = () => {}
  const it = scriptedQueue(() => new Promise((resolve) => (answer = resolve)))
  const outcomes: unknown[] = []
  it.source.next({
    batch: someSpans(1),
    settle: (outcome) => void outcomes.push(outcome),
    awaitsResult: true,
  })
  await settleAll()
  expect(outcomes).toEqual([])
  answer(refused)
  await settleAll()
  expect(outcomes).toMatchObject([{ kind: 'permanent' }])
})

test('people see what lies on disk, send dead letters again, and drop what they do not want', async () => {
  let answer: Answer = refused
  const seen: string[] = []
  const it = await diskQueue(
    (_, __, batch) => {
      if (answer.kind === 'sent') seen.push(namesOf(batch))
      return answer
    },
    { queue: { num_consumers: 1 } },
  )
  it.deliver(named(1))
  it.deliver(named(2, 3))
  await settleAll()
  answer = unavailable
  for (let at = 3; at < 10; at++) it.deliver(named(at))
  await settleAll()
  const kept = it.sender.kept()
  expect(await kept?.summary()).toMatchObject([
    { part: 'queue', records: 3, items: 3, oldest: '1970-01-01T00:16:40.000Z' },
    { part: 'dead_letters', records: 2, items: 4 },
  ])
  expect(await kept?.entries('dead_letters', { limit: 1, payload: false })).toMatchObject({
    entries: [{ sequence: 1, kind: 'traces', items: 1, reason: 'permanent', attempts: 1 }],
    has_more: true,
  })
  expect(await kept?.entries('dead_letters', { limit: 2, payload: true })).toMatchObject({
    entries: [{ sequence: 1 }, { sequence: 2 }],
    has_more: false,
  })
  expect(await kept?.drop('queue', 2)).toEqual({ records: 1, items: 1 })
  expect(await kept?.drop('queue', 2)).toEqual({ records: 0, items: 0 })
  expect(await kept?.replay(2)).toEqual({ records: 1, items: 3, unreadable: 0 })
  answer = sent
  await it.scheduler.advanceTo(1_100_000)
  expect(seen.map((name) => name.split(',')[0])).toEqual(
    [3, 4, 5, 6, 7, 9, 2].map((at) => `span-${at}`),
  )
  expect(it.status()).toMatchObject({
    ledger: { received: 14, delivered: 9, dropped: { permanent: 4, by_hand: 1 }, held: 0 },
    queue: { disk: { records: 0, dead_letters: 1 } },
  })
})

test('replays that overlap send each dead letter again once, and sync once for many', async () => {
  const files = new SimulatedFileSystem()
  let isFixed = false
  const it = await diskQueue(() => (isFixed ? sent : refused), { files })
  for (let at = 0; at < 20; at++) it.deliver(someSpans(1))
  await settleAll()
  isFixed = true
  let syncs = 0
  files.faults = ({ name, path }) => {
    if (name === 'datasync' && path.includes('queues')) syncs++
    return undefined
  }
  const replays = [1, 2].map(() => it.sender.kept()?.replay('all'))
  const dropped = it.sender.kept()?.drop('dead_letters', 'all')
  expect((await Promise.all(replays)).map((done) => done?.records)).toEqual([20, 0])
  expect(await dropped).toEqual({ records: 0, items: 0 })
  expect(syncs).toBe(1)
  await it.scheduler.advanceTo(1_010_000)
  expect(it.status()).toMatchObject({
    ledger: { received: 40, delivered: 20, held: 0 },
    queue: { disk: { dead_letters: 0 } },
  })
})

test('a replay for which there is no room keeps the letters that have none', async () => {
  let isFixed = false
  const store = { maxBytes: 2 ** 18, segmentBytes: 2 ** 14 }
  const it = await diskQueue(() => (isFixed ? sent : refused), { store })
  for (let at = 0; at < 3; at++) it.deliver(someSpans(100))
  await settleAll()
  const other = await it.store.log('ingest', { whenFull: 'reject' })
  for (const size of [10_000, 500]) {
    const record = { payload: new Uint8Array(size), receivedMs: 1, items: 1 }
    while ((await other.append(record)).kind === 'appended') {
      // Until it refuses.
    }
  }
  await expect(it.sender.kept()?.replay('all')).rejects.toThrow('sending queue is full')
  expect(it.status()).toMatchObject({ queue: { disk: { dead_letters: 3 } } })
  other.acknowledgeBelow(other.nextSequence)
  await it.scheduler.advanceTo(1_010_000)
  isFixed = true
  expect(await it.sender.kept()?.replay('all')).toMatchObject({ records: 3 })
  await it.scheduler.advanceTo(1_020_000)
  expect(it.status()).toMatchObject({ ledger: { delivered: 300, held: 0 } })
})

test('payloads are shown up to a bound, and it says that there are more', async () => {
  const it = await diskQueue(hang, { store: { maxBytes: 2 ** 26, segmentBytes: 2 ** 23 } })
  const log = await it.storage.queue()
  const payload = Buffer.alloc(3 * 2 ** 20)
  for (let at = 0; at < 8; at++) await log.append({ payload, receivedMs: 1, items: 1 })
  const shown = async (options: { limit: number; payload: boolean }) => {
    const { entries, has_more } = (await it.sender.kept()?.entries('queue', options)) ?? {}
    return [entries?.length, has_more]
  }
  expect(await shown({ limit: 1000, payload: true })).toEqual([5, true])
  expect(await shown({ limit: 1000, payload: false })).toEqual([8, false])
  expect(await shown({ limit: 0, payload: false })).toEqual([0, true])
})
