import type { FactBase, LlmCall, Task, ToolCall, Usage } from '../../src/facts/fact.ts'

const base: FactBase = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  atMs: 1_767_225_601_000,
  evidence: 'status',
  revision: 0,
  agent: 'support-bot',
  agentVersion: undefined,
  environment: 'default',
  service: 'support-bot',
  organization: 'default',
  team: undefined,
  user: undefined,
  conversation: undefined,
  task: undefined,
  weight: 1,
  exclusion: undefined,
}

/** A task of a second that went well, but for what is given. */
export function aTask(what: Partial<Task> = {}): Task {
  return {
    ...base,
    kind: 'task',
    name: undefined,
    workflow: undefined,
    startMs: base.atMs - 1_000,
    endMs: base.atMs,
    outcome: 'good',
    errorType: undefined,
    finishReason: undefined,
    depth: 0,
    llmCalls: 0,
    toolCalls: 0,
    failedToolCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    reportedNanoUsd: undefined,
    incompleteCalls: 0,
    variants: {},
    isTruncated: false,
    ...what,
  }
}

/** A call of a tool that went well, but for what is given. */
export function aToolCall(what: Partial<ToolCall> = {}): ToolCall {
  return {
    ...base,
    kind: 'tool_call',
    tool: 'search',
    server: undefined,
    callId: undefined,
    durationMs: 100,
    outcome: 'good',
    errorType: undefined,
    errorClass: undefined,
    argumentsHash: undefined,
    notCounted: undefined,
    replaces: undefined,
    ...what,
  }
}

/** A call of a model that counts, but for what is given. */
export function anLlmCall(what: Partial<LlmCall> = {}): LlmCall {
  return {
    ...base,
    kind: 'llm_call',
    operation: 'chat',
    purpose: 'task',
    provider: 'openai',
    model: 'gpt-5',
    requestModel: 'gpt-5',
    responseId: undefined,
    durationMs: 1_000,
    timeToFirstTokenMs: undefined,
    finishReasons: ['stop'],
    errorType: undefined,
    usage: aUsage(),
    reportedNanoUsd: undefined,
    notCounted: undefined,
    duplicateOf: undefined,
    replaces: undefined,
    ...what,
  }
}

/** 100 tokens in and 10 out, but for what is given. */
export function aUsage(what: Partial<Usage> = {}): Usage {
  return {
    inputTokens: 100,
    outputTokens: 10,
    cacheReadTokens: undefined,
    cacheWriteTokens: undefined,
    cacheWrite1hTokens: undefined,
    reasoningTokens: undefined,
    audioInputTokens: undefined,
    audioOutputTokens: undefined,
    basis: 'reported_inclusive',
    ...what,
  }
}
