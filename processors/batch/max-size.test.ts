import fc from 'fast-check'
import { expect, test } from 'vitest'
import { itemCount, type Lease, type TelemetryBatch } from '../../src/component/batch.ts'
import { type Delivery, delivered, type Outcome } from '../../src/component/delivery.ts'
import { aBatch } from '../../test/support/build.ts'
import { namesIn, running, spans, type Take } from './running.fixture.ts'

const timeoutMs = 200

test('under a steady load every sender hears within the timeout and one send', async () => {
  const sendMs = 30
  const it = load({ send_batch_size: 8, send_batch_max_size: 8 }, settleAfter(sendMs))
  for (let request = 0; request < 500; request++) {
    it.send(3 + (request % 4))
    await it.pass(20)
  }
  await it.pass(timeoutMs + sendMs)
  for (const { waitedMs } of it.senders) expect(waitedMs()).toBeLessThanOrEqual(timeoutMs + sendMs)
})

test('a rest is sent when the time of its own request is up, whatever was sent meanwhile', async () => {
  const { send, sent, pass } = running({ send_batch_size: 2, send_batch_max_size: 2 })
  send(spans('a'))
  await pass(150)
  send(spans('b', 'c'))
  await pass(199)
  expect(sent()).toEqual([['a', 'b']])
  await pass(1)
  expect(sent()).toEqual([['a', 'b'], ['c']])
})

test('a batch is filled up from the request that crosses the size, behind the rest of another too', () => {
  const { send, sent } = running({ send_batch_size: 2, send_batch_max_size: 4 })
  send(spans('a'))
  send(spans('b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'))
  send(spans('j', 'k', 'l', 'm'))
  expect(sent()).toEqual([
    ['a', 'b', 'c', 'd'],
    ['e', 'f', 'g', 'h'],
    ['i', 'j', 'k', 'l'],
  ])
})

test('settling needs no deep stack, however many requests and parts there are', async () => {
  const cases = [
    { max: 8192, sizes: Array.from({ length: 10_000 }, () => 1) },
    { max: 8192, sizes: [100_000] },
    { max: 4, sizes: [1, ...Array.from({ length: 10_000 }, () => 4)] },
  ]
  for (const { max, sizes } of cases) {
    const requests = sizes.map((size) => aBatch('traces', Array(size).fill({})))
    for (const isReversed of [false, true]) {
      const { send, out, complete } = running({ send_batch_size: max, send_batch_max_size: max })
      const outcomes = requests.map((it) => send(it))
      complete()
      for (const delivery of isReversed ? out.toReversed() : out) delivery.settle(delivered)
      expect(outcomes.every((it) => it.length === 1)).toBe(true)
      expect(out).toHaveLength(Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / max))
    }
  }
})

test('no sender waits for another one, and no batch carries more than its own', async () => {
  const step = fc.record({ items: fc.integer({ min: 1, max: 12 }), pauseMs: fc.nat(120) })
  const sizes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(4))
  const kinds = fc.infiniteStream(fc.constantFrom<Outcome['kind']>('delivered', 'permanent'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      sizes,
      fc.constantFrom(0, 50),
      kinds,
      async (steps, [size, extra], sendMs, answers) => {
        const written = { send_batch_size: size, send_batch_max_size: size + extra }
        const failed = new Set<string>()
        const it = load(written, (delivery, scheduler) => {
          const outcome = anOutcome(answers.next().value)
          if (outcome.kind !== 'delivered')
            for (const name of namesIn(delivery.batch)) failed.add(name)
          scheduler.schedule(() => delivery.settle(outcome), sendMs)
        })
        for (const { items, pauseMs } of steps) {
          it.send(items)
          await it.pass(pauseMs)
        }
        await it.pass(timeoutMs + sendMs)

        expect(it.sent().flat()).toEqual(it.senders.flatMap(({ names }) => names))
        for (const { names, outcomes, waitedMs } of it.senders) {
          const kind = names.some((name) => failed.has(name)) ? 'permanent' : 'delivered'
          expect(outcomes.map((outcome) => outcome.kind)).toEqual([kind])
          expect(waitedMs()).toBeLessThanOrEqual(timeoutMs + sendMs)
        }
        for (const delivery of it.out) {
          expect(itemCount(delivery.batch)).toBeLessThanOrEqual(size + extra)
          const sources = it.sourcesOf(delivery)
          expect(delivery.batch.origins.length).toBeLessThanOrEqual(sources)
          expect(delivery.batch.leases.length).toBeLessThanOrEqual(sources)
        }
        expect(it.scheduler.pending).toBe(0)
      },
    ),
    { numRuns: 200 },
  )
})

const settleAfter =
  (sendMs: number): Take =>
  (delivery, scheduler) =>
    scheduler.schedule(() => delivery.settle(delivered), sendMs)

function anOutcome(kind: Outcome['kind']): Outcome {
  return kind === 'delivered' ? delivered : { kind, reason: 'as it comes' }
}

const noLease: Lease = { sizeBytes: 1, retain() {}, release() {} }

/** The processor with senders that keep the time, each with an origin and a lease of its own. */
function load(written: object, take: Take) {
  const it = running({ ...written, timeout: `${timeoutMs}ms` }, take)
  const senders: { names: string[]; outcomes: Outcome[]; waitedMs(): number }[] = []
  let next = 0
  return {
    ...it,
    senders,
    send(items: number): void {
      const names = Array.from({ length: items }, () => `${next++}`)
      const startMs = it.scheduler.now()
      let endMs = Number.POSITIVE_INFINITY
      const outcomes = it.send(aRequestOf(names, senders.length), () => {
        endMs = it.scheduler.now()
      })
      senders.push({ names, outcomes, waitedMs: () => endMs - startMs })
    },
    sourcesOf({ batch }: Delivery): number {
      const mine = new Set(namesIn(batch))
      return senders.filter(({ names }) => names.some((name) => mine.has(name))).length
    },
  }
}

function aRequestOf(names: readonly string[], offset: number): TelemetryBatch {
  const origin = { offset, component: 'otlp', index: 0, atMs: 0 }
  return { ...spans(...names), origins: [origin], leases: [noLease] }
}
