import { SpanStatusCode } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { agentAtWork, type Course } from './course.ts'
import { quick } from './models.ts'
import { Random } from './random.ts'
import { recording } from './recording.ts'
import type { Run } from './steps.ts'

const asker = { name: 'asker', version: '1' }
const helper = { name: 'helper', version: '2' }
const readFile = { name: 'read_file', medianMs: 20, errorRatio: 1, errors: ['tool_error'] } as const

test('a delegation is an agent below an agent, each with its own name on what it did', () => {
  const spans = recorded(aRun((course) => course.delegate(helper, (it) => it.chat(quick, 'stop'))))

  const [chat, inner, outer] = spans
  expect(spans.map((it) => it.name)).toEqual([
    'chat gpt-4.1-mini',
    'invoke_agent helper',
    'invoke_agent asker',
  ])
  expect(chat?.attributes['gen_ai.agent.name']).toBe('helper')
  expect(chat?.parentSpanContext?.spanId).toBe(inner?.spanContext().spanId)
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
  expect(inner?.attributes['gen_ai.provider.name']).toBe('openai')
  expect(outer?.parentSpanContext).toBeUndefined()
})

test('a call to an MCP server is one span that says both, and why it failed', () => {
  const [call] = recorded(aRun((course) => course.call({ ...readFile, server: 'workspace' })))

  expect(call?.name).toBe('tools/call read_file')
  expect(call?.attributes).toMatchObject({
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'read_file',
    'error.type': 'tool_error',
  })
  expect(call?.status.code).toBe(SpanStatusCode.ERROR)
})

test('a run that is left early ends what is open as cancelled, and starts nothing more', () => {
  const run = aRun((course) => course.chat(quick, 'tool') ?? course.chat(quick, 'stop'))

  const spans = recorded(run, 1)

  expect(spans.map((it) => it.attributes['error.type'])).toEqual(['cancelled', 'cancelled'])
})

function aRun(work: (course: Course) => string | undefined): Run {
  const root = agentAtWork(asker, new Random(1), 0, work)
  return { conversation: 'conv-1', root, isFollowed: false }
}

/** The spans of a run in the order in which they ended, when it is left after so many waits. */
function recorded(run: Run, waits = Number.POSITIVE_INFINITY) {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  const tracer = new TracerProvider({ spanProcessors }).getTracer('test')
  let waited = 0
  for (const _dueMs of recording(tracer, run, 1_764_000_000_000, () => {})) {
    if (++waited >= waits) break
  }
  return exporter.getFinishedSpans()
}
