import { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { aSink, graph, Rig } from '../../test/contract/harness.ts'
import { aBatch, aRequest } from '../../test/support/build.ts'
import { telemetryBatch } from '../component/batch.ts'
import { delivered, type Outcome } from '../component/delivery.ts'
import {
  defineExporter,
  defineProcessor,
  type ExporterFactory,
  type ProcessorFactory,
} from '../component/factory.ts'
import { mapBatches } from '../component/map-batches.ts'
import * as engine from './engine.ts'
import type { PipelineConfig } from './graph-config.ts'

const traces = (it: Partial<PipelineConfig> = {}): PipelineConfig => ({
  id: 'traces',
  kind: 'traces',
  receivers: ['probe_receiver'],
  processors: [],
  exporters: ['probe_fail'],
  ...it,
})
const slowly = [{ kind: 'delivered' as const, delayMs: 5_000 }]

function rig(
  pipelines: PipelineConfig[],
  configs = {},
  exporters: ExporterFactory[] = [],
  processors: ProcessorFactory[] = [],
): Rig {
  const probe_fail = { sink: aSink(), capacity: 10, script: slowly }
  const config = graph(pipelines, { probe_fail, ...configs })
  return new Rig(engine, config, undefined, undefined, exporters, processors)
}

function send(it: Rig, spans: number): Outcome[] {
  const outcomes: Outcome[] = []
  it.connection.send({
    batch: aBatch(
      'traces',
      Array.from({ length: spans }, () => ({})),
    ),
    settle: (outcome) => outcomes.push(outcome),
  })
  return outcomes
}

/** A destination whose code is broken: its stream ends with an error at the first batch. */
const broken = defineExporter({
  type: 'broken',
  config: z.any(),
  create: () => (source) =>
    new Observable<never>((out) => source.subscribe(() => out.error(new Error('a defect')))),
})

test('a request too big for the room that is left does not keep smaller ones out for ever', async () => {
  const it = rig([traces()], {
    probe_fail: { sink: aSink(), capacity: 10, script: [{ kind: 'delivered', delayMs: 60_000 }] },
  })
  await it.engine.start()
  send(it, 5)
  const big = send(it, 6)
  const small = send(it, 1)
  await it.run(it.scheduler.now() + 2_000)
  expect(big).toMatchObject([{ kind: 'retryable', reason: 'sending queue is full' }])
  expect(it.engine.progress.waiting).toBe(0)
  await it.run(it.scheduler.now() + 60_000)
  expect(small).toEqual([delivered])
})

test('two lines that share a full destination wait without spinning', async () => {
  const script = [{ kind: 'delivered' as const, delayMs: 1_000 }]
  const it = rig(
    [
      traces({ exporters: ['probe_fail/a', 'probe_fail/b'] }),
      traces({ id: 'logs', kind: 'logs', exporters: ['probe_fail/a'] }),
    ],
    {
      'probe_fail/a': { sink: aSink(), capacity: 10, script },
      'probe_fail/b': {
        sink: aSink(),
        capacity: 2,
        script: [{ kind: 'delivered', delayMs: 1_900 }],
      },
    },
  )
  await it.engine.start()
  const outcomes: Outcome[] = []
  const settle = (outcome: Outcome) => outcomes.push(outcome)
  for (const [signal, items] of [
    ['traces', 2],
    ['logs', 6],
    ['logs', 8],
    ['traces', 2],
  ] as const) {
    it.connection.send({ batch: aBatch(signal, Array(items).fill({})), settle })
  }
  await it.run(it.scheduler.now() + 10_000)
  expect(outcomes).toHaveLength(4)
  expect(it.engine.progress.waiting).toBe(0)
})

test('a component that is lost costs what it had in hand a retry, and stopping is not held up', async () => {
  const it = rig([traces({ exporters: ['broken'] })], {}, [broken])
  await it.engine.start()
  expect(send(it, 1)).toEqual([{ kind: 'retryable', reason: 'broken was lost' }])
  expect(send(it, 1)).toMatchObject([{ kind: 'retryable' }])
  expect(await it.stop()).toBe(true)
})

test('what a source emits is delivered only when every destination has it', async () => {
  const refuses = [{ kind: 'permanent' as const, delayMs: 0 }]
  const it = rig(
    [
      traces({ processors: ['probe_emit'] }),
      traces({
        id: 'logs',
        kind: 'logs',
        receivers: ['probe_emit'],
        exporters: ['probe_fail', 'probe_fail/bad'],
      }),
    ],
    { 'probe_fail/bad': { sink: aSink(), capacity: 10, script: refuses } },
  )
  await it.engine.start()
  const emitted = it.engine.emit('probe_emit', 'logs', telemetryBatch(aRequest('logs', [{}])))
  await it.run(it.scheduler.now() + 6_000)
  expect(await emitted).toEqual({ kind: 'permanent', reason: 'as scripted' })
  const alerts = await it.engine.emit('probe_emit', 'alerts', aBatch('logs', []))
  expect(alerts.kind).toBe('permanent')
})

test('a signal that no pipeline takes is refused, not swallowed', async () => {
  const it = rig([traces()])
  await it.engine.start()
  const outcomes: Outcome[] = []
  it.connection.send({ batch: aBatch('logs', [{}]), settle: (outcome) => outcomes.push(outcome) })
  expect(outcomes).toEqual([
    { kind: 'permanent', reason: 'no pipeline takes logs from probe_receiver' },
  ])
})

test('an engine stops once, whoever asks, and does not start again', async () => {
  const it = rig([traces()])
  await it.engine.start()
  send(it, 1)
  const [first, second] = [it.stop(), it.engine.stop(0)]
  expect(await Promise.all([first, second])).toEqual([true, true])
  await expect(it.engine.start()).rejects.toThrow('does not start again')
})

test('once something has remembered a batch, nobody between two folds can send it back', async () => {
  const refusing = defineProcessor({
    type: 'refusing',
    config: z.any(),
    create: () => mapBatches(() => ({ kind: 'retryable', reason: 'not now' })),
  })
  const it = rig(
    [traces({ processors: ['probe_learn', 'refusing', 'probe_emit'] })],
    {},
    [],
    [refusing],
  )
  await it.engine.start()
  const outcomes = send(it, 1)
  await it.run(it.scheduler.now() + 6_000)
  expect(outcomes).toEqual([delivered])
})
