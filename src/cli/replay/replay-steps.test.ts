import { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { alertsBatch } from '../../component/batch.ts'
import { type Delivery, delivered } from '../../component/delivery.ts'
import { defineExporter, defineProcessor, defineReceiver } from '../../component/factory.ts'
import { foldBatches } from '../../component/fold-facts.ts'
import { holdDeliveries } from '../../component/holding.ts'
import { silentLog } from '../../component/log.ts'
import { guardBatches } from '../../component/map-batches.ts'
import { loadConfig } from '../../config/load.ts'
import { replaySteps } from './replay-steps.ts'
import { readSteps } from './steps.ts'

const config = z.strictObject({})

const never = () => {
  throw new Error('is replaced and never made')
}

/** Remembers how often it was released, and says so five seconds after each batch. */
const counter = defineProcessor({
  type: 'counter',
  config,
  emits: ['alerts'],
  create(_config, { state, command }) {
    let released = 0
    command({
      name: 'release',
      body: z.strictObject({ agent: z.string() }),
      summary: 'Counts one.',
      role: 'operate',
    })
    return foldBatches({
      batch(_batch, { atMs }) {
        state.due.set('tell', atMs + 5_000)
        return undefined
      },
      due(_key, context) {
        const alert = {
          fingerprint: 'f',
          episode: released,
          state: 'firing',
          signal: 'test',
          severity: 'info',
          summary: `released ${released}`,
          sinceMs: context.atMs,
          labels: {},
          evidence: {},
        } as const
        context.emit('alerts', alertsBatch([alert]))
      },
      record(body) {
        released += body.kind === 'command' ? 1 : 10
      },
    })
  },
})

/** Holds every delivery for three seconds. */
const hold = defineProcessor({
  type: 'hold',
  config,
  create: (_config, { scheduler }) =>
    holdDeliveries(
      (source) =>
        new Observable<Delivery>((subscriber) => {
          let held = 0
          let isOver = false
          return source.subscribe({
            next(delivery) {
              held++
              scheduler.schedule(() => {
                held--
                subscriber.next(delivery)
                if (isOver && held === 0) subscriber.complete()
              }, 3_000)
            },
            complete() {
              isOver = true
              if (held === 0) subscriber.complete()
            },
          })
        }),
    ),
})

const refuse = defineProcessor({
  type: 'refuse',
  config,
  create: () => guardBatches(() => ({ kind: 'permanent', reason: 'never' })),
})

const catalogue = {
  receivers: [defineReceiver({ type: 'otlp', config, create: never })],
  processors: [counter, hold, refuse],
  exporters: [defineExporter({ type: 'sink', kinds: ['traces', 'alerts'], config, create: never })],
}

async function replay(steps: readonly object[], processors: readonly string[], alerts = {}) {
  const written = {
    receivers: { otlp: {} },
    processors: { counter: {}, hold: {}, refuse: {} },
    exporters: { sink: {} },
    service: {
      pipelines: { traces: { receivers: ['otlp'], processors, exporters: ['sink'] }, ...alerts },
    },
  }
  const loaded = await loadConfig([`yaml:${JSON.stringify(written)}`], [], catalogue, {})
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const read = readSteps(JSON.stringify(steps))
  return replaySteps(loaded.config, catalogue, read, silentLog)
}

const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }] }] }] }
const kept = { exporter: 'sink', kind: 'traces', body }

test('says when each exporter got what', async () => {
  const steps = [
    { at: '0s', receiver: 'otlp', body },
    { at: '1m30s', receiver: 'otlp', body },
  ]
  const { captured, answers } = await replay(steps, [])

  expect(captured).toEqual([
    { at: '0s', ...kept },
    { at: '1m30s', ...kept },
  ])
  expect(answers).toEqual([delivered, delivered])
})

test('moves time on for what waits for it, also at the end', async () => {
  const steps = [
    { at: '1s', receiver: 'otlp', body },
    { at: '5s', receiver: 'otlp', body },
  ]
  const { captured, answers } = await replay(steps, ['hold'])

  expect(captured.map((it) => it.at)).toEqual(['4s', '8s'])
  expect(answers).toEqual([delivered, delivered])
})

test('gives commands and results, and folds tell later', async () => {
  const alerts = { alerts: { receivers: ['counter'], exporters: ['sink'] } }
  const steps = [
    { at: '0s', receiver: 'otlp', body },
    { at: '1s', command: { component: 'counter', name: 'release', body: { agent: 'a' } } },
    { at: '2s', result: { component: 'counter', body: 'yes' } },
    { at: '10s' },
  ]
  const { captured } = await replay(steps, ['counter'], alerts)

  expect(captured).toEqual([
    { at: '0s', ...kept },
    {
      at: '5s',
      exporter: 'sink',
      kind: 'alerts',
      body: [expect.objectContaining({ summary: 'released 11' })],
    },
  ])
})

test('keeps what a client would have been told', async () => {
  const { captured, answers } = await replay([{ at: '0s', receiver: 'otlp', body }], ['refuse'])

  expect(captured).toEqual([])
  expect(answers).toEqual([{ kind: 'permanent', reason: 'never' }])
})

test.each([
  [[{ at: '2s' }, { at: '1s' }], /step 1 is earlier/],
  [[{ at: '2s', receiver: 'otlp', body: { spans: [] } }], /has none of resourceSpans/],
  [[{ at: '2s', receivers: 'otlp' }], /Unrecognized key/],
  [[{ at: '0s', receiver: 'otlp/2', body }], /no pipeline uses the receiver otlp\/2/],
  [[{ at: '0s', command: { component: 'counter', name: 'x' } }], /counter has no command x/],
])('refuses %j', async (steps, message) => {
  await expect(replay(steps, [])).rejects.toThrow(message)
})
