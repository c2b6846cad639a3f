import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LogSpec, readLogged, spanId, traceId, who } from './signals.fixture.ts'

const claude = {
  scope: 'com.anthropic.claude_code.events',
  service: 'claude-code',
  body: 'claude_code.api_request',
  attributes: {
    'event.name': 'api_request',
    'session.id': 'sess-a',
    model: 'claude-opus-4-6',
    input_tokens: '6',
    output_tokens: '420',
    cache_read_tokens: '18000',
    cache_creation_tokens: '1500',
    cost_usd: '0.0298',
    duration_ms: '9100',
    request_id: 'req_77',
  },
} satisfies LogSpec

test('5.17 a request of Claude Code is a call with its cost, known by the id of the request', () => {
  expect(readLogged(claude)?.record).toMatchObject({
    source: 'log',
    spanId: 'log:req_77',
    parentSpanId: '',
    startMs: 1767225600000 - 9100,
    endMs: 1767225600000,
    dialect: 'claude_code',
    operation: 'chat',
    isError: false,
    who,
    conversation: 'sess-a',
    call: {
      role: 'inference',
      provider: 'anthropic',
      requestModel: 'claude-opus-4-6',
      responseId: 'req_77',
      usage: {
        inputTokens: 19_506,
        outputTokens: 420,
        cacheReadTokens: 18_000,
        cacheWriteTokens: 1_500,
        basis: 'converted_from_exclusive',
      },
      reportedNanoUsd: 29_800_000,
    },
    tool: undefined,
  })
})

test('5.17 the name of the event is in the body, the attribute, or the field', () => {
  const { body: _, ...bare } = claude
  expect(readLogged(bare)?.event).toBe('claude_code.api_request')
  expect(readLogged({ ...bare, scope: 'x' })?.event).toBe('claude_code.api_request')
  expect(readLogged({ ...bare, service: 'x' })?.event).toBe('claude_code.api_request')
  expect(readLogged({ ...bare, eventName: 'claude_code.api_request', service: 'x' })).toBeDefined()
  expect(readLogged({ ...bare, scope: 'x', service: 'x' })).toBeUndefined()
})

test('a request without an id is known by its place in the session', () => {
  const { request_id: _, ...attributes } = claude.attributes
  const logged = readLogged({ ...claude, attributes: { ...attributes, 'event.sequence': 12 } })
  expect(logged?.record?.spanId).toBe('log:sess-a/12')
  expect(readLogged({ ...claude, attributes })?.record?.spanId).toBe('log:@1767225600000000000')
})

test('the result of a tool of Claude Code is a call of the tool', () => {
  const attributes = {
    'event.name': 'tool_result',
    tool_name: 'mcp__github__create_issue',
    tool_use_id: 'toolu_1',
    success: 'false',
    error: 'the whole text of an error',
    duration_ms: 40,
  }
  const logged = readLogged({ ...claude, body: 'claude_code.tool_result', attributes })
  expect(logged?.record).toMatchObject({
    operation: 'execute_tool',
    isError: true,
    errorType: 'tool_error',
    startMs: 1767225600000 - 40,
    call: undefined,
    tool: { tool: 'create_issue', server: 'github', callId: 'toolu_1', errorClass: 'tool' },
  })
  expect(JSON.stringify(logged)).not.toContain('whole text')
})

test('a tool that succeeded has no error, and one without a name is nothing', () => {
  const body = 'claude_code.tool_result'
  const attributes = { tool_name: 'Bash', success: 'true' }
  expect(readLogged({ ...claude, body, attributes })?.record).toMatchObject({
    isError: false,
    errorType: undefined,
    tool: { tool: 'Bash', errorClass: undefined },
  })
  expect(readLogged({ ...claude, body, attributes: { success: 'true' } })).toBeUndefined()
})

test.each([
  ['accept', 'config', 'allow', 'policy'],
  ['accept', 'user_permanent', 'allow', 'human'],
  ['reject', 'user_reject', 'deny', 'human'],
  ['reject', 'hook', 'deny', 'policy'],
])('a tool that Claude Code decides to %s by %s: %s by %s', (decision, source, expected, by) => {
  const body = 'claude_code.tool_decision'
  const attributes = { decision, source, tool_name: 'Bash', tool_use_id: 'toolu_1' }
  expect(readLogged({ ...claude, body, attributes })).toMatchObject({
    policy: { decision: expected, by, tool: 'Bash' },
    toolCallId: 'toolu_1',
    record: undefined,
  })
})

test('5.24 a verdict of pydantic-evals is about the span of its record', () => {
  const logged = readLogged({
    scope: 'pydantic-evals',
    eventName: 'gen_ai.evaluation.result',
    traceId,
    spanId,
    body: 'evaluation: task_completion=True',
    attributes: {
      'gen_ai.evaluation.name': 'task_completion',
      'gen_ai.evaluation.score.value': 1,
      'gen_ai.evaluation.score.label': 'pass',
      'gen_ai.evaluation.explanation': 'All steps done',
      'gen_ai.evaluation.target': 'planner',
      'gen_ai.evaluation.evaluator.version': '3',
      'gen_ai.evaluation.evaluator.source': '{"name":"LLMJudge","arguments":["complete?"]}',
    },
  })
  expect(logged?.verdict).toEqual({
    name: 'task_completion',
    score: 1,
    label: 'pass',
    isPassed: true,
    confidence: undefined,
    annotator: 'llm',
    evaluator: 'LLMJudge',
    evaluatorVersion: '3',
    responseId: undefined,
    scope: 'span',
    errorType: undefined,
    traceId,
    spanId,
  })
  expect(JSON.stringify(logged)).not.toContain('All steps done')
})

test('a verdict without a span is about its answer, else about its trace', () => {
  const eventName = 'gen_ai.evaluation.result'
  const attributes = { 'gen_ai.evaluation.name': 'Correctness' }
  expect(readLogged({ eventName, traceId, attributes })?.verdict?.scope).toBe('trace')
  const named = { ...attributes, 'gen_ai.response.id': 'resp_1' }
  expect(readLogged({ eventName, traceId, attributes: named })?.verdict).toMatchObject({
    scope: 'span',
    responseId: 'resp_1',
  })
  expect(readLogged({ eventName, traceId })).toBeUndefined()
})

test('the attribute event.name stands for the field of older records', () => {
  const attributes = {
    'event.name': 'gen_ai.evaluation.result',
    'gen_ai.evaluation.name': 'relevance',
  }
  expect(readLogged({ attributes })?.verdict?.name).toBe('relevance')
})

test('a guard of OpenLIT decides and judges', () => {
  const attributes = { 'guard.name': 'pii', 'guard.denied': true, 'guard.score': 0.9 }
  expect(readLogged({ eventName: 'guard.evaluation', traceId, spanId, attributes })).toMatchObject({
    policy: { policy: 'pii', decision: 'deny', by: 'guardrail' },
    verdict: { name: 'pii', isPassed: false, spanId },
  })
})

test('the details of an inference are a call below its span', () => {
  const logged = readLogged({
    eventName: 'gen_ai.client.inference.operation.details',
    traceId,
    spanId,
    attributes: {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.model': 'gemini-2.5-flash',
      'gen_ai.response.id': 'resp_9',
      'gen_ai.response.finish_reasons': ['STOP'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.input.messages': [['hello']],
    },
  })
  expect(logged?.record).toMatchObject({
    source: 'log',
    spanId: 'log:resp_9',
    parentSpanId: spanId,
    operation: 'chat',
    isError: false,
    call: {
      provider: 'gcp.gemini',
      responseId: 'resp_9',
      finishReasons: ['stop'],
      usage: { inputTokens: 100, outputTokens: 20 },
      reportedNanoUsd: undefined,
    },
  })
  expect(logged).toMatchObject({ traceId, spanId })
})

test('the scope of an event says whose way of counting it has', () => {
  const logged = readLogged({
    scope: 'gcp.vertex.agent',
    eventName: 'gen_ai.client.inference.operation.details',
    attributes: { 'gen_ai.usage.input_tokens': 5 },
  })
  expect(logged?.record).toMatchObject({ dialect: 'google_adk', scope: 'gcp.vertex.agent' })
})

test('an operation that nobody knows is no chat', () => {
  const eventName = 'gen_ai.client.inference.operation.details'
  const attributes = { 'gen_ai.operation.name': 'dream', 'error.type': 'timeout' }
  expect(readLogged({ eventName, spanId, traceId, attributes })?.record).toMatchObject({
    spanId: `log:${spanId}@1767225600000000000`,
    operation: 'other',
    isError: true,
    errorType: 'timeout',
  })
})

test('an exception of a call says why its span failed', () => {
  const eventName = 'gen_ai.client.operation.exception'
  const attributes = { 'exception.type': 'RateLimitError', 'exception.message': 'a text' }
  const logged = readLogged({ eventName, traceId, spanId, attributes })
  expect(logged).toMatchObject({ errorType: 'RateLimitError', spanId })
  expect(JSON.stringify(logged)).not.toContain('a text')
  expect(readLogged({ eventName, traceId, spanId })).toBeUndefined()
})

test('5.29 the audit log confirms what was decided', () => {
  const attributes = {
    'event.name': 'audit_entry',
    'agt.agent.id': 'a-1',
    'agt.audit.action': 'wire_transfer',
    'agt.audit.decision': 'deny',
    'agt.audit.reason': 'approval rejected',
  }
  expect(readLogged({ scope: 'agt.audit', body: 'audit', attributes })).toMatchObject({
    policy: { rule: 'wire_transfer', decision: 'deny', by: 'policy' },
  })
  expect(readLogged({ attributes: { 'event.name': 'audit_entry' } })).toBeUndefined()
})

test('an evaluation of a flag is a variant of the span around it', () => {
  const eventName = 'feature_flag.evaluation'
  const attributes = { 'feature_flag.key': 'model', 'feature_flag.result.variant': 'b' }
  expect(readLogged({ eventName, traceId, spanId, attributes })).toMatchObject({
    variants: { model: 'b' },
    spanId,
  })
  expect(readLogged({ eventName, attributes: { 'feature_flag.key': 'model' } })).toBeUndefined()
})

test.each([
  {},
  { body: 'GET /health' },
  { eventName: 'gen_ai.user.message' },
  { eventName: '__proto__' },
  { attributes: { 'event.name': 'api_request' } },
  { body: 'claude_code.user_prompt', service: 'claude-code' },
  { body: `claude_code.api_request${' '.repeat(200)}`, service: 'claude-code' },
] satisfies LogSpec[])('the record %j tells nothing', (spec) => {
  expect(readLogged(spec)).toBeUndefined()
})

test('whatever a request of Claude Code says, its call has a time and no impossible number', () => {
  const value = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean())
  const key = fc.constantFrom('input_tokens', 'cost_usd', 'duration_ms', 'request_id', 'ttft_ms')
  fc.assert(
    fc.property(fc.dictionary(key, value), (attributes) => {
      const record = readLogged({ ...claude, attributes })?.record
      expect(record?.startMs).toBeGreaterThanOrEqual(0)
      expect(record?.startMs).toBeLessThanOrEqual(record?.endMs ?? Number.NaN)
      expect(record?.call?.reportedNanoUsd ?? 0).toBeGreaterThanOrEqual(0)
      expect(record?.call?.usage?.inputTokens ?? 0).toBeGreaterThanOrEqual(0)
    }),
  )
})
