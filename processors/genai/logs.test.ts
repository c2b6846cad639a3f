import { describe, expect, test } from 'vitest'
import { aChat, anAgent, at } from './agents.fixture.ts'
import { type EventSaying, eventRequest, spanRequest, type Values } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf, spanIdOf, traceIdOf } from './traces.fixture.ts'

const run = requestOf([anAgent('support', { span: 1 }), aChat({ span: 2, parent: 1 })])

function verdict(label: string, saying: EventSaying, more: Values = {}) {
  const attributes = {
    'gen_ai.evaluation.name': 'correctness',
    'gen_ai.evaluation.score.value': label === 'pass' ? 1 : 0,
    'gen_ai.evaluation.score.label': label,
    ...more,
  }
  return eventRequest('gen_ai.evaluation.result', attributes, saying)
}

describe('a verdict in the log', () => {
  test.each([
    ['about the span of the task', { trace: 0, span: 1 }],
    ['about its trace', { trace: 0 }],
  ])('decides over a task: %s', (_, saying) => {
    const genai = new RunningGenai()
    genai.send(run, at(1))
    genai.send(verdict('fail', saying), at(5))
    genai.pass(at(15))
    expect(genai.told('task')).toMatchObject([{ outcome: 'bad', evidence: 'judged' }])
  })

  test('decides over a task whose spans come after it', () => {
    const genai = new RunningGenai()
    genai.send(verdict('fail', { trace: 0, span: 1 }), at(1))
    genai.send(run, at(2))
    genai.pass(at(20))
    expect(genai.told('task')).toMatchObject([{ outcome: 'bad', evidence: 'judged' }])
  })

  test.each([
    ['about another span of the trace', { trace: 0, span: 2 }, {}],
    ['about another trace', { trace: 1, span: 1 }, {}],
    ['of another criterion', { trace: 0, span: 1 }, { 'gen_ai.evaluation.name': 'tone' }],
  ])('decides nothing: %s', (_, saying, more) => {
    const genai = new RunningGenai()
    genai.send(run, at(1))
    genai.send(verdict('fail', saying, more), at(5))
    genai.pass(at(1_000))
    expect(genai.told('task')).toMatchObject([{ outcome: 'good', evidence: 'status' }])
  })

  test('of a criterion that the user names decides', () => {
    const genai = new RunningGenai({ task_verdicts: ['Tone'] })
    genai.send(run, at(1))
    genai.send(verdict('fail', { trace: 0 }, { 'gen_ai.evaluation.name': 'tone' }), at(5))
    genai.pass(at(15))
    expect(genai.told('task')).toMatchObject([{ outcome: 'bad', evidence: 'judged' }])
  })

  test('is a fact at once, about the span that was judged', () => {
    const genai = new RunningGenai()
    genai.send(verdict('pass', { trace: 0, span: 1, atMs: at(3) }), at(5))
    expect(genai.told('evaluation')).toMatchObject([
      { traceId: traceIdOf(0), spanId: spanIdOf(1), isPassed: true, atMs: at(3) },
    ])
  })

  test('without a trace is a fact that belongs to none', () => {
    const genai = new RunningGenai()
    genai.send(verdict('pass', {}), at(5))
    genai.pass(at(2_000))
    expect(genai.told('evaluation')).toMatchObject([{ traceId: '', isPassed: true }])
    expect(genai.told('task')).toEqual([])
  })
})

describe('a call that only the log reports', () => {
  const resource = { 'service.name': 'claude-code' }
  const request = (id: string) =>
    eventRequest(
      'claude_code.api_request',
      {
        model: 'claude-sonnet-4-5',
        input_tokens: 10,
        output_tokens: 5,
        cost_usd: 0.25,
        request_id: id,
        'session.id': 'session 1',
      },
      { resource },
    )

  test('counts after it has waited for its span', () => {
    const genai = new RunningGenai()
    genai.send(request('req_1'), at(1))
    expect(genai.told('llm_call')).toEqual([])
    genai.pass(at(11))
    expect(genai.told('llm_call')).toMatchObject([
      {
        traceId: '',
        spanId: 'log:req_1',
        responseId: 'req_1',
        usage: { inputTokens: 10, outputTokens: 5 },
        reportedNanoUsd: 250_000_000,
        conversation: 'session 1',
        notCounted: undefined,
      },
    ])
  })

  const span = (id: string, second: number, spanId = 1) =>
    spanRequest(
      {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        input_tokens: 10,
        output_tokens: 5,
        model: 'claude-sonnet-4-5',
        request_id: id,
        'session.id': 'session 1',
      },
      {
        name: 'claude_code.llm_request',
        scope: 'com.anthropic.claude_code.tracing',
        resource,
        span: spanId,
        toMs: at(second),
      },
    )

  test.each([
    ['before', [span('req_1', 1), request('req_1')]],
    ['after', [request('req_1'), span('req_1', 1)]],
  ])('counts once where its span comes %s it', (_, requests) => {
    const genai = new RunningGenai()
    requests.forEach((it, index) => {
      genai.send(it, at(1 + index))
    })
    genai.pass(at(2_000))
    const counted = genai.known('llm_call').filter((it) => it.notCounted === undefined)
    expect(counted).toMatchObject([{ usage: { inputTokens: 10 }, reportedNanoUsd: 250_000_000 }])
  })

  test('of a service whose spans report its calls counts for nothing', () => {
    const genai = new RunningGenai()
    genai.send(span('req_1', 1), at(1))
    genai.send(request('req_2'), at(2))
    genai.pass(at(2_000))
    const logged = genai.known('llm_call').filter((it) => it.spanId === 'log:req_2')
    expect(logged).toMatchObject([{ notCounted: 'spans_arrive' }])
  })

  test('counts again when no span of its service came for long', () => {
    const genai = new RunningGenai({ trace_timeout: '15m' })
    genai.send(span('req_1', 1), at(1))
    genai.send(request('req_2'), at(1_000))
    genai.pass(at(2_000))
    const logged = genai.known('llm_call').filter((it) => it.spanId === 'log:req_2')
    expect(logged).toMatchObject([{ notCounted: undefined }])
  })

  test('counts once in all its repeats, also in another process', () => {
    const genai = new RunningGenai()
    genai.send(request('req_1'), at(1))
    genai.restart()
    genai.send(request('req_1'), at(2))
    genai.pass(at(30))
    genai.send(request('req_1'), at(40))
    genai.pass(at(300))
    expect(genai.told('llm_call')).toHaveLength(1)
  })
})

test('records of the log that tell nothing of agents are nothing to it', () => {
  const genai = new RunningGenai()
  const payload = eventRequest('http.server.request', { 'gen_ai.evaluation.name': 'correctness' })
  expect(genai.send(payload, at(1))).toHaveProperty('payload', payload)
  genai.pass(at(2_000))
  expect(genai.facts).toEqual([])
})
