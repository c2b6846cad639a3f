import { describe, expect, test } from 'vitest'
import { aChat, anAgent, aTool, at } from './agents.fixture.ts'
import {
  eventRequest,
  pointRequest,
  type SpanSaying,
  spanRequest,
  type Values,
} from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf, type SpanSpec } from './traces.fixture.ts'

const identity = {
  agent: 'app.agent',
  organization: 'app.tenant',
  team: 'app.team',
  user: 'app.user',
  conversation: 'app.chat',
}
const said = {
  'app.agent': 'billing',
  'app.tenant': 'acme',
  'app.team': 'payments',
  'app.user': 'u1',
  'app.chat': 'c1',
}
const understood = {
  agent: 'billing',
  organization: 'acme',
  team: 'payments',
  user: 'u1',
  conversation: 'c1',
}
const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.agent.name': 'a name of the framework',
  'user.id': 'a user of the framework',
  'session.id': 'a session of the framework',
}

function callOf(attributes: Values, saying: SpanSaying = {}, config = {}) {
  const genai = new RunningGenai(config)
  genai.send(spanRequest(attributes, saying), at(2))
  return genai.told('llm_call')[0]
}

describe('whose a span is', () => {
  test('is said by the attributes that the user names, before all that we know', () => {
    expect(callOf({ ...call, ...said }, {}, { identity })).toMatchObject(understood)
  })

  test('is said by the resource where the span does not', () => {
    const resource = { ...said, 'service.name': 'support' }
    expect(callOf(call, { resource }, { identity })).toMatchObject(understood)
    const own = callOf({ ...call, 'app.agent': 'refunds' }, { resource }, { identity })
    expect(own).toMatchObject({ ...understood, agent: 'refunds' })
  })

  test('is what we know of it where neither says it', () => {
    expect(callOf(call, {}, { identity })).toMatchObject({
      agent: 'a name of the framework',
      user: 'a user of the framework',
      conversation: 'a session of the framework',
      organization: 'default',
      team: undefined,
    })
  })

  test('is its service, in the default environment, where nothing is said', () => {
    expect(callOf({ 'gen_ai.operation.name': 'chat' })).toMatchObject({
      agent: 'support',
      service: 'support',
      environment: 'default',
      organization: 'default',
    })
  })

  test('is said alike by log events and by data points', () => {
    const genai = new RunningGenai({ identity })
    const verdict = { 'gen_ai.evaluation.name': 'correctness', 'gen_ai.evaluation.score.value': 1 }
    genai.send(eventRequest('gen_ai.evaluation.result', { ...verdict, ...said }), at(2))
    const point = { kind: 'gauge', value: 0.5, attributes: said } as const
    genai.send(pointRequest('agent.trust_score', point), at(2))
    const { agent, organization, team } = understood
    expect(genai.told('evaluation')).toMatchObject([{ agent, organization, team }])
    expect(genai.told('trust_report')).toMatchObject([{ agent, organization, team }])
  })

  test('is said by the run above it once the trace has settled', () => {
    const genai = new RunningGenai({ identity })
    const spans = [
      anAgent('billing', { span: 1, attributes: { 'app.tenant': 'acme', 'app.user': 'u1' } }),
      aChat({ span: 2, parent: 1 }),
    ]
    genai.send(requestOf(spans), at(1))
    expect(genai.known('llm_call')).toMatchObject([{ organization: 'default', user: undefined }])
    genai.pass(at(11))
    expect(genai.known('llm_call')).toMatchObject([
      { agent: 'billing', organization: 'acme', user: 'u1' },
    ])
  })
})

describe('what counts for no SLI', () => {
  test.each([
    ['agent.sre.exclude', 'excluded'],
    ['agent.sre.synthetic', 'synthetic'],
    ['agent.sre.shadow', 'shadow'],
    ['agent.sre.chaos', 'chaos'],
  ])('says so: %s', (attribute, exclusion) => {
    const genai = new RunningGenai()
    const marked = { [attribute]: true }
    const spans = [
      anAgent('support', { span: 1, attributes: marked }),
      aChat({ span: 2, parent: 1, attributes: marked }),
      aTool('search', { span: 3, parent: 1, attributes: marked }),
    ]
    genai.send(requestOf(spans), at(1))
    expect(genai.facts).toMatchObject([{ exclusion }, { exclusion }])
    genai.pass(at(11))
    expect(genai.facts.map((it) => it.exclusion)).toEqual(genai.facts.map(() => exclusion))
    expect(genai.told('task')).toMatchObject([{ inputTokens: 100, llmCalls: 1, toolCalls: 1 }])
  })

  test('is all below a run that says so', () => {
    const genai = new RunningGenai()
    const run = anAgent('support', { span: 1, attributes: { 'agent.sre.synthetic': true } })
    genai.send(requestOf([run, aTool('search', { span: 2, parent: 1 })]), at(1))
    genai.pass(at(11))
    expect(genai.known('tool_call')).toMatchObject([{ exclusion: 'synthetic', revision: 1 }])
  })

  test.each([
    ['false', false],
    ['0', 0],
    ['no text of a bool', 'maybe'],
  ])('is nothing that says %s', (_, value) => {
    expect(callOf({ ...call, 'agent.sre.exclude': value })).toMatchObject({ exclusion: undefined })
  })
})

describe('how many a sampled span stands for', () => {
  test.each([
    ['ot=th:c', 4],
    ['ot=th:8', 2],
    ['vendor=x,ot=rv:abcdef01234567;th:8', 2],
    ['ot=th:0', 1],
    ['', 1],
    ['ot=th:nonsense', 1],
    ['ot=th:ffffffffffffff', 1_000_000],
  ])('tracestate %s: %d', (traceState, weight) => {
    expect(callOf(call, { traceState })).toMatchObject({ weight })
  })

  test('its task stands for as many, and its tokens are its own', () => {
    const genai = new RunningGenai()
    const run = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' }
    const tokens = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10 }
    genai.send(spanRequest(run, { span: 1, traceState: 'ot=th:c' }), at(1))
    const below = { span: 2, parent: 1, traceState: 'ot=th:c' }
    genai.send(spanRequest({ ...call, ...tokens }, below), at(1))
    genai.pass(at(11))
    expect(genai.told('task')).toMatchObject([{ weight: 4, llmCalls: 1, inputTokens: 100 }])
  })
})

describe('what became of a task', () => {
  function outcomeOf(spans: readonly SpanSpec[], config = {}) {
    const genai = new RunningGenai(config)
    const [run = { span: 1 }, ...calls] = spans
    genai.send(requestOf([anAgent('support', run), ...calls.map(aChat)]), at(1))
    genai.pass(at(11))
    const { outcome, evidence, errorType } = genai.told('task')[0] ?? {}
    return { outcome, evidence, errorType }
  }

  test.each([
    ['no error', {}, 'good', undefined],
    ['an error', { isError: true }, 'bad', '_OTHER'],
    ['an error type', { attributes: { 'error.type': 'ValueError' } }, 'bad', 'ValueError'],
    ['cancelled', { attributes: { 'error.type': 'CancelledError' } }, 'ignored', 'CancelledError'],
  ])('by its status: %s', (_, run, outcome, errorType) => {
    expect(outcomeOf([{ span: 1, ...run }])).toEqual({ outcome, evidence: 'status', errorType })
  })

  test('by what its sender says, before its status', () => {
    const attributes = { 'agent.task.success': true }
    const run = { span: 1, isError: true, attributes }
    expect(outcomeOf([run])).toMatchObject({ outcome: 'good', evidence: 'reported' })
  })

  test('by the finish reasons that the user calls bad', () => {
    const cut = { 'gen_ai.response.finish_reason': 'length' }
    const spans = [{ span: 1 }, { span: 2, parent: 1, attributes: cut }]
    expect(outcomeOf(spans)).toMatchObject({ outcome: 'good' })
    expect(outcomeOf(spans, { bad_finish_reasons: ['length'] })).toMatchObject({ outcome: 'bad' })
  })

  test('by the error types that the user calls cancelled', () => {
    const run = { span: 1, attributes: { 'error.type': 'closed_tab' } }
    expect(outcomeOf([run])).toMatchObject({ outcome: 'bad' })
    expect(outcomeOf([run], { cancel_types: ['closed_tab'] })).toMatchObject({ outcome: 'ignored' })
  })
})
