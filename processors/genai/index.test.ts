import { describe, expect, test } from 'vitest'
import type { FactKind } from '../../src/facts/fact.ts'
import { names } from '../../src/facts/names.ts'
import { aChat, anAgent, anHttpCall, aTool, at } from './agents.fixture.ts'
import { spanRequest, type Values } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf, spanIdOf, traceIdOf } from './traces.fixture.ts'

describe('a span is told of when it comes', () => {
  const told: readonly (readonly [FactKind, Values, object])[] = [
    [
      'llm_call',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.response.model': 'gpt-5-2025-08-07',
        'gen_ai.response.id': 'resp_1',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 10,
        'gen_ai.response.finish_reasons': ['stop'],
      },
      {
        operation: 'chat',
        provider: 'openai',
        model: 'gpt-5-2025-08-07',
        requestModel: 'gpt-5',
        responseId: 'resp_1',
        durationMs: 1_000,
        finishReasons: ['stop'],
        usage: { inputTokens: 100, outputTokens: 10, basis: 'reported_inclusive' },
        notCounted: undefined,
      },
    ],
    [
      'tool_call',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'search',
        'gen_ai.tool.call.id': 'call_1',
        'error.type': 'timeout',
      },
      {
        tool: 'search',
        callId: 'call_1',
        outcome: 'ignored',
        errorType: 'timeout',
        errorClass: 'infrastructure',
      },
    ],
    [
      'policy_check',
      {
        'agent.span.kind': 'POLICY_CHECK',
        'agent.policy.name': 'spend',
        'agent.policy.decision': 'deny',
      },
      { policy: 'spend', decision: 'deny', outcome: 'bad', isEnforced: true, by: 'policy' },
    ],
    [
      'delegation',
      {
        'agent.span.kind': 'DELEGATION',
        'agent.delegation.from': 'triage',
        'agent.delegation.to': 'billing',
      },
      { from: 'triage', to: 'billing', evidence: 'reported' },
    ],
    [
      'evaluation',
      {
        'openinference.span.kind': 'EVALUATOR',
        'gen_ai.evaluation.name': 'correctness',
        'gen_ai.evaluation.score.value': 0.2,
        'gen_ai.evaluation.score.label': 'fail',
      },
      { name: 'correctness', score: 0.2, label: 'fail', isPassed: false, evidence: 'judged' },
    ],
    [
      'trust_report',
      { 'agent.did': 'did:agent', 'agent.trust_score': 0.85 },
      { score: 0.85, agent: 'did:agent' },
    ],
    [
      'handshake',
      { 'agent.did': 'did:agent', 'agent.handshake.success': false },
      { isSuccess: false, agent: 'did:agent' },
    ],
  ]

  test.each(told)('%s', (kind, attributes, fact) => {
    const genai = new RunningGenai()
    genai.send(spanRequest(attributes), at(2))
    expect(genai.told(kind)).toMatchObject([
      {
        traceId: traceIdOf(0),
        spanId: spanIdOf(1),
        atMs: at(1),
        revision: 0,
        service: 'support',
        task: undefined,
        ...fact,
      },
    ])
    genai.pass(at(60))
    expect(genai.told(kind)).toHaveLength(1)
  })

  test('but for what only the trace can tell: its task, and what became of a prediction', () => {
    const genai = new RunningGenai()
    const attributes = {
      'agent.span.kind': 'AGENT_TASK',
      'agent.name': 'support',
      'agent.task.name': 'refund',
      'agent.task.success': false,
      'agent.prediction.confidence': 0.9,
    }
    genai.send(spanRequest(attributes), at(2))
    expect(genai.facts).toEqual([])
    genai.pass(at(12))
    const task = `${traceIdOf(0)}/${spanIdOf(1)}`
    expect(genai.facts).toMatchObject([
      {
        kind: 'task',
        agent: 'support',
        name: 'refund',
        outcome: 'bad',
        evidence: 'reported',
        task,
      },
      { kind: 'prediction', confidence: 0.9, outcome: 'bad', task },
    ])
  })

  test('that names no trace has facts of its own and belongs to no task', () => {
    const genai = new RunningGenai()
    const nowhere = [anAgent('support', { span: 1 }), aChat({ span: 2, parent: 1 })].map((it) => ({
      ...it,
      json: { ...it.json, traceId: '' },
    }))
    genai.send(requestOf(nowhere), at(2))
    genai.pass(at(2_000))
    expect(genai.facts).toMatchObject([{ kind: 'llm_call', traceId: '', agent: 'support' }])
  })
})

test('spans of something else are told nothing of, and keep nothing', async () => {
  const genai = new RunningGenai()
  genai.send(requestOf([anHttpCall({ span: 1 }), anHttpCall({ span: 2, parent: 1 })]), at(2))
  genai.pass(at(2_000))
  expect(genai.facts).toEqual([])
  expect(genai.document()).toMatchObject({ openTraces: 0, openSpans: 0 })
  expect(await genai.counted(names.spansUnderstood, 'dialect')).toEqual({})
})

test('spans are counted by the dialect in which they were understood', async () => {
  const genai = new RunningGenai()
  genai.send(requestOf([aChat({ span: 1 }), aTool('search', { span: 2 })]), at(2))
  genai.send(spanRequest({ 'openinference.span.kind': 'LLM' }, { span: 3 }), at(2))
  const counted = await genai.counted(names.spansUnderstood, 'dialect')
  expect(counted).toEqual({ otel: 2, openinference: 1 })
})

describe('worked examples', () => {
  /** Every trace is a task of its own. */
  function tasks(outcomes: readonly boolean[], durationMs: number): RunningGenai {
    const genai = new RunningGenai()
    const runs = outcomes.map((isGood, trace) =>
      anAgent('support', { trace, span: 1, durationMs, isError: !isGood }),
    )
    genai.send(requestOf(runs), at(2))
    genai.pass(at(20))
    return genai
  }

  test('EX-SLI-01 ten tasks, five successes then five failures: five are good and five bad', async () => {
    const genai = tasks([...Array(5).fill(true), ...Array(5).fill(false)], 100)
    expect(countedBy(genai.told('task'))).toEqual({ good: 5, bad: 5 })
    expect(await genai.counted(names.tasks, 'outcome')).toEqual({ good: 5, bad: 5 })
  })

  test('EX-SLI-02 ten responses of 100 ms: ten tasks that took 100 ms', () => {
    const took = tasks(Array(10).fill(true), 100)
      .told('task')
      .map((it) => it.endMs - it.startMs)
    expect(took).toEqual(Array(10).fill(100))
  })

  test('EX-SLI-06 990 ok, 3 × -32602, 2 × tool_error, 5 × timeout: good 990, bad 5, ignored 5', () => {
    const genai = new RunningGenai()
    const errors = [
      ...Array(3).fill('-32602'),
      'tool_error',
      'tool_error',
      ...Array(5).fill('timeout'),
    ]
    const calls = Array.from({ length: 1_000 }, (_, span) => {
      const error = errors[span]
      const attributes = error === undefined ? {} : { 'error.type': error }
      return aTool('search', { trace: span, span, attributes, isError: error !== undefined })
    })
    genai.send(requestOf(calls), at(2))
    genai.pass(at(20))
    expect(countedBy(genai.known('tool_call'))).toEqual({ good: 990, bad: 5, ignored: 5 })
  })

  test('EX-SLI-07 trust 850 with scale 1000 is 0.85, and trust 0.85 is 0.00085', () => {
    const genai = new RunningGenai({ trust_scales: { 'agent.trust_score': 1_000 } })
    for (const [trace, score] of [850, 0.85].entries()) {
      genai.send(spanRequest({ 'agent.did': 'a', 'agent.trust_score': score }, { trace }), at(2))
    }
    expect(genai.told('trust_report').map((it) => it.score)).toEqual([0.85, 0.00085])
  })
})

function countedBy(facts: readonly { readonly outcome: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of facts) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
