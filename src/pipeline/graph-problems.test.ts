import { createNoopMeter } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { aSink, graph } from '../../test/contract/harness.ts'
import {
  Connection,
  probeEmit,
  probeFail,
  probeGuard,
  probeHold,
  probeIncident,
  probeLearn,
} from '../../test/contract/probes.ts'
import { silentLog } from '../component/log.ts'
import { MemoryLedger } from '../component/memory.ts'
import { machineScheduler } from '../component/scheduler.ts'
import { buildEngine } from './engine.ts'
import type { PipelineConfig } from './graph-config.ts'

const pipeline = (it: Partial<PipelineConfig> & { id: string }): PipelineConfig => ({
  kind: 'traces',
  receivers: ['probe_receiver'],
  processors: [],
  exporters: ['probe_fail'],
  ...it,
})

function problems(...pipelines: PipelineConfig[]): string[] {
  const built = buildEngine({
    config: graph(pipelines, {
      probe_fail: { sink: aSink(), capacity: 1, script: [] },
      probe_hold: { size: 1, timeoutMs: 1 },
    }),
    catalogue: {
      receivers: [new Connection().factory],
      processors: [probeLearn, probeEmit, probeIncident, probeGuard, probeHold],
      exporters: [probeFail],
    },
    environment: {
      scheduler: machineScheduler,
      random: () => 0,
      log: () => silentLog,
      meter: createNoopMeter(),
      memory: new MemoryLedger(1),
    },
  })
  return built.ok ? [] : built.problems.map((it) => `${it.path.join('::')}: ${it.message}`)
}

test('accepts pipelines that share a chain, a front and a receiver', () => {
  const processors = ['probe_guard', 'probe_learn', 'probe_emit']
  expect(
    problems(
      pipeline({ id: 'traces', processors }),
      pipeline({ id: 'traces/2', processors: [...processors, 'probe_hold'] }),
      pipeline({ id: 'logs', kind: 'logs', processors: ['probe_learn', 'probe_emit'] }),
      pipeline({
        id: 'alerts',
        kind: 'alerts',
        receivers: ['probe_emit'],
        processors: ['probe_incident'],
      }),
    ),
  ).toEqual([])
})

test('pipelines that share a remembering processor must share the whole chain', () => {
  expect(
    problems(
      pipeline({ id: 'traces', processors: ['probe_learn', 'probe_emit'] }),
      pipeline({ id: 'logs', kind: 'logs', processors: ['probe_learn'] }),
    ),
  ).toEqual([
    'service::pipelines::logs::processors: shares probe_learn with traces but not the whole chain: ' +
      'write [probe_learn, probe_emit] in this order, as there (found [probe_learn]), or use a ' +
      'second instance such as probe_learn/2',
  ])
})

test('what stands before a shared chain must be the same behind a shared receiver', () => {
  expect(
    problems(
      pipeline({ id: 'traces', processors: ['probe_guard', 'probe_learn'] }),
      pipeline({ id: 'traces/2', processors: ['probe_learn'] }),
    ),
  ).toEqual([
    'service::pipelines::traces/2::processors: shares probe_receiver and probe_learn with traces, ' +
      'so all up to probe_learn runs once and must be the same: write [probe_guard, probe_learn] ' +
      '(found [probe_learn])',
  ])
})

test('nothing holds batches before the end of the chain', () => {
  expect(problems(pipeline({ id: 'traces', processors: ['probe_hold', 'probe_learn'] }))).toEqual([
    'service::pipelines::traces::processors::0: probe_hold holds or merges batches before ' +
      'probe_learn has seen them; write probe_hold behind probe_learn',
  ])
})

test('a source must emit that kind, and stand in some pipeline', () => {
  const derived = (kind: 'metrics' | 'alerts') =>
    pipeline({ id: kind, kind, receivers: ['probe_emit'], exporters: ['probe_fail'] })
  expect(
    problems(pipeline({ id: 'traces', processors: ['probe_emit'] }), derived('metrics')),
  ).toEqual([
    'service::pipelines::metrics::receivers::0: probe_emit is no source of metrics: it emits alerts, logs',
  ])
})

test('what was derived is never remembered as news', () => {
  expect(
    problems(
      pipeline({ id: 'traces', processors: ['probe_emit'] }),
      pipeline({
        id: 'logs',
        kind: 'logs',
        receivers: ['probe_emit'],
        processors: ['probe_learn'],
      }),
    ),
  ).toEqual([
    'service::pipelines::logs::receivers::0: what probe_emit derived would be remembered by ' +
      'probe_learn as news; take probe_learn out of this pipeline (only alerts pipelines remember ' +
      'what a source emits)',
  ])
})

test('what a source emits must not come back to it', () => {
  const found = problems(
    pipeline({
      id: 'logs',
      kind: 'logs',
      receivers: ['probe_receiver', 'probe_emit'],
      processors: ['probe_emit'],
    }),
  )
  expect(found.at(-1)).toBe(
    'service::pipelines::logs::receivers: cycle detected: pipeline "logs" -> pipeline "logs"',
  )
})

test('a component stands only in pipelines whose telemetry it knows', () => {
  expect(
    problems(pipeline({ id: 'metrics', kind: 'metrics', processors: ['probe_learn'] })),
  ).toEqual([
    'service::pipelines::metrics::processors::0: telemetry type is not supported: probe_learn ' +
      'knows traces, logs, not metrics; take it out of this pipeline',
  ])
})
