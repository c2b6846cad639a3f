import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Batch, itemCount } from '../../component/batch.ts'
import type { Outcome } from '../../component/delivery.ts'
import { MemoryLedger } from '../../component/memory.ts'
import { decodeBatch } from '../../component/stored-batch.ts'
import { settleAll, VirtualScheduler } from '../../component/virtual-scheduler.ts'
import { encode } from '../../pdata/payload.ts'
import type { DeadLetters } from '../../storage/dead-letters.ts'
import { SimulatedFileSystem } from '../../storage/simulated-file-system.ts'
import type { Answer } from './answer.ts'
import { balanced } from './balanced.fixture.ts'
import { queueStore } from './queue-storage.fixture.ts'
import { refused, scriptedQueue, sent, unavailable } from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ deliver: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 20_000 }) }) },
  { weight: 2, arbitrary: fc.constant('persist' as const) },
)

const run = fc.record({
  steps: fc.array(step, { maxLength: 25 }),
  /** The power goes after so many calls to the disk, if it is ever called so often. */
  crashAfter: fc.integer({ min: 1, max: 120 }),
  /** Calls that fail for no lasting reason. */
  failing: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }),
  end: fc.constantFrom('crash', 'stop', 'drain'),
})

const queue = fc.record({
  num_consumers: fc.integer({ min: 1, max: 2 }),
  batch: fc.option(fc.constantFrom({ min_size: 0 }, { min_size: 5, max_size: 6 }), {
    nil: undefined,
  }),
})

const answer = fc.constantFrom(sent, sent, refused, unavailable, unavailable)

test('what was settled is delivered, on disk or a dead letter, through every crash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 3 }),
      fc.array(answer, { minLength: 1, maxLength: 20 }),
      queue,
      fc.constantFrom('nothing' as const, 'everything' as const),
      async (runs, answers, config, survival) => {
        let files = new SimulatedFileSystem()
        const world = new World()
        for (const { steps, crashAfter, failing, end } of runs) {
          const its = await start(
            files,
            world,
            config,
            (at) => answers[at % answers.length] ?? sent,
          )
          const before = files.calls
          files.faults = ({ number }) => {
            if (number === before + crashAfter) return { kind: 'crash' }
            const fails = failing.includes(number - before)
            return fails ? { kind: 'error', code: 'EIO' } : undefined
          }
          const hasPower = () => files.calls < before + crashAfter
          for (const step of steps) {
            await its.perform(step, hasPower)
            balanced(its.queue.status())
          }
          // Where nothing fails, all is synced when the store is closed.
          if (end !== 'crash') await its.end(end, () => hasPower() && failing.length === 0)
          files.faults = () => undefined
          if (end === 'crash' || !hasPower()) files = files.afterCrash(survival)
        }
        const last = await start(files, world, config, () => sent)
        await last.queue.scheduler.advanceTo(10_000_000)
        expect(balanced(last.queue.status())).toMatchObject({ held: 0 })
        expect(last.memory.status().reserved_bytes).toBe(0)
        const dead = await spansOf(await last.letters())
        const lost = [...world.safe].filter((it) => !world.delivered.has(it) && !dead.has(it))
        expect(lost).toEqual([])
        last.queue.subscription.unsubscribe()
      },
    ),
    { numRuns: 200 },
  )
})

test('the ledger balances while the oldest makes room, and in the end nothing is held', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.array(answer, { minLength: 1, maxLength: 20 }),
      queue,
      async (steps, answers, config) => {
        let isUp = false
        const its = await start(
          new SimulatedFileSystem(),
          new World(),
          config,
          (at) => (isUp ? sent : (answers[at % answers.length] ?? sent)),
          { segmentBytes: 1000, maxBytes: 5000, whenFull: 'drop_oldest' },
        )
        for (const step of steps) {
          await its.perform(step, () => true)
          balanced(its.queue.status())
        }
        isUp = true
        await its.queue.scheduler.advanceTo(10_000_000)
        expect(balanced(its.queue.status())).toMatchObject({ held: 0 })
        its.queue.subscription.unsubscribe()
      },
    ),
    { numRuns: 200 },
  )
})

type Step = { readonly deliver: number } | { readonly waitMs: number } | 'persist'

/** What is true outside of the process that crashes. */
class World {
  /** Spans that the destination has. */
  readonly delivered = new Set<string>()
  /** Spans whose sender has forgotten them. */
  readonly safe = new Set<string>()
  batches = 0
}

async function start(
  files: SimulatedFileSystem,
  world: World,
  config: object,
  answer: (attempt: number) => Answer,
  store: Parameters<typeof queueStore>[2] = { segmentBytes: 3000 },
) {
  const scheduler = new VirtualScheduler(1_000_000)
  const memory = new MemoryLedger(1_000_000)
  const opened = await queueStore(files, scheduler, store)
  const { storage } = opened
  const queue = scriptedQueue(
    (attempt, _, batch) => {
      const its = answer(attempt)
      if (its.kind === 'sent') for (const span of spans(batch)) world.delivered.add(span)
      return its
    },
    { queue: config, scheduler, settings: { storage, memory } },
  )
  await settleAll()
  const settled = new Set<string>()
  return {
    queue,
    memory,
    end,
    letters: () => storage.deadLetters(),
    async perform(step: Step, hasPower: () => boolean): Promise<void> {
      if (step === 'persist') return persist(hasPower)
      if ('waitMs' in step) return scheduler.advanceTo(scheduler.now() + step.waitMs)
      const batch = someSpans(step.deliver, { name: `span-${world.batches++};` })
      queue.source.next({
        batch,
        settle: (outcome: Outcome) => {
          if (outcome.kind === 'delivered') settled.add(spans(batch)[0] ?? '')
        },
      })
      await settleAll()
    },
  }

  async function end(how: 'stop' | 'drain', isSynced: () => boolean): Promise<void> {
    if (how === 'drain') {
      queue.drain.abort()
      queue.source.complete()
      await scheduler.advanceTo(scheduler.now() + 1000)
      expect(queue.isComplete()).toBe(true)
      balanced(queue.status())
    } else queue.subscription.unsubscribe()
    await opened.store.close()
    if (isSynced()) for (const span of settled) world.safe.add(span)
  }

  /** The engine lets go of what was settled before, once this has resolved. */
  async function persist(hasPower: () => boolean): Promise<void> {
    const isSafe = await queue.sender.persist().then(
      () => true,
      () => false,
    )
    if (isSafe && hasPower()) for (const span of settled) world.safe.add(span)
  }
}

function spans(batch: Batch): string[] {
  if (batch.kind === 'alerts') return []
  expect(itemCount(batch)).toBeGreaterThan(0)
  return [
    ...new Set(
      Buffer.from(encode(batch.payload))
        .toString('latin1')
        .match(/span-\d+;/g),
    ),
  ]
}

async function spansOf(letters: DeadLetters): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for await (const { payload } of letters.list()) {
    for (const span of spans(decodeBatch(payload))) found.add(span)
  }
  return found
}
