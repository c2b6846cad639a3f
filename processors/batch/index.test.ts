import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Batch,
  type ClientMetadata,
  factsBatch,
  itemCount,
  type TelemetryBatch,
} from '../../src/component/batch.ts'
import { delivered, type Outcome } from '../../src/component/delivery.ts'
import type { ToolCall } from '../../src/facts/fact.ts'
import { sumBy } from '../../src/telemetry/metrics.ts'
import { aBatch } from '../../test/support/build.ts'
import { aToolCall } from '../../test/support/facts.ts'
import { namesIn, running, settleAtOnce, spans } from './running.fixture.ts'

test('deliveries wait until there are enough items, and leave as one', () => {
  const { send, sent } = running({ send_batch_size: 3 })
  send(spans('a'))
  send(spans('b'))
  expect(sent()).toEqual([])
  send(spans('c', 'd'))
  expect(sent()).toEqual([['a', 'b', 'c', 'd']])
})

test('the first of a batch waits no longer than the timeout', async () => {
  const { send, sent, pass, scheduler } = running({ timeout: '1s' })
  send(spans('a'))
  await pass(600)
  send(spans('b'))
  await pass(399)
  expect(sent()).toEqual([])
  await pass(1)
  expect(sent()).toEqual([['a', 'b']])
  expect(scheduler.pending).toBe(0)
})

test('what is larger than the largest batch is split, and the rest waits on', async () => {
  const { send, sent, pass } = running({ send_batch_size: 2, send_batch_max_size: 2 })
  send(spans('a'))
  send(spans('b', 'c', 'd', 'e'))
  expect(sent()).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  await pass(200)
  expect(sent().slice(2)).toEqual([['e']])
})

test('without a timeout, or without a size, batches are sent at once and only split', () => {
  for (const written of [{ timeout: '0s' }, { send_batch_size: 0 }]) {
    const { send, sent, scheduler } = running({ send_batch_size: 2, ...written })
    send(spans('a'))
    send(spans('b', 'c', 'd'))
    expect(sent()).toEqual([['a'], ['b', 'c', 'd']])
    expect(scheduler.pending).toBe(0)
  }
  const { send, sent } = running({ timeout: 0, send_batch_size: 2, send_batch_max_size: 2 })
  send(spans('a', 'b', 'c'))
  expect(sent()).toEqual([['a', 'b'], ['c']])
})

test('every sender learns what became of the batch that its items are in', () => {
  const { send, out } = running({ send_batch_size: 2, send_batch_max_size: 2 })
  const first = send(spans('a'))
  const second = send(spans('b', 'c'))
  const third = send(spans('d'))
  const refused: Outcome = { kind: 'retryable', reason: 'full', retryAfterMs: 500 }
  out[0]?.settle(delivered)
  expect([first, second, third]).toEqual([[delivered], [], []])
  out[1]?.settle(refused)
  expect([first, second, third]).toEqual([[delivered], [refused], [refused]])
})

test('completing sends everything that waits, then completes', () => {
  const { send, sent, complete, completed, scheduler } = running({})
  send(spans('a'))
  complete()
  expect(sent()).toEqual([['a']])
  expect(completed()).toBe(true)
  expect(scheduler.pending).toBe(0)
})

test('unsubscribing leaves no timer and sends nothing', async () => {
  const { send, sent, subscription, pass, scheduler } = running({})
  send(spans('a'))
  subscription.unsubscribe()
  expect(scheduler.pending).toBe(0)
  await pass(1_000)
  expect(sent()).toEqual([])
})

test('a batch on its own is the very same delivery', async () => {
  const { send, out, pass } = running({})
  const batch = spans('a')
  send(batch)
  await pass(200)
  expect(out[0]?.batch).toBe(batch)
})

test('facts that travel alone do not wait, but never overtake what waits already', () => {
  const { send, out } = running({ send_batch_size: 2 })
  send(factsBatch('traces', [aFact('1')]))
  expect(out).toHaveLength(1)
  send(spans('a'))
  send(factsBatch('traces', [aFact('2')]))
  expect(out).toHaveLength(1)
  send(spans('b'))
  expect(out.map(({ batch }) => factsOf(batch))).toEqual([['1'], ['2']])
})

test('a fact goes with the part that has its span', () => {
  const { send, out } = running({ timeout: 0, send_batch_size: 1, send_batch_max_size: 1 })
  const batch = spans('a', 'b', 'c')
  send({ ...batch, facts: [aFact('3'), aFact('2'), aFact('9')] })
  expect(out.map((it) => factsOf(it.batch))).toEqual([['9'], ['2'], ['3']])
})

test('a fact finds its span behind what waited before', () => {
  const { send, sent, out } = running({ send_batch_size: 2, send_batch_max_size: 2 })
  send(spans('a'))
  send({ ...spans('b', 'c', 'd'), facts: [aFact('3'), aFact('1'), aFact('2')] })
  expect(sent()).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  expect(out.map((it) => factsOf(it.batch))).toEqual([['1'], ['3', '2']])
})

test('parts of one batch have names of their own', () => {
  const { send, out } = running({ timeout: 0, send_batch_size: 1, send_batch_max_size: 1 })
  const origin = { offset: 7, component: 'otlp', index: 0, atMs: 1 }
  send({ ...spans('a', 'b'), origins: [origin] })
  const names = out.map((it) => JSON.stringify(it.batch.origins))
  expect(new Set(names).size).toBe(2)
})

test('values of the metadata keys keep batches apart, and batches keep those values', async () => {
  const { send, sent, out, pass } = running({ metadata_keys: ['Tenant'], send_batch_size: 2 })
  send(from({ tenant: ['x'], host: ['h1'] }, 'a'))
  send(from({ tenant: ['y'] }, 'b'))
  send(from({ tenant: ['x'], host: ['h2'] }, 'c'))
  send(from({}, 'd'))
  expect(sent()).toEqual([['a', 'c']])
  expect(out[0]?.batch.metadata).toEqual({
    headers: new Map([['tenant', ['x']]]),
    address: undefined,
  })
  await pass(200)
  expect(sent().slice(1)).toEqual([['b'], ['d']])
})

test('beyond the limit a further combination is refused for good, until others have left', async () => {
  const written = { metadata_keys: ['tenant'], metadata_cardinality_limit: 2 }
  const { send, pass } = running(written)
  send(from({ tenant: ['x'] }, 'a'))
  send(from({ tenant: ['y'] }, 'b'))
  const reason = 'too many batcher metadata-value combinations'
  expect(send(from({ tenant: ['z'] }, 'c'))).toEqual([{ kind: 'permanent', reason }])
  expect(send(from({ tenant: ['x'] }, 'd'))).toEqual([])
  await pass(200)
  expect(send(from({ tenant: ['z'] }, 'e'))).toEqual([])
})

test('log records and data points are gathered and split like spans', () => {
  const items = [{}, {}, {}]
  for (const signal of ['logs', 'metrics'] as const) {
    const { send, out } = running({ send_batch_size: 4, send_batch_max_size: 4 })
    send(aBatch(signal, items))
    send(aBatch(signal, items))
    expect(out.map((it) => [it.batch.kind, itemCount(it.batch)])).toEqual([[signal, 4]])
  }
})

test('no sender believes that items were delivered which were not', () => {
  const kinds = fc.infiniteStream(fc.constantFrom('delivered', 'retryable', 'permanent'))
  const requests = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 })
  fc.assert(
    fc.property(requests, fc.constantFrom(0, 3, 4), kinds, (sizes, max, answers) => {
      const failed = new Set<string>()
      const it = running({ send_batch_size: 3, send_batch_max_size: max }, (delivery) => {
        const kind = answers.next().value
        if (kind !== 'delivered') for (const name of namesIn(delivery.batch)) failed.add(name)
        delivery.settle(kind === 'delivered' ? delivered : { kind, reason: 'as it comes' })
      })
      let next = 0
      const senders = sizes.map((size) => {
        const names = Array.from({ length: size }, () => `${next++}`)
        return { names, outcomes: it.send(spans(...names)) }
      })
      it.complete()
      for (const { names, outcomes } of senders) {
        expect(outcomes).toHaveLength(1)
        const isFailed = names.some((name) => failed.has(name))
        if (isFailed) expect(outcomes[0]?.kind).not.toBe('delivered')
        else expect(outcomes[0]?.kind).toBe('delivered')
      }
    }),
  )
})

test('what is held is bounded in bytes', () => {
  const { send, out } = running({ send_batch_size: 1_000_000 })
  const large = spans('x'.repeat(1_000_000))
  for (let i = 0; i < 70; i++) send(large)
  expect(out).toHaveLength(1)
  expect(out[0]?.batch).toHaveProperty('payload.itemCount', 68)
})

test('batches are counted in otelcol\u2019s names', async () => {
  const { send, pass, metrics } = running({ send_batch_size: 2 })
  send(spans('a', 'b'))
  send(spans('c'))
  await pass(200)
  const collected = await metrics.collect()
  const count = (name: string) =>
    sumBy(collected, `otelcol_processor_batch_${name}`, 'processor').get('test')
  expect(count('batch_size_trigger_send')).toBe(1)
  expect(count('timeout_trigger_send')).toBe(1)
  expect(count('metadata_cardinality')).toBe(0)
  const sizes = collected.find((it) => it.descriptor.name.endsWith('batch_send_size'))
  expect(sizes?.dataPoints[0]?.value).toMatchObject({ count: 2, sum: 3 })
})

test('nothing is lost, every sender is answered once, and sizes are right', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('send' as const),
      items: fc.nat(9),
      tenant: fc.constantFrom('x', 'y'),
    }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(300) }),
  )
  const sizes = fc
    .record({ size: fc.nat(8), extra: fc.nat(5), isCapped: fc.boolean() })
    .map(({ size, extra, isCapped }) => ({
      send_batch_size: size,
      send_batch_max_size: isCapped ? size + extra : 0,
    }))
  const timeout = fc.constantFrom('0s', '100ms')
  const keys = fc.constantFrom([], ['tenant'])
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      sizes,
      timeout,
      keys,
      async (steps, written, wait, metadata_keys) => {
        const it = running({ ...written, timeout: wait, metadata_keys }, settleAtOnce)
        let next = 0
        const senders: { names: string[]; tenant: string; outcomes: Outcome[] }[] = []
        for (const move of steps) {
          if (move.kind === 'pass') {
            await it.pass(move.ms)
            continue
          }
          const names = Array.from({ length: move.items }, () => `${next++}`)
          const outcomes = it.send(from({ tenant: [move.tenant] }, ...names))
          senders.push({ names, tenant: move.tenant, outcomes })
          expect(it.scheduler.pending).toBeLessThanOrEqual(2)
        }
        it.complete()

        const { send_batch_max_size: max } = written
        const byTenant = Map.groupBy(senders, (sender) =>
          metadata_keys.length > 0 ? sender.tenant : '',
        )
        for (const group of byTenant.values()) {
          const names = group.flatMap((sender) => sender.names)
          const mine = new Set(names)
          const through = it.sent().flat()
          expect(through.filter((name) => mine.has(name))).toEqual(names)
        }
        expect(it.sent().flat()).toHaveLength(next)
        for (const batch of it.out) {
          if (max > 0) expect(itemCount(batch.batch)).toBeLessThanOrEqual(max)
        }
        for (const { outcomes } of senders) expect(outcomes).toHaveLength(1)
        expect(it.scheduler.pending).toBe(0)
      },
    ),
    { numRuns: 300 },
  )
})

function from(headers: Record<string, string[]>, ...names: string[]): TelemetryBatch {
  const metadata: ClientMetadata = { headers: new Map(Object.entries(headers)), address: '::1' }
  return { ...spans(...names), metadata }
}

/** A fact about the span that stands at this place of its batch, counted from 1. */
function aFact(span: string): ToolCall {
  return aToolCall({ spanId: `000000000000000${span}`, tool: span })
}

function factsOf(batch: Batch): string[] {
  if (batch.kind === 'alerts') return []
  return batch.facts.map((it) => (it.kind === 'tool_call' ? it.tool : ''))
}
