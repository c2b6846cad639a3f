import type { HrTime } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { codingRuns } from '../coding-agent/runs.ts'
import { follow } from './pace.ts'
import type { Run } from './steps.ts'
import { take } from './take.fixture.ts'

const never = new AbortController().signal

test('a followed run sends its root last, keeps its length and ends now', async () => {
  const run = aLongRun()
  const { exporter, tracer } = sdk()
  const beganMs = Date.now()

  await follow(run, 100_000, never, tracer, () => {})

  const spans = exporter.getFinishedSpans()
  const ends = spans.map((it) => millis(it.endTime))
  const root = spans.at(-1)
  expect(root?.name).toBe('invoke_agent coding-agent')
  expect(millis(root?.duration ?? [0, 0])).toBeCloseTo(run.root.endMs, 0)
  expect(Math.max(...ends)).toBeLessThanOrEqual(Date.now())
  expect(Math.max(...ends)).toBeGreaterThan(beganMs)
})

test('a followed run that is told to stop ends at once, cancelled', async () => {
  const stop = new AbortController()
  const { exporter, tracer } = sdk()

  const following = follow(aLongRun(), 1, stop.signal, tracer, () => {})
  stop.abort()
  await following

  const root = exporter.getFinishedSpans().at(-1)
  expect(root?.name).toBe('invoke_agent coding-agent')
  expect(root?.attributes['error.type']).toBe('cancelled')
})

function aLongRun(): Run {
  const run = take(100, codingRuns(1)).find((it) => it.isFollowed)
  if (run === undefined) throw new Error('no run is followed')
  return run
}

function sdk() {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  return { exporter, tracer: new TracerProvider({ spanProcessors }).getTracer('test') }
}

function millis([seconds, nanos]: HrTime): number {
  return seconds * 1_000 + nanos / 1e6
}
