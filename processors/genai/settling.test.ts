import { describe, expect, test } from 'vitest'
import { names } from '../../src/facts/names.ts'
import { aChat, anAgent, anHttpCall, aTool, at } from './agents.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf, traceIdOf } from './traces.fixture.ts'

describe('a trace whose spans lead up to a root', () => {
  test('settles when nothing came for settle_delay', async () => {
    const genai = new RunningGenai()
    genai.send(requestOf([anAgent('support', { span: 1 })]), at(1))
    genai.pass(at(11) - 1)
    expect(genai.told('task')).toEqual([])
    genai.pass(at(11))
    expect(genai.told('task')).toMatchObject([{ agent: 'support', outcome: 'good', revision: 0 }])
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ complete: 1 })
    expect(await genai.counted(names.tasks, 'outcome')).toEqual({ good: 1 })
  })

  test('waits anew with every span of an agent', () => {
    const genai = new RunningGenai({ settle_delay: '10s' })
    genai.send(requestOf([anAgent('support', { span: 1 })]), at(1))
    genai.send(requestOf([aChat({ span: 2, parent: 1 })]), at(10))
    genai.pass(at(20) - 1)
    expect(genai.told('task')).toEqual([])
    genai.pass(at(20))
    expect(genai.told('task')).toMatchObject([{ llmCalls: 1, inputTokens: 100 }])
  })

  test('waits no longer for spans of something else', () => {
    const genai = new RunningGenai()
    genai.send(requestOf([anAgent('support', { span: 1 })]), at(1))
    genai.send(requestOf([anHttpCall({ span: 2, parent: 1 })]), at(10))
    genai.pass(at(11))
    expect(genai.told('task')).toHaveLength(1)
  })

  test('is told of once, whatever time passes', () => {
    const genai = new RunningGenai()
    genai.send(requestOf([anAgent('support', { span: 1 }), aChat({ span: 2, parent: 1 })]), at(1))
    for (let second = 2; second < 2_000; second++) genai.pass(at(second))
    expect(genai.told('task')).toHaveLength(1)
    expect(genai.document()).toMatchObject({ openTraces: 0, openSpans: 0 })
  })
})

describe('a trace whose root is missing', () => {
  const orphan = anAgent('support', { span: 2, parent: 1 })

  test('settles after trace_timeout of silence', async () => {
    const genai = new RunningGenai()
    genai.send(requestOf([orphan]), at(1))
    genai.pass(at(901) - 1)
    expect(genai.told('task')).toEqual([])
    genai.pass(at(901))
    expect(genai.told('task')).toMatchObject([{ agent: 'support' }])
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ silence: 1 })
  })

  test('waits anew for trace_timeout with every span of an agent', () => {
    const genai = new RunningGenai()
    genai.send(requestOf([orphan]), at(1))
    genai.send(requestOf([aChat({ span: 3, parent: 2 })]), at(800))
    genai.pass(at(1_700) - 1)
    expect(genai.told('task')).toEqual([])
    genai.pass(at(1_700))
    expect(genai.told('task')).toHaveLength(1)
  })

  test('settles soon after its root came, though that is a span of something else', async () => {
    const genai = new RunningGenai()
    genai.send(requestOf([orphan]), at(1))
    genai.pass(at(60))
    genai.send(requestOf([anHttpCall({ span: 1 })]), at(61))
    for (let second = 61; second <= 71; second++) genai.pass(at(second))
    expect(genai.told('task')).toHaveLength(1)
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ complete: 1 })
  })

  test('settles soon after its root came through spans of something else in any order', () => {
    const genai = new RunningGenai()
    genai.send(requestOf([anAgent('support', { span: 9, parent: 3 })]), at(1))
    genai.send(requestOf([anHttpCall({ span: 1 })]), at(12))
    genai.send(requestOf([anHttpCall({ span: 3, parent: 2 })]), at(13))
    genai.pass(at(40))
    expect(genai.told('task')).toEqual([])
    genai.send(requestOf([anHttpCall({ span: 2, parent: 1 })]), at(41))
    genai.pass(at(52))
    expect(genai.told('task')).toHaveLength(1)
  })

  test('settles when its root came in the process before', () => {
    const genai = new RunningGenai()
    genai.send(requestOf([anHttpCall({ span: 1 })]), at(1))
    genai.restart()
    genai.send(requestOf([orphan]), at(2))
    genai.restart()
    genai.pass(at(12))
    expect(genai.told('task')).toHaveLength(1)
  })
})

test('a trace that never rests settles at max_trace_age', async () => {
  const genai = new RunningGenai({
    settle_delay: '10s',
    trace_timeout: '30s',
    max_trace_age: '1m',
  })
  genai.send(requestOf([anAgent('support', { span: 1 })]), at(0))
  for (let second = 5; second < 60; second += 5) {
    genai.send(requestOf([aChat({ span: 1 + second, parent: 1 })]), at(second))
  }
  genai.pass(at(60) - 1)
  expect(genai.told('task')).toEqual([])
  genai.pass(at(60))
  expect(genai.told('task')).toMatchObject([{ llmCalls: 11 }])
  expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ age: 1 })
})

describe('where there is no room', () => {
  const agentOf = (trace: number) => anAgent(`agent ${trace}`, { trace, span: 1, parent: 0 })
  const chatOf = (trace: number, span: number) => aChat({ trace, span, parent: 1 })

  test('the oldest trace settles at once when there are more than max_open_traces', async () => {
    const genai = new RunningGenai({ max_open_traces: 2 })
    genai.send(requestOf([agentOf(0), agentOf(1)]), at(1))
    genai.send(requestOf([chatOf(0, 5)]), at(2)) // the oldest still gets spans
    genai.send(requestOf([agentOf(2)]), at(3))
    expect(genai.told('task')).toMatchObject([{ agent: 'agent 0', llmCalls: 1 }])
    genai.send(requestOf([agentOf(3)]), at(3))
    expect(genai.told('task').map((it) => it.agent)).toEqual(['agent 0', 'agent 1'])
    expect(genai.document()).toMatchObject({ openTraces: 2, openSpans: 2 })
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ cap: 2 })
  })

  test('the oldest traces settle when there are more than max_open_spans', async () => {
    const genai = new RunningGenai({ max_open_spans: 4, max_spans_per_trace: 4 })
    genai.send(requestOf([agentOf(0), agentOf(1), chatOf(1, 2), chatOf(1, 3)]), at(1))
    expect(genai.told('task')).toEqual([])
    genai.send(requestOf([agentOf(2)]), at(2))
    expect(genai.told('task')).toMatchObject([{ agent: 'agent 0', llmCalls: 0 }])
    genai.send(requestOf([chatOf(2, 2)]), at(2))
    expect(genai.told('task')).toMatchObject([{ agent: 'agent 0' }, { agent: 'agent 1' }])
    expect(genai.document()).toMatchObject({ openTraces: 1, openSpans: 2 })
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ cap: 2 })
  })

  test('what has settled already makes room without another word', async () => {
    const genai = new RunningGenai({ max_open_traces: 1 })
    genai.send(requestOf([anAgent('first', { trace: 0, span: 1 })]), at(1))
    genai.send(requestOf([anAgent('second', { trace: 1, span: 1 })]), at(12))
    expect(genai.told('task')).toMatchObject([{ agent: 'first', revision: 0 }])
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ complete: 1 })
  })

  test('what came late is told before its trace makes room', () => {
    const genai = new RunningGenai({ max_open_traces: 1 })
    genai.send(requestOf([anAgent('first', { trace: 0, span: 1 })]), at(1))
    genai.send(requestOf([chatOf(0, 2)]), at(12))
    genai.send(requestOf([anAgent('second', { trace: 1, span: 1 })]), at(13))
    expect(genai.known('task')).toMatchObject([{ agent: 'first', revision: 1, llmCalls: 1 }])
  })
})

describe('a trace of more than max_spans_per_trace', () => {
  const config = { max_spans_per_trace: 3 }
  const spans = [
    anAgent('support', { span: 1 }),
    aChat({ span: 2, parent: 1 }),
    aTool('search', { span: 3, parent: 1 }),
    aChat({ span: 4, parent: 1 }),
    aChat({ span: 5, parent: 1, attributes: { 'gen_ai.usage.output_tokens': 7 } }),
    aTool('search', { span: 6, parent: 1, isError: true }),
  ]

  test('has all its sums in its task, and says that it was larger than we keep', () => {
    const genai = new RunningGenai(config)
    genai.send(requestOf(spans), at(1))
    expect(genai.document()).toMatchObject({ openSpans: 3 })
    genai.pass(at(11))
    expect(genai.told('task')).toMatchObject([
      {
        isTruncated: true,
        llmCalls: 3,
        inputTokens: 300,
        outputTokens: 27,
        toolCalls: 2,
        failedToolCalls: 1,
        incompleteCalls: 0,
      },
    ])
  })

  test('counts no span twice that it does not keep', async () => {
    const genai = new RunningGenai(config)
    genai.send(requestOf(spans), at(1))
    genai.restart()
    genai.send(requestOf(spans), at(2))
    genai.pass(at(20))
    expect(genai.told('task')).toMatchObject([{ llmCalls: 3, inputTokens: 300, outputTokens: 27 }])
    expect(genai.told('llm_call').filter((it) => it.revision === 0)).toHaveLength(3)
    expect(await genai.counted(names.dedupHits, 'layer')).toEqual({ span: 6 })
  })

  test('tells of each of its calls all the same', () => {
    const genai = new RunningGenai(config)
    genai.send(requestOf(spans), at(1))
    expect(genai.told('llm_call')).toHaveLength(3)
    expect(genai.told('tool_call')).toHaveLength(2)
  })

  test('with as many as are kept is not larger', () => {
    const genai = new RunningGenai(config)
    genai.send(requestOf(spans.slice(0, 3)), at(1))
    genai.pass(at(11))
    expect(genai.told('task')).toMatchObject([{ isTruncated: false }])
  })

  test('counts the spans that are not kept', async () => {
    const genai = new RunningGenai(config)
    genai.send(requestOf(spans), at(1))
    expect(await genai.counted(names.spansBeyondTrace, 'processor')).toEqual({ genai: 3 })
  })

  test('tells its sums anew when more comes late', () => {
    const genai = new RunningGenai(config)
    genai.send(requestOf(spans.slice(0, 5)), at(1))
    genai.pass(at(12))
    genai.send(requestOf([aChat({ span: 7, parent: 1 })]), at(13))
    genai.pass(at(30))
    expect(genai.known('task')).toMatchObject([{ revision: 1, llmCalls: 4, inputTokens: 400 }])
  })
})

test('each trace settles by itself', () => {
  const genai = new RunningGenai()
  const traces = [0, 1, 2].map((trace) => anAgent('support', { trace, span: 1 }))
  traces.forEach((span, trace) => {
    genai.send(requestOf([span]), at(1 + trace))
  })
  genai.pass(at(12))
  expect(genai.told('task').map((it) => it.traceId)).toEqual([traceIdOf(0), traceIdOf(1)])
})
