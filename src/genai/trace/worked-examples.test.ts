import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { aChat, anAgent, aRecord, aVerdict, tokens, traceId } from './records.fixture.ts'
import { type SettledFacts, settled } from './settled.ts'

function factsOf(...records: readonly SpanRecord[]): SettledFacts {
  return settled({ traceId, records })
}

/** Span ids of the calls that count, with their tokens. */
function counted({ calls }: SettledFacts): Record<string, (number | undefined)[]> {
  const those = calls.filter((call) => call.notCounted === undefined)
  return Object.fromEntries(
    those.map(({ spanId, usage }) => [spanId, [usage?.inputTokens, usage?.outputTokens]]),
  )
}

test('5.7 what an agent of CrewAI adds up over its life is never counted', () => {
  const facts = factsOf(
    aRecord('g1', { operation: 'invoke_workflow', dialect: 'crewai', run: {} }),
    anAgent('g2', 'Researcher', {
      parentSpanId: 'g1',
      dialect: 'crewai',
      call: { role: 'cumulative', usage: tokens(700, 200) },
    }),
    aChat('g3', tokens(300, 80), { parentSpanId: 'g2', dialect: 'crewai' }),
  )
  expect(counted(facts)).toEqual({ g3: [300, 80] })
  expect(facts.calls.find(({ spanId }) => spanId === 'g2')?.notCounted).toBe('cumulative')
  expect(facts.tasks).toMatchObject([{ spanId: 'g1', inputTokens: 300, outputTokens: 80 }])
  expect(facts.calls.find(({ spanId }) => spanId === 'g3')?.agent).toBe('Researcher')
})

test('5.8 the wrapper of the Vercel SDK repeats its call; agent, user and session are inherited', () => {
  const facts = factsOf(
    anAgent('h1', 'support-bot', {
      dialect: 'vercel',
      user: 'u1',
      conversation: 's9',
      call: { role: 'wrapper', usage: tokens(8, 55), provider: 'anthropic' },
    }),
    aChat('h2', tokens(4008, 55, { cacheReadTokens: 4000 }), {
      parentSpanId: 'h1',
      dialect: 'vercel',
      call: { provider: 'anthropic', responseId: 'msg_1' },
    }),
    aRecord('h3', {
      parentSpanId: 'h1',
      dialect: 'vercel',
      operation: 'execute_tool',
      tool: { tool: 'lookup', callId: 'toolu_7' },
    }),
  )
  expect(counted(facts)).toEqual({ h2: [4008, 55] })
  expect(facts.calls.find(({ spanId }) => spanId === 'h1')?.notCounted).toBe('wrapper')
  expect(facts.calls.find(({ spanId }) => spanId === 'h2')).toMatchObject({
    agent: 'support-bot',
    user: 'u1',
    conversation: 's9',
    task: `${traceId}/h1`,
  })
  expect(facts.toolCalls).toMatchObject([{ tool: 'lookup', callId: 'toolu_7', outcome: 'good' }])
  expect(facts.tasks).toMatchObject([{ cacheReadTokens: 4000, llmCalls: 1, toolCalls: 1 }])
})

test('5.9 of root, step and call only the call counts, through a span that says nothing', () => {
  const facts = factsOf(
    anAgent('i1', 'support-bot', { call: { role: 'wrapper', usage: tokens(900, 120) } }),
    aRecord('i2', { parentSpanId: 'i1', operation: 'agent_step' }),
    aChat('i3', tokens(900, 120, { cacheReadTokens: 512 }), {
      parentSpanId: 'i2',
      call: { responseId: 'resp_1', timeToFirstTokenMs: 800, finishReasons: ['stop'] },
    }),
  )
  expect(counted(facts)).toEqual({ i3: [900, 120] })
  expect(facts.calls.find(({ spanId }) => spanId === 'i3')).toMatchObject({
    agent: 'support-bot',
    timeToFirstTokenMs: 800,
  })
  expect(facts.tasks).toMatchObject([{ finishReason: 'stop', outcome: 'good' }])
})

test('5.10 sums of an agent do not count beside its call; what the call cost was told once', () => {
  const facts = factsOf(
    anAgent('j1', 'planner', {
      conversation: 'c1',
      call: { role: 'wrapper', usage: tokens(500, 50), reportedNanoUsd: 1_650_000 },
    }),
    aChat('j2', tokens(500, 50, { cacheReadTokens: 100 }), {
      parentSpanId: 'j1',
      call: { reportedNanoUsd: 1_650_000 },
    }),
    aRecord('j3', {
      parentSpanId: 'j1',
      operation: 'execute_tool',
      isError: true,
      tool: { tool: 'search', callId: 'call_2', errorClass: 'arguments' },
    }),
  )
  expect(counted(facts)).toEqual({ j2: [500, 50] })
  expect(facts.toolCalls).toMatchObject([{ outcome: 'bad', errorClass: 'arguments' }])
  expect(facts.tasks).toMatchObject([
    {
      task: `${traceId}/j1`,
      conversation: 'c1',
      reportedNanoUsd: 1_650_000,
      toolCalls: 1,
      failedToolCalls: 1,
      outcome: 'good',
    },
  ])
})

test('5.11 a list of tools is a request, and no call of a tool', () => {
  const facts = factsOf(aRecord('k1', { operation: 'mcp_request', dialect: 'logfire' }))
  expect(facts.toolCalls).toEqual([])
  expect(facts.tasks).toEqual([])
})

describe('5.12 one tool call seen four times', () => {
  const seen = [
    aRecord('l1', {
      operation: 'execute_tool',
      isError: true,
      errorType: '_OTHER',
      tool: { tool: 'weather', callId: 'call_5' },
    }),
    aRecord('l2', {
      parentSpanId: 'l1',
      at: 1,
      operation: 'mcp_request',
      tool: { tool: 'weather', layer: 'mcp_client', requestId: '3' },
    }),
    aRecord('l3', {
      parentSpanId: 'l2',
      at: 2,
      operation: 'mcp_request',
      isError: true,
      errorType: 'tool_error',
      tool: { tool: 'weather', layer: 'mcp_server', requestId: '3', errorClass: 'tool' },
    }),
    aRecord('l4', {
      parentSpanId: 'l3',
      at: 3,
      operation: 'mcp_request',
      tool: { tool: 'weather', layer: 'mcp_server', server: 'weather-srv' },
    }),
  ]

  test('counts once, with the error and the server of the inner spans', () => {
    const facts = factsOf(...seen)
    expect(facts.toolCalls.map(({ spanId, notCounted }) => [spanId, notCounted])).toEqual([
      ['l1', undefined],
      ['l2', 'mcp_request'],
      ['l3', 'mcp_request'],
      ['l4', 'mcp_request'],
    ])
    expect(facts.toolCalls[0]).toMatchObject({
      tool: 'weather',
      server: 'weather-srv',
      outcome: 'bad',
      errorType: 'tool_error',
      errorClass: 'tool',
    })
    expect(facts.mcpRequests).toBe(1)
  })

  test('counts once where the framework is not seen: the client wins', () => {
    const facts = factsOf(...seen.slice(1))
    const those = facts.toolCalls.filter(({ notCounted }) => notCounted === undefined)
    expect(those).toMatchObject([{ spanId: 'l2', outcome: 'bad', errorType: 'tool_error' }])
  })
})

test('5.15 what an agent of Strands adds up over its life is never counted', () => {
  const facts = factsOf(
    anAgent('o1', 'Strands Agents', {
      dialect: 'strands',
      call: { role: 'cumulative', usage: tokens(5200, 900) },
    }),
    aChat('o2', tokens(2088, 110, { cacheReadTokens: 2048 }), {
      parentSpanId: 'o1',
      dialect: 'strands',
      call: { provider: 'aws.bedrock' },
    }),
  )
  expect(counted(facts)).toEqual({ o2: [2088, 110] })
  const alone = factsOf(
    anAgent('o1', 'Strands', { call: { role: 'cumulative', usage: tokens(5200, 900) } }),
  )
  expect(counted(alone)).toEqual({})
})

test('5.17 span and log of one request are one call, and the person who refuses is a policy', () => {
  const facts = factsOf(
    aChat('q1', tokens(19_506, 420, { cacheReadTokens: 18_000, cacheWriteTokens: 1_500 }), {
      dialect: 'claude_code',
      who: { agentId: 'sub-1' },
      handover: { from: 'main', to: 'sub-1' },
      call: { provider: 'anthropic', responseId: 'req_77', finishReasons: ['tool_call'] },
    }),
    aRecord('q2', {
      dialect: 'claude_code',
      operation: 'policy_check',
      policy: { decision: 'deny', by: 'human' },
    }),
    aChat('log-1', tokens(19_506, 420, { cacheReadTokens: 18_000, cacheWriteTokens: 1_500 }), {
      source: 'log',
      dialect: 'claude_code',
      call: { provider: 'anthropic', responseId: 'req_77', reportedNanoUsd: 29_800_000 },
    }),
  )
  expect(counted(facts)).toEqual({ q1: [19_506, 420] })
  expect(facts.calls).toMatchObject([
    { spanId: 'log-1', notCounted: 'duplicate', duplicateOf: `${traceId}/q1` },
    { spanId: 'q1', reportedNanoUsd: 29_800_000, finishReasons: ['tool_call'] },
  ])
  expect(facts.delegations).toMatchObject([{ from: 'main', to: 'sub-1' }])
  expect(facts.policyChecks).toMatchObject([{ decision: 'deny', by: 'human', outcome: 'bad' }])
  expect(facts.toolCalls).toEqual([])
})

test('5.18 the root counts where no call below it has tokens', () => {
  const facts = factsOf(
    anAgent('r1', 'claude', {
      dialect: 'logfire',
      call: {
        role: 'wrapper',
        usage: tokens(9000, 700, { cacheReadTokens: 8000 }),
        reportedNanoUsd: 21_000_000,
      },
    }),
    aChat('r2', undefined, { parentSpanId: 'r1', dialect: 'logfire' }),
  )
  expect(counted(facts)).toEqual({ r1: [9000, 700] })
  expect(facts.calls.find(({ spanId }) => spanId === 'r2')).toMatchObject({
    notCounted: 'duplicate',
    duplicateOf: `${traceId}/r1`,
  })
  expect(facts.tasks).toMatchObject([
    { reportedNanoUsd: 21_000_000, llmCalls: 1, incompleteCalls: 0 },
  ])
})

test.each([
  ['openinference', 's1'],
  ['openllmetry', 's2'],
  ['logfire', 's3'],
] as const)('5.19 the agent that follows a hand-over of %s has depth 1', (dialect, spanId) => {
  const handover = { from: 'Triage', to: 'Billing', mode: 'pass_control' } as const
  const facts = factsOf(
    aRecord('flow', { operation: 'invoke_workflow', run: {}, for: 10_000 }),
    anAgent('triage', 'Triage', { parentSpanId: 'flow', at: 1 }),
    aRecord(spanId, {
      parentSpanId: 'triage',
      at: 900,
      operation: 'delegation',
      dialect,
      handover,
    }),
    anAgent('billing', 'Billing', { parentSpanId: 'flow', at: 2_000 }),
  )
  expect(facts.delegations).toMatchObject([{ spanId, agent: 'Triage', ...handover }])
  expect(facts.tasks).toMatchObject([{ spanId: 'flow', depth: 1 }])
  expect(facts.toolCalls).toEqual([])
})

test('5.19 a hand-over without the run that follows it is one all the same', () => {
  const facts = factsOf(
    anAgent('triage', 'Triage'),
    aRecord('s1', {
      parentSpanId: 'triage',
      operation: 'delegation',
      handover: { from: 'Triage', to: 'Billing' },
    }),
  )
  expect(facts.tasks).toMatchObject([{ depth: 1 }])
})

test('5.21 a gateway and its client report one call: the gateway knows more, the client for whom', () => {
  const facts = factsOf(
    aChat('u1', tokens(5010, 60, { cacheReadTokens: 5000 }), {
      dialect: 'litellm',
      scope: 'litellm',
      call: {
        provider: 'anthropic',
        requestModel: 'support-model',
        responseModel: 'claude-sonnet-4-5-20250929',
        responseId: 'chatcmpl-abc',
        reportedNanoUsd: 3_100_000,
        isGateway: true,
      },
    }),
    aRecord('u2', {
      parentSpanId: 'u1',
      dialect: 'litellm',
      call: { role: 'copy', usage: tokens(10, 0) },
    }),
    anAgent('agent', 'support-bot'),
    aChat('u3', tokens(5010, 60), {
      parentSpanId: 'agent',
      dialect: 'openllmetry',
      call: { requestModel: 'support-model', responseId: 'chatcmpl-abc' },
    }),
  )
  expect(counted(facts)).toEqual({ u1: [5010, 60] })
  const [u1, u2, u3] = facts.calls
  expect(u1).toMatchObject({
    provider: 'anthropic',
    model: 'claude-sonnet-4-5-20250929',
    reportedNanoUsd: 3_100_000,
    agent: 'support-bot',
    task: `${traceId}/agent`,
  })
  expect(u2?.notCounted).toBe('gateway_copy')
  expect(u3).toMatchObject({ notCounted: 'duplicate', duplicateOf: `${traceId}/u1` })
  expect(facts.tasks).toMatchObject([{ inputTokens: 5010, llmCalls: 1 }])
})

test('5.21 a call that counts in another trace does not count here', () => {
  const lostTo = new Map([['u3', 'ffff/u1']])
  const records = [aChat('u3', tokens(5010, 60), { call: { responseId: 'chatcmpl-abc' } })]
  const facts = settled({ traceId, records, lostTo })
  expect(facts.calls).toMatchObject([{ notCounted: 'duplicate', duplicateOf: 'ffff/u1' }])
})

test('5.22 gateway and policy engine take one decision, and no tool ran', () => {
  const facts = factsOf(
    aRecord('v1', {
      dialect: 'agentcore',
      operation: 'execute_tool',
      tool: { tool: 'create_payout', server: 'hr-db', layer: 'gateway' },
      policy: { decision: 'deny', tool: 'create_payout' },
    }),
    aRecord('v2', {
      parentSpanId: 'v1',
      dialect: 'agentcore',
      operation: 'policy_check',
      policy: { decision: 'deny', policy: 'payout_admin_only' },
    }),
  )
  const those = facts.policyChecks.filter(({ outcome }) => outcome !== 'ignored')
  expect(those).toMatchObject([
    {
      spanId: 'v1',
      decision: 'deny',
      isEnforced: true,
      tool: 'create_payout',
      policy: 'payout_admin_only',
      outcome: 'bad',
    },
  ])
  expect(facts.toolCalls).toEqual([])
})

test('5.23 task, delegation, policy, trust and call of the conventions for agents', () => {
  const planner = { agent: 'did:web:planner' }
  const facts = factsOf(
    aRecord('w1', {
      operation: 'task',
      who: planner,
      run: { taskName: 'book_trip', success: true },
      trust: { score: 0.92, isHandshakeSuccess: undefined },
    }),
    aRecord('w2', {
      parentSpanId: 'w1',
      operation: 'delegation',
      handover: { from: 'did:web:planner', to: 'did:web:flights' },
    }),
    aRecord('w3', {
      parentSpanId: 'w1',
      operation: 'policy_check',
      who: planner,
      policy: { policy: 'spend_limit', decision: 'allow' },
    }),
    aChat('w4', tokens(10, 2), { parentSpanId: 'w1' }),
  )
  expect(facts.tasks).toMatchObject([
    { name: 'book_trip', outcome: 'good', evidence: 'reported', depth: 1, inputTokens: 10 },
  ])
  expect(facts.trustReports).toMatchObject([{ score: 0.92, agent: 'did:web:planner' }])
  expect(facts.delegations).toMatchObject([{ from: 'did:web:planner', to: 'did:web:flights' }])
  expect(facts.policyChecks).toMatchObject([{ policy: 'spend_limit', outcome: 'good' }])
  expect(counted(facts)).toEqual({ w4: [10, 2] })
})

test('5.24 a verdict from the log decides over the task, and belongs to its agent', () => {
  const facts = factsOf(
    anAgent('j1', 'planner', { isError: true }),
    aRecord('log-1', {
      source: 'log',
      parentSpanId: 'j1',
      verdicts: [
        aVerdict('task_completion', {
          score: 1,
          label: 'pass',
          isPassed: true,
          annotator: 'llm',
          evaluatorVersion: '3',
        }),
      ],
    }),
  )
  expect(facts.evaluations).toMatchObject([
    { spanId: 'j1', agent: 'planner', name: 'task_completion', isPassed: true },
  ])
  expect(facts.tasks).toMatchObject([{ outcome: 'good', evidence: 'judged' }])
})

test('5.24 a verdict without a span is about the answer that it names', () => {
  const verdicts = [aVerdict('relevance', { isPassed: true, responseId: 'resp_1' })]
  const facts = factsOf(
    anAgent('a', 'planner'),
    aChat('b', tokens(1, 1), { parentSpanId: 'a', call: { responseId: 'resp_1' } }),
    aRecord('log-1', { source: 'log', verdicts }),
  )
  expect(facts.evaluations).toMatchObject([{ spanId: 'b', agent: 'planner' }])
})

test('5.25 an evaluator judges the span it links to; what it asks a model is not the task', () => {
  const verdict = aVerdict('hallucination', { score: 1, isPassed: false, annotator: 'llm' })
  const facts = factsOf(
    anAgent('a1', 'planner', { for: 9_000 }),
    aRecord('x1', {
      parentSpanId: 'a1',
      operation: 'evaluator',
      verdicts: [verdict],
      links: [{ traceId, spanId: 'a1' }],
    }),
    aChat('x2', tokens(70, 5), { parentSpanId: 'x1' }),
    aChat('a2', tokens(100, 20), { parentSpanId: 'a1' }),
  )
  expect(facts.evaluations).toMatchObject([
    { spanId: 'a1', agent: 'planner', isPassed: false, task: `${traceId}/a1` },
  ])
  expect(counted(facts)).toEqual({ x2: [70, 5], a2: [100, 20] })
  expect(facts.calls.find(({ spanId }) => spanId === 'x2')).toMatchObject({
    purpose: 'evaluation',
    task: undefined,
  })
  expect(facts.calls.find(({ spanId }) => spanId === 'a2')?.purpose).toBe('task')
  expect(facts.tasks).toMatchObject([{ llmCalls: 1, inputTokens: 100 }])
})

test('5.26 a task has the variants and the version of its agent', () => {
  const facts = factsOf(
    anAgent('y1', 'checkout', {
      who: { agentVersion: '2.4.0-rc1', environment: 'staging' },
      run: { variants: { prompt: 'candidate', 'checkout-model': 'b' } },
    }),
  )
  expect(facts.tasks).toMatchObject([
    {
      agentVersion: '2.4.0-rc1',
      environment: 'staging',
      variants: { 'checkout-model': 'b', prompt: 'candidate' },
    },
  ])
})

test('5.29 a rule, the person who was asked, and the audit log are one decision', () => {
  const facts = factsOf(
    aRecord('bb1', {
      operation: 'policy_check',
      policy: {
        decision: 'require_approval',
        rule: 'wire_transfer',
        policy: 'finance',
        stage: 'pre_tool',
      },
    }),
    aRecord('bb2', {
      parentSpanId: 'bb1',
      at: 10,
      operation: 'policy_check',
      policy: { decision: 'deny', rule: 'wire_transfer', by: 'human' },
    }),
    aRecord('bb3', {
      parentSpanId: 'bb1',
      operation: 'trust_check',
      trust: { score: 0.64, isHandshakeSuccess: undefined },
    }),
    aRecord('log-1', {
      source: 'log',
      at: 2_000,
      for: 0,
      policy: { decision: 'deny', rule: 'wire_transfer' },
    }),
  )
  const those = facts.policyChecks.filter(({ outcome }) => outcome !== 'ignored')
  expect(those).toMatchObject([
    {
      spanId: 'bb1',
      decision: 'deny',
      by: 'human',
      isEnforced: true,
      stage: 'pre_tool',
      policy: 'finance',
      rule: 'wire_transfer',
      outcome: 'bad',
    },
  ])
  expect(facts.trustReports).toMatchObject([{ score: 0.64 }])
})

test('EX-SLI-01 five tasks that succeed and five that fail are five good and five bad', () => {
  const outcomes = Array.from({ length: 10 }, (_, nth) => {
    const facts = factsOf(anAgent(`top-${nth}`, 'bot', { isError: nth >= 5 }))
    return facts.tasks.map(({ outcome }) => outcome)
  })
  expect(outcomes.flat()).toEqual([...Array(5).fill('good'), ...Array(5).fill('bad')])
})

test('EX-SLI-02 ten tasks of 100 ms take 100 ms each', () => {
  const records = Array.from({ length: 10 }, (_, nth) =>
    anAgent(`top-${nth}`, 'bot', { at: nth * 1_000, for: 100 }),
  )
  const durations = factsOf(...records).tasks.map(({ startMs, endMs }) => endMs - startMs)
  expect(durations).toEqual(Array(10).fill(100))
})
