import { createNoopMeter } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { telemetryBatch } from '../src/component/batch.ts'
import type { Outcome } from '../src/component/delivery.ts'
import { silentLog } from '../src/component/log.ts'
import { MemoryLedger } from '../src/component/memory.ts'
import { VirtualScheduler } from '../src/component/virtual-scheduler.ts'
import { components } from '../src/components.ts'
import { decode } from '../src/pdata/payload.ts'
import { forEachSpan } from '../src/pdata/spans.ts'
import { buildEngine } from '../src/pipeline/engine.ts'
import { aSink, graph, quiet } from '../test/contract/harness.ts'
import { Connection, probeFail, probeLearn, settleDelayMs } from '../test/contract/probes.ts'
import { aRequest, type ItemSpec, requestJson } from '../test/support/build.ts'
import { TestCollector } from '../test/support/collector.ts'
import { OtlpServer } from '../test/support/otlp-server.ts'

const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** What stands before and behind a processor that remembers. */
const line = [
  ...['memory_limiter', 'attributes', 'filter/before', 'probe_learn'],
  ...['resource', 'filter/behind', 'attributes/behind', 'batch'],
]
const written: Readonly<Record<string, unknown>> = {
  memory_limiter: { check_interval: '1s', limit_mib: 1_000_000 },
  attributes: { actions: [{ key: 'a', value: 1, action: 'upsert' }] },
  'attributes/behind': { actions: [{ key: 'a', action: 'hash' }] },
  resource: { attributes: [{ key: 'env', value: 'test', action: 'insert' }] },
  'filter/before': { traces: { span: ['name == "noise" and attributes["a"] == 1'] } },
  'filter/behind': { traces: { span: ['IsMatch(name, "^late")'] } },
  batch: { send_batch_size: 5, send_batch_max_size: 6 },
}

test('before and behind what remembers, everything arrives once and is answered once', async () => {
  const request = fc.array(fc.constantFrom('chat', 'noise', 'late noise'), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 12 }), fc.nat(150), async (requests, gapMs) => {
      const rig = await aRig()
      const sent = requests.map((names, at) => names.map((name, n) => aSpan(name, at, n)))
      const outcomes: Outcome[][] = []
      for (const items of sent) {
        outcomes.push(rig.send(items))
        await rig.pass(gapMs)
      }
      await rig.pass(1_000)

      const arrived = rig.sink.accepted.flatMap((it) => it.keys)
      const expected = sent.flat().filter((it) => it.name === 'chat')
      expect(arrived.toSorted()).toEqual(expected.map(keyOf).toSorted())
      expect(outcomes.map((it) => it.map(({ kind }) => kind))).toEqual(
        sent.map(() => ['delivered']),
      )
      expect(rig.engine.progress).toMatchObject({
        unsettled: 0,
        settledTwice: 0,
        componentErrors: 0,
      })
      expect(rig.sink.room.reserved).toBe(0)
      await rig.stop()
    }),
    { numRuns: 100 },
  )
})

test('what is learnt later passes them too, and is not kept waiting', async () => {
  const rig = await aRig()
  rig.send([aSpan('chat', 0, 0)])
  await rig.pass(settleDelayMs + 1_000)
  expect(rig.sink.accepted.map((it) => it.keys.length)).toEqual([1, 0])
  expect(rig.engine.progress).toMatchObject({ derivedHeld: 0, derivedDropped: 0 })
  await rig.stop()
})

test('a request of which nothing is left before the first fold is no record', async () => {
  const rig = await aRig()
  const { nextOffset } = rig.engine.progress
  expect(rig.send([aSpan('noise', 0, 0)])).toEqual([{ kind: 'delivered' }])
  expect(rig.engine.progress.nextOffset).toBe(nextOffset)
  await rig.stop()
})

test('a stop sends what batch holds, and answers its senders', async () => {
  const rig = await aRig()
  const outcomes = rig.send([aSpan('chat', 0, 0)])
  expect(outcomes).toEqual([])
  await rig.stop()
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect(rig.sink.accepted).toHaveLength(1)
})

test('a client is told to come back when memory is short', async () => {
  const sink = await OtlpServer.open()
  closing.push(() => sink.close())
  const collector = await collecting(
    sink.url,
    'memory_limiter: { check_interval: 1s, limit_mib: 1 }',
  )
  const { status, headers } = await post(collector, [{}])
  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe('1')
  expect(sink.got).toEqual([])
})

test('small requests arrive as one, changed as configured', async () => {
  const sink = await OtlpServer.open()
  closing.push(() => sink.close())
  const collector = await collecting(
    sink.url,
    'attributes: { actions: [{ key: a, value: b, action: insert }] }',
    `filter: { traces: { span: ['name == "noise"'] } }`,
    'batch: { timeout: 30s, send_batch_size: 3 }',
  )
  const names = ['one', 'noise', 'two', 'three']
  const answers = await Promise.all(names.map((name) => post(collector, [{ name }])))
  expect(answers.map((it) => it.status)).toEqual([200, 200, 200, 200])
  await sink.until((got) => got.length > 0)
  const arrived: string[] = []
  forEachSpan(decode('traces', sink.got[0]?.body ?? Buffer.alloc(0)), (span) => {
    span.forEachAttribute((key, value) => arrived.push(`${span.name()} ${key}=${value.asString()}`))
  })
  expect(arrived.toSorted()).toEqual(['one a=b', 'three a=b', 'two a=b'])
})

function aSpan(name: string, request: number, nth: number) {
  const hex = (it: number, length: number) => it.toString(16).padStart(length, '0')
  return { name, traceId: hex(request + 1, 32), spanId: hex(request * 100 + nth + 1, 16) }
}

function keyOf({ traceId, spanId }: ReturnType<typeof aSpan>): string {
  return `${traceId}/${spanId}`
}

async function aRig() {
  const scheduler = new VirtualScheduler()
  const connection = new Connection()
  const sink = aSink()
  const configs = new Map<string, unknown>(
    components.processors.flatMap(({ type, config }) =>
      Object.entries(written)
        .filter(([id]) => id.split('/')[0] === type)
        .map(([id, it]) => [id, config.parse(it)] as const),
    ),
  )
  const script = [{ kind: 'delivered', delayMs: 3 }]
  const pipeline = {
    id: 'traces',
    kind: 'traces',
    receivers: ['probe_receiver'],
    processors: line,
    exporters: ['probe_fail'],
  } as const
  const built = buildEngine({
    config: graph([pipeline], {
      ...Object.fromEntries(configs),
      probe_fail: { sink, capacity: 1_000, script },
    }),
    catalogue: {
      receivers: [connection.factory],
      processors: [...components.processors, probeLearn],
      exporters: [probeFail],
    },
    environment: {
      scheduler,
      random: () => 0.5,
      log: () => silentLog,
      meter: createNoopMeter(),
      memory: new MemoryLedger(2 ** 30),
    },
  })
  if (!built.ok) throw new Error(built.problems.map((it) => it.message).join('\n'))
  const { engine } = built
  await engine.start()
  const pass = (ms: number) => scheduler.advanceTo(scheduler.now() + ms, quiet)
  return {
    engine,
    sink,
    pass,
    send(items: readonly ItemSpec[]): Outcome[] {
      const outcomes: Outcome[] = []
      const batch = telemetryBatch(aRequest('traces', items))
      connection.send({ batch, settle: (it) => outcomes.push(it) })
      return outcomes
    },
    async stop() {
      const stopping = engine.stop(60_000)
      await pass(1_000)
      expect(await stopping).toBe(true)
    },
  }
}

async function collecting(sink: string, ...processors: string[]): Promise<TestCollector> {
  const ids = processors.map((it) => it.split(':')[0])
  const collector = await TestCollector.start(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
processors:
${processors.map((it) => `  ${it}`).join('\n')}
exporters:
  otlp_http: { endpoint: "${sink}", compression: none }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [${ids.join(', ')}], exporters: [otlp_http] }
`)
  closing.push(() => collector.stop(100))
  return collector
}

function post(collector: TestCollector, items: readonly ItemSpec[]): Promise<Response> {
  return fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestJson('traces', items)),
  })
}
