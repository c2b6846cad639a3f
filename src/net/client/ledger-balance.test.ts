import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryLedger } from '../../component/memory.ts'
import { wait } from '../../component/scheduler.ts'
import type { Answer } from './answer.ts'
import { balanced } from './balanced.fixture.ts'
import { refused, scriptedQueue, sent, unavailable } from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

const throttled: Answer = { kind: 'retryable', reason: 'HTTP 429', retryAfterMs: 7000 }
const partial: Answer = { kind: 'sent', rejected: 2 }

/** An answer and how long the destination takes over it; much of the time it answers at once. */
const answer = fc.record({
  answer: fc.constantFrom(sent, sent, partial, refused, unavailable, throttled),
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
})

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ deliver: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 40_000 }) }) },
)

test('received = delivered + rejected + dropped + held at every step, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1 }),
      fc.array(step, { maxLength: 30 }),
      fc.record({
        num_consumers: fc.integer({ min: 1, max: 3 }),
        queue_size: fc.integer({ min: 5, max: 20 }),
        sizer: fc.constantFrom('requests', 'items'),
        block_on_overflow: fc.boolean(),
        wait_for_result: fc.boolean(),
        enabled: fc.boolean(),
        batch: fc.option(fc.constantFrom({ min_size: 0 }, { min_size: 5, max_size: 6 }), {
          nil: undefined,
        }),
      }),
      fc.constantFrom('complete', 'drain', 'stop'),
      async (script, steps, queue, end) => {
        const memory = new MemoryLedger(100_000)
        const it = scriptedQueue(
          async (attempt) => {
            const { answer = sent, afterMs = 0 } = script[attempt % script.length] ?? {}
            if (afterMs > 0) await wait(it.scheduler, afterMs)
            return answer
          },
          {
            queue,
            settings: { memory },
          },
        )
        const outcomes: { kind: string }[][] = []
        let received = 0
        for (const step of steps) {
          if ('deliver' in step) outcomes.push(it.deliver(someSpans(step.deliver)))
          else await it.scheduler.advanceTo(it.scheduler.now() + step.waitMs)
          const now = balanced(it.status())
          expect(now.received).toBeGreaterThanOrEqual(received)
          received = now.received
        }
        if (end === 'stop') {
          it.subscription.unsubscribe()
          expect(balanced(it.status()).held).toBe(0)
          expect(outcomes.every((it) => it.length === 1)).toBe(true)
        }
        if (end !== 'stop') it.source.complete()
        if (end === 'drain') it.drain.abort()
        await it.scheduler.advanceTo(it.scheduler.now() + 10_000_000)
        expect(balanced(it.status()).held).toBe(0)
        expect(it.isComplete()).toBe(end !== 'stop')
        expect(outcomes.filter((it) => it.length !== 1)).toEqual([])
        expect(memory.status().reserved_bytes).toBe(0)
        expect(it.scheduler.pending).toBe(0)
      },
    ),
    { numRuns: 100 },
  )
})
