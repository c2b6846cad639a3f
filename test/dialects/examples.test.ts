import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Usage } from '../../src/facts/fact.ts'
import { splitJoined } from '../../src/genai/content/decode.ts'
import { retrievedDocuments } from '../../src/genai/content/documents.ts'
import { logMessages } from '../../src/genai/content/log-messages.ts'
import type { Message, Part, Role } from '../../src/genai/content/message.ts'
import {
  inputMessages,
  outputMessages,
  systemInstructions,
} from '../../src/genai/content/messages.ts'
import { toolResult } from '../../src/genai/content/tool-call-content.ts'
import { listedTools, offeredTools } from '../../src/genai/content/tool-definitions.ts'
import { settled } from '../../src/genai/trace/settled.ts'
import {
  example,
  fromLogs,
  fromSpan,
  onlySpan,
  readingOf,
  recordOf,
  sent,
  spanId,
  textOf,
  traceId,
} from './example.fixture.ts'
import { furtherSpans } from './further-spans.fixture.ts'
import { understood } from './understood.fixture.ts'

test('5.1: OTel GenAI from 1.40 on, inclusive cache, tool call, tool schemas', async () => {
  const it = example(1)
  const chat = spanId(1, 1)
  const facts = await understood(...sent(it))

  const call = facts.at('llm_call', chat)
  expect(call).toMatchObject({
    operation: 'chat',
    notCounted: undefined,
    provider: 'openai',
    requestModel: 'gpt-4.1',
    model: 'gpt-4.1-2025-04-14',
    responseId: 'chatcmpl-1',
    usage: { inputTokens: 1200, cacheReadTokens: 1024, outputTokens: 90, reasoningTokens: 0 },
    finishReasons: ['tool_call'],
    timeToFirstTokenMs: 410,
    conversation: 'conv-7',
  })
  expect(uncached(call.usage)).toBe(176)
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([{ name: 'get_order', schemaKnown: true }])
  expect(fromSpan(it, chat, inputMessages).messages).toEqual([said('user', 'Where is order 42?')])
  expect(fromSpan(it, chat, outputMessages).messages).toMatchObject([
    { parts: [aCall('call_1', 'get_order', { id: '42' })] },
  ])
})

test('5.2: OTel 1.26/1.27 legacy names and content span events', async () => {
  const it = example(2)
  const chat = spanId(2, 1)
  const facts = await understood(...sent(it))

  expect(facts.at('llm_call', chat)).toMatchObject({
    operation: 'chat',
    provider: 'openai',
    model: 'gpt-4o-2024-05-13',
    finishReasons: ['stop'],
    usage: {
      inputTokens: 20,
      outputTokens: 7,
      cacheReadTokens: undefined,
      cacheWriteTokens: undefined,
      reasoningTokens: undefined,
    },
  })
  expect(fromSpan(it, chat, inputMessages)).toMatchObject({
    messages: [said('user', 'hi')],
    source: 'span_event',
  })
  expect(fromSpan(it, chat, outputMessages)).toMatchObject({
    messages: [said('assistant', 'hello')],
    source: 'span_event',
  })
})

test('5.3: OTel contrib botocore, exclusive input, cache lost, messages as logs', async () => {
  const it = example(3)
  const chat = spanId(3, 1)
  const facts = await understood(...sent(it))

  expect(facts.at('llm_call', chat)).toMatchObject({
    operation: 'chat',
    provider: 'aws.bedrock',
    usage: { inputTokens: 12, outputTokens: 210, basis: 'lower_bound' },
    finishReasons: ['stop'],
  })
  const joined = fromLogs(it, (record) => ({ spanId: record.spanIdHex(), ...logMessages(record) }))
  expect(joined).toMatchObject([
    { spanId: chat, input: [said('user', 'Summarise the contract')] },
    {
      spanId: chat,
      output: [{ ...said('assistant', 'The contract …'), finishReason: 'end_turn' }],
    },
  ])
})

test('5.4: OpenInference LLM of the Python Anthropic instrumentation, flattened', async () => {
  const it = example(4)
  const chat = spanId(4, 1)
  const facts = await understood(...sent(it))

  const call = facts.at('llm_call', chat)
  expect(call).toMatchObject({
    operation: 'chat',
    provider: 'anthropic',
    requestModel: 'claude-sonnet-4-5',
    model: 'claude-sonnet-4-5-20250929',
    usage: {
      inputTokens: 2100,
      cacheReadTokens: 1800,
      cacheWriteTokens: 200,
      outputTokens: 35,
      basis: 'reported_inclusive',
    },
    conversation: 's-1',
    user: 'u-9',
  })
  expect(uncached(call.usage)).toBe(100)
  expect(fromSpan(it, chat, systemInstructions).messages).toEqual([
    said('system', 'You are terse.'),
  ])
  expect(fromSpan(it, chat, outputMessages).messages).toMatchObject([
    { parts: [aCall('toolu_1', 'weather', { city: 'Rome' })] },
  ])
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([
    { name: 'weather', inputSchema: { properties: { city: { type: 'string' } } } },
  ])
})

test('5.5: OpenInference Bedrock Converse, exclusive, proved by arithmetic', async () => {
  const facts = await understood(...sent(example(5)))

  expect(facts.at('llm_call', spanId(5, 1))).toMatchObject({
    provider: 'aws.bedrock',
    usage: {
      inputTokens: 3015,
      cacheReadTokens: 3000,
      outputTokens: 100,
      basis: 'converted_from_exclusive',
    },
  })
})

test('5.6: OpenLLMetry legacy with OpenAI', async () => {
  const it = example(6)
  const chat = spanId(6, 1)
  const facts = await understood(...sent(it))

  expect(facts.at('llm_call', chat)).toMatchObject({
    operation: 'chat',
    provider: 'openai',
    usage: { inputTokens: 61, cacheReadTokens: 0, outputTokens: 16 },
    finishReasons: ['tool_call'],
    conversation: 's-2',
  })
  expect(recordOf(it, chat).workflow).toBe('math')
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([{ name: 'calc', schemaKnown: true }])
  expect(fromSpan(it, chat, outputMessages).messages).toMatchObject([
    { parts: [aCall('call_9', 'calc', { expr: '2+2' })] },
  ])
})

test('5.7: OpenLLMetry CrewAI, the cumulative agent span is not counted', async () => {
  const it = example(7)
  const [workflow, agent, chat] = [spanId(7, 1), spanId(7, 2), spanId(7, 3)]
  const facts = await understood(...sent(it))

  expect(recordOf(it, workflow).operation).toBe('invoke_workflow')
  expect(recordOf(it, agent)).toMatchObject({
    operation: 'invoke_agent',
    who: { agent: 'Researcher' },
  })
  expect(facts.at('llm_call', agent).notCounted).toBe('cumulative')
  expect(facts.of('llm_call').filter((call) => call.spanId === workflow)).toEqual([])
  expect(facts.counted).toMatchObject([
    { spanId: chat, operation: 'chat', usage: { inputTokens: 300, outputTokens: 80 } },
  ])
  expect(facts.of('task')).toMatchObject([
    { spanId: workflow, llmCalls: 1, inputTokens: 300, outputTokens: 80 },
  ])
})

test('5.8: Vercel AI SDK 5 with Anthropic: raw is exclusive, the wrapper repeats', async () => {
  const it = example(8)
  const [agent, chat, tool] = [spanId(8, 1), spanId(8, 2), spanId(8, 3)]
  const facts = await understood(...sent(it))

  expect(recordOf(it, agent)).toMatchObject({
    operation: 'invoke_agent',
    who: { agent: 'support-bot' },
  })
  expect(facts.counted).toMatchObject([
    {
      spanId: chat,
      operation: 'chat',
      provider: 'anthropic',
      usage: {
        inputTokens: 4008,
        cacheReadTokens: 4000,
        outputTokens: 55,
        basis: 'converted_from_exclusive',
      },
      agent: 'support-bot',
      user: 'u1',
      conversation: 's9',
    },
  ])
  expect(facts.at('llm_call', agent).notCounted).toBe('wrapper')
  expect(facts.of('tool_call')).toMatchObject([
    { spanId: tool, tool: 'lookup', callId: 'toolu_7', outcome: 'good', notCounted: undefined },
  ])
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([{ name: 'lookup' }])
  expect(fromSpan(it, tool, toolResult).value).toEqual({ ok: true })
  expect(facts.of('task')).toMatchObject([
    { agent: 'support-bot', user: 'u1', conversation: 's9', inputTokens: 4008, toolCalls: 1 },
  ])
})

test('5.9: Vercel AI SDK 7, scope gen_ai', async () => {
  const it = example(9)
  const chat = spanId(9, 3)
  const facts = await understood(...sent(it))

  expect(facts.counted).toMatchObject([
    {
      spanId: chat,
      usage: { inputTokens: 900, cacheReadTokens: 512, outputTokens: 120 },
      timeToFirstTokenMs: 800,
      agent: 'support-bot',
    },
  ])
  expect(facts.of('task')).toMatchObject([{ inputTokens: 900, outputTokens: 120 }])
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([
    { name: 'lookup', inputSchema: { type: 'object' }, schemaKnown: true },
    { name: 'mcp', type: 'provider', providerToolId: 'openai.mcp', schemaKnown: false },
  ])
})

test('5.10: pydantic-ai, aggregated usage on the agent, cost on chat, failed tool', async () => {
  const it = example(10)
  const [agent, chat, tool] = [spanId(10, 1), spanId(10, 2), spanId(10, 3)]
  const facts = await understood(...sent(it))

  expect(facts.counted).toMatchObject([
    {
      spanId: chat,
      usage: { inputTokens: 500, cacheReadTokens: 100, outputTokens: 50 },
      reportedNanoUsd: 1_650_000,
    },
  ])
  expect(facts.of('tool_call')).toMatchObject([
    { spanId: tool, tool: 'search', callId: 'call_2', outcome: 'bad', errorClass: 'arguments' },
  ])
  expect(facts.of('task')).toMatchObject([
    {
      spanId: agent,
      agent: 'planner',
      reportedNanoUsd: 1_650_000,
      inputTokens: 500,
      failedToolCalls: 1,
    },
  ])
  expect(recordOf(it, agent).who.agentId).toBeUndefined()
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([{ name: 'search' }])
})

test('5.11: MCP tools/list with its whole result, Logfire', async () => {
  const it = example(11)
  const list = spanId(11, 1)
  const facts = await understood(...sent(it))

  expect(recordOf(it, list)).toMatchObject({ operation: 'mcp_request', call: undefined })
  expect(textOf(it, list, 'rpc.method')).toBe('tools/list')
  expect(fromSpan(it, list, listedTools)).toMatchObject({
    tools: [
      {
        name: 'add',
        inputSchema: { properties: { a: { type: 'integer' }, b: { type: 'integer' } } },
        outputSchema: { type: 'object' },
      },
    ],
    isComplete: true,
  })
  expect(facts.countedTools).toEqual([])
})

test('5.12: one tool call seen four times, framework to FastMCP server, isError', async () => {
  const it = example(12)
  const [tool, client, server, fast] = [1, 2, 3, 4].map((place) => spanId(12, place))
  const facts = await understood(...sent(it))

  expect(facts.countedTools).toMatchObject([
    {
      spanId: tool,
      tool: 'weather',
      callId: 'call_5',
      outcome: 'bad',
      errorType: 'tool_error',
      server: 'weather-srv',
    },
  ])
  const repeated = facts.of('tool_call').filter((call) => call.notCounted !== undefined)
  expect(repeated).toMatchObject([
    { spanId: client, notCounted: 'mcp_request' },
    { spanId: server, notCounted: 'mcp_request' },
    { spanId: fast, notCounted: 'mcp_request' },
  ])
  const records = [tool, client, server, fast].map((id) => recordOf(it, id ?? ''))
  expect(settled({ traceId: traceId(12), records }).mcpRequests).toBe(1)
})

test('5.13: LangSmith exporter, misleading operation names and Python repr', async () => {
  const it = example(13)
  const [prompt, retriever, chat] = [spanId(13, 1), spanId(13, 2), spanId(13, 3)]
  const facts = await understood(...sent(it))

  expect(recordOf(it, prompt)).toMatchObject({ operation: 'prompt_render', call: undefined })
  expect(recordOf(it, retriever)).toMatchObject({ operation: 'retrieval', call: undefined })
  expect(fromSpan(it, retriever, retrievedDocuments).documents).toMatchObject([
    { content: 'Rome is …' },
  ])
  expect(facts.of('llm_call')).toMatchObject([
    {
      spanId: chat,
      operation: 'chat',
      notCounted: undefined,
      usage: { inputTokens: 150, cacheReadTokens: 128, outputTokens: 20, reasoningTokens: 0 },
      finishReasons: ['stop'],
      conversation: 't-1',
    },
  ])
  const tags = textOf(it, chat, 'langsmith.span.tags')
  expect(splitJoined(tags ?? '')).toEqual(['prod', 'v2'])
})

test('5.14: old Google ADK, all in blobs, thoughts outside candidates', async () => {
  const it = example(14)
  const [chat, merged] = [spanId(14, 1), spanId(14, 2)]
  const facts = await understood(...sent(it))

  expect(facts.of('llm_call')).toMatchObject([
    {
      spanId: chat,
      operation: 'chat',
      provider: 'gcp.gemini',
      usage: { inputTokens: 300, outputTokens: 84, reasoningTokens: 64 },
      conversation: 'sess-3',
    },
  ])
  expect(readingOf(it, merged).kind).toBe('noise')
  expect(facts.of('tool_call')).toEqual([])
  expect(fromSpan(it, chat, offeredTools)).toMatchObject([
    {
      name: 'get_time',
      inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
    },
  ])
})

test('5.15: AWS Strands, exclusive input, lifetime totals on the agent, TTFT in ms', async () => {
  const it = example(15)
  const [agent, chat] = [spanId(15, 1), spanId(15, 2)]
  const facts = await understood(...sent(it))

  expect(facts.counted).toMatchObject([
    {
      spanId: chat,
      operation: 'chat',
      provider: 'aws.bedrock',
      usage: {
        inputTokens: 2088,
        cacheReadTokens: 2048,
        outputTokens: 110,
        basis: 'converted_from_exclusive',
      },
      timeToFirstTokenMs: 870,
      finishReasons: ['tool_call'],
    },
  ])
  expect(facts.at('llm_call', agent).notCounted).toBe('cumulative')
  expect(fromSpan(it, chat, outputMessages).messages).toMatchObject([
    { parts: [aCall('tu_1', 'calc', { e: '12*7' })] },
  ])
})

test('5.16: Agent Framework with Gemini, reasoning not in output, reasons as JSON', async () => {
  const facts = await understood(...sent(example(16)))

  expect(facts.at('llm_call', spanId(16, 1))).toMatchObject({
    finishReasons: ['stop'],
    usage: { inputTokens: 80, outputTokens: 230, reasoningTokens: 200 },
  })
})

test('5.17: Claude Code, span and log of the same request', async () => {
  const [chat, blocked] = [spanId(17, 1), spanId(17, 2)]
  const facts = await understood(...sent(example(17)))

  expect(facts.counted).toMatchObject([
    {
      spanId: chat,
      operation: 'chat',
      usage: {
        inputTokens: 19506,
        cacheReadTokens: 18000,
        cacheWriteTokens: 1500,
        outputTokens: 420,
        basis: 'converted_from_exclusive',
      },
      reportedNanoUsd: 29_800_000,
      timeToFirstTokenMs: 1300,
      finishReasons: ['tool_call'],
      conversation: 'sess-a',
    },
  ])
  expect(uncached(facts.counted[0]?.usage)).toBe(6)
  expect(facts.of('delegation')).toMatchObject([{ from: 'main', to: 'sub-1' }])
  expect(facts.at('policy_check', blocked)).toMatchObject({ decision: 'deny', by: 'human' })
  expect(facts.of('tool_call')).toEqual([])
})

test('5.17: the log tells of the same call where it knows no trace', async () => {
  const { traces, logs } = example(17)
  const alone = JSON.parse(JSON.stringify(logs).replaceAll(traceId(17), ''))
  const facts = await understood(...sent({ traces }), { body: alone })

  expect(facts.counted).toMatchObject([
    {
      spanId: spanId(17, 1),
      usage: { inputTokens: 19506, outputTokens: 420 },
      reportedNanoUsd: 29_800_000,
    },
  ])
})

test('5.18: Logfire Claude Agent SDK, usage only on the root', async () => {
  const [agent, chat] = [spanId(18, 1), spanId(18, 2)]
  const facts = await understood(...sent(example(18)))

  expect(facts.counted).toMatchObject([
    {
      spanId: agent,
      usage: { inputTokens: 9000, cacheReadTokens: 8000, outputTokens: 700 },
      reportedNanoUsd: 21_000_000,
    },
  ])
  expect(facts.at('llm_call', chat)).toMatchObject({ notCounted: 'duplicate', usage: undefined })
})

test('5.19: a handoff in three dialects', async () => {
  const it = example(19)
  const places = [1, 2, 3].map((place) => spanId(19, place))
  for (const handoff of places) {
    expect(recordOf(it, handoff).operation).toBe('delegation')
    const facts = await understood({ body: onlySpan(it, handoff) })
    expect(facts.of('delegation')).toMatchObject([
      { spanId: handoff, from: 'Triage', to: 'Billing', mode: 'pass_control' },
    ])
    expect(facts.of('tool_call')).toEqual([])
  }
})

test('5.19: the agent that follows a handoff is one step deeper', async () => {
  const it = example(19)
  const triage = spanId(19, 11)
  const run = furtherSpans(
    {
      ...{ traceId: traceId(19), spanId: triage, name: 'invoke_agent Triage', seconds: [0, 9] },
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Triage' },
    },
    {
      ...{ traceId: traceId(19), spanId: spanId(19, 12), parentSpanId: triage },
      ...{ name: 'invoke_agent Billing', seconds: [5, 8] },
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'Billing' },
    },
  )
  for (const place of [1, 2, 3]) {
    const handoff = onlySpan(it, spanId(19, place), triage)
    const facts = await understood({ body: handoff }, { body: run })
    expect(facts.of('delegation')).toHaveLength(1)
    expect(facts.of('task')).toMatchObject([{ agent: 'Triage', depth: 1 }])
  }
})

test('5.20: Langfuse SDK generation, disjoint buckets, doubly quoted time', async () => {
  const it = example(20)
  const generation = spanId(20, 1)
  const facts = await understood(...sent(it))

  expect(facts.at('llm_call', generation)).toMatchObject({
    operation: 'chat',
    model: 'gpt-4o',
    usage: { inputTokens: 1000, cacheReadTokens: 900, outputTokens: 30 },
    reportedNanoUsd: 4_000_000,
    timeToFirstTokenMs: 1000,
    environment: 'prod',
    agentVersion: 'v12',
    conversation: 's1',
    user: 'u1',
  })
  expect(recordOf(it, generation).workflow).toBe('qa')
  expect(fromSpan(it, generation, inputMessages).messages).toEqual([said('user', 'hi')])
  expect(fromSpan(it, generation, outputMessages).messages).toEqual([said('assistant', 'hello')])
})

test('5.21: LiteLLM proxy and its client, one response id in two traces', async () => {
  const it = example(21)
  const [proxy, raw, client] = [spanId(21, 1), spanId(21, 2), spanId(21, 3)]
  const facts = await understood(...sent(it))

  expect(facts.counted).toMatchObject([
    {
      traceId: traceId(21, 1),
      spanId: proxy,
      provider: 'anthropic',
      model: 'claude-sonnet-4-5-20250929',
      usage: { inputTokens: 5010, cacheReadTokens: 5000, outputTokens: 60 },
      reportedNanoUsd: 3_100_000,
      team: 'team-a',
      finishReasons: ['stop'],
    },
  ])
  expect(facts.at('llm_call', client)).toMatchObject({
    notCounted: 'duplicate',
    duplicateOf: `${traceId(21, 1)}/${proxy}`,
  })
  expect(facts.counted.filter((call) => call.spanId === raw)).toEqual([])
})

test('5.21: the same where both spans are of one trace', async () => {
  const it = example(21)
  const [proxy, client] = [spanId(21, 1), spanId(21, 3)]
  const text = JSON.stringify(it.traces).replaceAll(traceId(21, 2), traceId(21, 1))
  const facts = await understood({ body: JSON.parse(text) })

  expect(facts.counted).toMatchObject([
    {
      spanId: proxy,
      model: 'claude-sonnet-4-5-20250929',
      usage: { inputTokens: 5010, cacheReadTokens: 5000, outputTokens: 60 },
      reportedNanoUsd: 3_100_000,
    },
  ])
  expect(facts.at('llm_call', client).duplicateOf).toBe(`${traceId(21, 1)}/${proxy}`)
})

test('5.22: AgentCore gateway and policy, a denial by Cedar', async () => {
  const it = example(22)
  const gateway = spanId(22, 1)
  const facts = await understood(...sent(it))

  expect(facts.of('policy_check').filter((check) => check.outcome !== 'ignored')).toMatchObject([
    {
      spanId: gateway,
      decision: 'deny',
      outcome: 'bad',
      isEnforced: true,
      tool: 'create_payout',
      policy: 'payout_admin_only',
      by: 'policy',
    },
  ])
  expect(recordOf(it, gateway).tool).toMatchObject({ tool: 'create_payout', server: 'hr-db' })
  expect(facts.countedTools).toEqual([])
})

test('5.23: Agent-SRE conventions, task, delegation, policy and trust', async () => {
  const it = example(23)
  const [task, delegation, policy, chat] = [1, 2, 3, 4].map((place) => spanId(23, place))
  const facts = await understood(...sent(it))

  expect(facts.of('task')).toMatchObject([
    {
      spanId: task,
      name: 'book_trip',
      outcome: 'good',
      evidence: 'reported',
      agent: 'did:web:planner',
    },
  ])
  expect(facts.of('trust_report')).toMatchObject([{ spanId: task, score: 0.92 }])
  expect(facts.of('delegation')).toMatchObject([
    { spanId: delegation, from: 'did:web:planner', to: 'did:web:flights' },
  ])
  expect(facts.of('policy_check')).toMatchObject([
    { spanId: policy, policy: 'spend_limit', decision: 'allow', outcome: 'good' },
  ])
  expect(facts.counted).toMatchObject([
    {
      spanId: chat,
      operation: 'chat',
      provider: 'openai',
      model: 'gpt-4o',
      usage: { inputTokens: 10, outputTokens: 2 },
    },
  ])
})

test('5.24: an evaluation verdict as OTLP log decides over the task of example 10', async () => {
  const agent = spanId(10, 1)
  const before = await understood(...sent(example(10)))
  const facts = await understood(...sent(example(10)), ...sent(example(24)))

  expect(facts.of('evaluation')).toMatchObject([
    {
      traceId: traceId(10),
      spanId: agent,
      name: 'task_completion',
      score: 1,
      isPassed: true,
      annotator: 'llm',
      evaluator: 'LLMJudge',
      evaluatorVersion: '3',
    },
  ])
  expect(before.of('task')).toMatchObject([{ outcome: 'good', evidence: 'status' }])
  expect(facts.of('task')).toMatchObject([{ outcome: 'good', evidence: 'judged' }])
})

test('5.25: a later OpenInference annotation, link to its target, inverted polarity', async () => {
  const evaluator = spanId(25, 1)
  const judge = furtherSpans({
    ...{ traceId: traceId(25), spanId: spanId(25, 2), parentSpanId: evaluator },
    ...{ name: 'chat gpt-5', seconds: [0, 1] },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 700,
      'gen_ai.usage.output_tokens': 20,
    },
  })
  const facts = await understood(...sent(example(25)), { body: judge })

  expect(facts.of('evaluation')).toMatchObject([
    {
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'a1a1a1a1a1a1a1a1',
      name: 'hallucination',
      score: 1,
      label: 'hallucinated',
      isPassed: false,
      annotator: 'llm',
      evaluator: 'judge-v2',
    },
  ])
  expect(facts.of('llm_call')).toMatchObject([
    { spanId: spanId(25, 2), task: undefined, purpose: 'evaluation' },
  ])
  expect(facts.of('task')).toEqual([])
})

test('5.26: canary dimensions of resource, flag event and agent version', async () => {
  const it = example(26)
  const facts = await understood(...sent(it))

  expect(facts.of('task')).toMatchObject([
    {
      agent: 'checkout',
      agentVersion: '2.4.0-rc1',
      service: 'shop-agent',
      environment: 'staging',
      variants: { 'checkout-model': 'b', prompt: 'candidate' },
    },
  ])
  expect(recordOf(it, spanId(26, 1)).who.serviceVersion).toBe('1.9.3')
})

test('5.27: MLflow, every value JSON-encoded', async () => {
  const it = example(27)
  const chat = spanId(27, 1)
  const facts = await understood(...sent(it))

  expect(facts.at('llm_call', chat)).toMatchObject({
    operation: 'chat',
    model: 'gpt-4o-mini',
    provider: 'openai',
    usage: { inputTokens: 9, outputTokens: 3 },
    finishReasons: ['stop'],
  })
  expect(fromSpan(it, chat, inputMessages).messages).toEqual([said('user', 'hi')])
  expect(fromSpan(it, chat, outputMessages).messages).toMatchObject([
    { role: 'assistant', parts: [{ kind: 'text', content: 'hey' }] },
  ])
})

test('5.28: OpenLIT Anthropic, exclusive although total is input and output', async () => {
  const facts = await understood(...sent(example(28)))

  expect(facts.at('llm_call', spanId(28, 1))).toMatchObject({
    provider: 'anthropic',
    usage: {
      inputTokens: 2030,
      cacheReadTokens: 2000,
      outputTokens: 40,
      basis: 'converted_from_exclusive',
    },
    reportedNanoUsd: 690_000,
    timeToFirstTokenMs: 520,
    environment: 'prod',
  })
})

test('5.29: AGT policy, approval and audit log are one episode', async () => {
  const [policy, approval, trust] = [spanId(29, 1), spanId(29, 2), spanId(29, 3)]
  const facts = await understood(...sent(example(29)))

  const checks = facts.of('policy_check')
  expect(checks.filter((check) => check.outcome !== 'ignored')).toMatchObject([
    {
      spanId: policy,
      decision: 'deny',
      outcome: 'bad',
      isEnforced: true,
      stage: 'pre_tool',
      policy: 'finance',
      rule: 'wire_transfer',
      by: 'human',
    },
  ])
  expect(facts.at('policy_check', approval).outcome).toBe('ignored')
  expect(facts.of('trust_report')).toMatchObject([{ spanId: trust, score: 0.64 }])
})

test('every example is there', () => {
  const files = readdirSync(join(import.meta.dirname, 'examples')).toSorted()
  const numbers = Array.from({ length: 29 }, (_, at) => String(at + 1).padStart(2, '0'))
  expect(files).toEqual(numbers.map((number) => `5.${number}.json`))
})

function said(role: Role, content: string): Message {
  return { role, name: undefined, parts: [{ kind: 'text', content }], finishReason: undefined }
}

function aCall(id: string, name: string, args: Readonly<Record<string, string>>): Part {
  return { kind: 'tool_call', id, name, arguments: args }
}

/** Tokens that were neither read from a cache nor written to it. */
function uncached(usage: Usage | undefined): number | undefined {
  if (usage?.inputTokens === undefined) return undefined
  return usage.inputTokens - (usage.cacheReadTokens ?? 0) - (usage.cacheWriteTokens ?? 0)
}
