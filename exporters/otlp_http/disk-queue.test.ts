import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { MemoryLedger } from '../../src/component/memory.ts'
import { machineScheduler } from '../../src/component/scheduler.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { readDeathNote } from '../../src/net/client/death-note.ts'
import { queueStore } from '../../src/net/client/queue-storage.fixture.ts'
import { until } from '../../src/net/client/running-exporter.fixture.ts'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { nodeFileSystem } from '../../src/storage/file-system.ts'
import { ownDirectory } from '../../src/storage/owned-directory.ts'
import { running } from './running.fixture.ts'
import { type Answering, answers, scriptedServer } from './scripted-server.fixture.ts'

const ok = answers.status(200)

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'queue-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** A server that fails in one way until it is said to be up. */
async function failingServer(fault: Answering) {
  let isUp = false
  const server = await scriptedServer([
    (response, request) => (isUp ? ok : fault)(response, request),
  ])
  return {
    ...server,
    rise() {
      isUp = true
    },
  }
}

/** An exporter whose queue lies in a directory; retries run in virtual time, the disk in its own. */
async function onDisk(url: string, directory: string, config: object = {}) {
  const { store, storage } = await queueStore(nodeFileSystem, machineScheduler, {
    directory,
    own: ownDirectory,
  })
  const scheduler = new VirtualScheduler(Date.now())
  const memory = new MemoryLedger(10_000_000)
  const drain = new AbortController()
  const exporter = running(
    {
      endpoint: url,
      compression: 'none',
      timeout: '200ms',
      sending_queue: { num_consumers: 2 },
      retry_on_failure: {},
      ...config,
    },
    { storage, scheduler, memory, signal: drain.signal },
  )
  return { ...exporter, store, storage, scheduler, memory, drain }
}

type OnDisk = Awaited<ReturnType<typeof onDisk>>

const document = z.object({
  ledger: z.object({
    received: z.number(),
    delivered: z.number(),
    rejected: z.number(),
    dropped: z.record(z.string(), z.number()),
    held: z.number(),
  }),
  queue: z.object({ disk: z.object({ records: z.number(), dead_letters: z.number() }) }),
  last_error: z.string().nullable(),
})

/** The status document, whose ledger balances whenever one looks. */
function statusOf({ status }: Pick<OnDisk, 'status'>) {
  const its = document.parse(status())
  const { received, delivered, rejected, dropped, held } = its.ledger
  const lost = Object.values(dropped).reduce((sum, items) => sum + items, 0)
  expect(delivered + rejected + lost + held).toBe(received)
  return its
}

/** Moves time on, attempt by attempt, until something is true. */
async function eventually(exporter: OnDisk, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await exporter.scheduler.advanceTo(exporter.scheduler.now() + 1000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Numbers of the spans that a server was sent. */
function sentNumbers(requests: readonly { readonly body: Buffer }[]): number[] {
  return requests.map(({ body }) => Number(/span-(\d+);/.exec(body.toString('latin1'))?.[1]))
}

const faults: readonly (readonly [name: string, fault: Answering, error: string])[] = [
  ['is slower than the timeout', (response) => void setTimeout(() => response.end(), 400), '0.2s'],
  ['hangs', answers.hang, 'no answer within 0.2s'],
  ['asks to wait with 429', answers.status(429, { 'retry-after': '30' }), 'HTTP Status Code 429'],
  ['resets in the middle of its answer', answers.halfHead, 'failed'],
]

test.each(faults)(
  'F10: a destination that %s costs no other, no memory and no data',
  async (_, fault, error) => {
    const bad = await failingServer(fault)
    const good = await scriptedServer([ok])
    const failing = await onDisk(bad.url, aDirectory())
    const well = await onDisk(good.url, aDirectory())
    const numbers = Array.from({ length: 40 }, (_, at) => at)
    for (const at of numbers) {
      const batch = someSpans(20, { name: `span-${at};` })
      void failing.send(batch)
      await well.send(batch)
    }
    await until(() => statusOf(failing).ledger.received === 800)
    expect(sentNumbers(good.requests)).toEqual(numbers)
    expect(statusOf(well)).toMatchObject({
      ledger: { delivered: 800, held: 0 },
      queue: { disk: { records: 0 } },
    })

    await eventually(failing, () => statusOf(failing).last_error !== null)
    expect(statusOf(failing)).toMatchObject({
      ledger: { received: 800, delivered: 0, held: 800 },
      queue: { disk: { records: 32 } },
      last_error: expect.stringContaining(error),
    })
    const batchBytes = failing.memory.status().reserved_bytes / 8
    expect(failing.memory.status().peak_bytes).toBeLessThan(40 * batchBytes)

    bad.rise()
    const before = bad.requests.length
    await eventually(failing, () => statusOf(failing).ledger.held === 0)
    const delivered = new Set(sentNumbers(bad.requests.slice(before)))
    expect([...delivered].toSorted((a, b) => a - b)).toEqual(numbers)
    expect(statusOf(failing)).toMatchObject({ ledger: { delivered: 800, dropped: {} } })
    await Promise.all([failing.store.close(), well.store.close()])
  },
)

test('stopped with a dead destination, all stays on disk and the next start delivers it once', async () => {
  const bad = await failingServer(answers.status(503))
  const directory = aDirectory()
  const first = await onDisk(bad.url, directory)
  const outcomes = Array.from({ length: 30 }, (_, at) =>
    first.send(someSpans(3, { name: `span-${at};` })),
  )
  await until(() => statusOf(first).ledger.received === 90)
  first.drain.abort()
  first.source.complete()
  await until(first.isComplete)
  expect(await Promise.all(outcomes)).toEqual(Array(30).fill({ kind: 'delivered' }))
  expect(statusOf(first)).toMatchObject({
    ledger: { received: 90, dropped: {}, held: 90 },
    queue: { disk: { records: 30 } },
  })
  await first.store.close()

  bad.rise()
  const before = bad.requests.length
  const second = await onDisk(bad.url, directory)
  await eventually(second, () => statusOf(second).ledger.delivered === 90)
  expect(sentNumbers(bad.requests.slice(before)).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, at) => at),
  )
  expect(statusOf(second)).toMatchObject({
    ledger: { received: 90, held: 0 },
    queue: { disk: { records: 0 } },
  })
  await second.store.close()
})

test('what was persisted before a crash is there after it', async () => {
  const bad = await failingServer(answers.hang)
  const directory = aDirectory()
  const first = await onDisk(bad.url, directory, { timeout: '10s' })
  const outcomes = [0, 1, 2].map((at) => first.send(someSpans(1, { name: `span-${at};` })))
  await until(() => bad.requests.length === 2)
  await first.persist()
  expect(await Promise.all(outcomes)).toEqual(Array(3).fill({ kind: 'delivered' }))
  // Nothing more is heard of the first: the directory is taken as the crash left it.
  first.subscription.unsubscribe()
  await first.store.close()

  bad.rise()
  const second = await onDisk(bad.url, directory)
  await eventually(second, () => statusOf(second).ledger.delivered === 3)
  expect(new Set(sentNumbers(bad.requests.slice(2)))).toEqual(new Set([0, 1, 2]))
  await second.store.close()
})

test('what a server refuses for good is a dead letter, with its words', async () => {
  const server = await scriptedServer([
    answers.status(400, { 'content-type': 'text/plain' }, 'attribute x is not allowed'),
  ])
  const exporter = await onDisk(server.url, aDirectory())
  expect(await exporter.send(someSpans(4))).toEqual({ kind: 'delivered' })
  expect(statusOf(exporter)).toMatchObject({
    ledger: { dropped: { permanent: 4 }, held: 0 },
    queue: { disk: { dead_letters: 1 } },
  })
  for await (const { reason, items } of (await exporter.storage.deadLetters()).list()) {
    expect(items).toBe(4)
    expect(readDeathNote(reason)).toMatchObject({
      reason: 'permanent',
      attempts: 1,
      response: 'attribute x is not allowed',
    })
  }
  await exporter.store.close()
})
