import type { FactBase, Task, ToolCall } from '../../src/facts/fact.ts'

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
