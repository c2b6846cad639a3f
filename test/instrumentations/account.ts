import type { Known } from './facts.ts'
import type { Served } from './script.ts'
import { supportBot } from './support-bot.ts'

/** What both the product and the server can tell of some runs of the support bot. */
export interface Account {
  readonly calls: readonly Call[]
  readonly tools: readonly Tool[]
  readonly tasks: readonly Run[]
}

/** A call of the model; what the telemetry does not say is `undefined`. */
export interface Call {
  readonly model: string | undefined
  readonly requestModel: string | undefined
  readonly provider: string | undefined
  readonly responseId: string | undefined
  readonly finishReasons: readonly string[]
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly cacheReadTokens: number | undefined
  readonly cacheWriteTokens: number | undefined
  readonly reasoningTokens: number | undefined
}

export interface Tool {
  readonly tool: string
  readonly callId: string | undefined
  readonly outcome: string
}

export interface Run {
  readonly agent: string
  readonly outcome: string
  readonly llmCalls: number
  readonly toolCalls: number
  readonly failedToolCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly incompleteCalls: number
}

/** Of a call that says nothing about tokens. */
export const noTokens = {
  inputTokens: undefined,
  outputTokens: undefined,
  cacheReadTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
}

/** What the product says, with no call that another span reports too. */
export function accountOf({ calls, toolCalls, tasks }: Known): Account {
  return {
    calls: calls
      .filter((it) => it.notCounted === undefined)
      .map(({ model, requestModel, provider, responseId, finishReasons, usage }) => ({
        model,
        requestModel,
        provider,
        responseId,
        finishReasons,
        inputTokens: usage?.inputTokens,
        outputTokens: usage?.outputTokens,
        cacheReadTokens: usage?.cacheReadTokens,
        cacheWriteTokens: usage?.cacheWriteTokens,
        reasoningTokens: usage?.reasoningTokens,
      })),
    tools: toolCalls
      .filter((it) => it.notCounted === undefined)
      .map(({ tool, callId, outcome }) => ({ tool, callId, outcome })),
    tasks: tasks.map((it) => ({
      agent: it.agent,
      outcome: it.outcome,
      llmCalls: it.llmCalls,
      toolCalls: it.toolCalls,
      failedToolCalls: it.failedToolCalls,
      inputTokens: it.inputTokens,
      outputTokens: it.outputTokens,
      cacheReadTokens: it.cacheReadTokens,
      incompleteCalls: it.incompleteCalls,
    })),
  }
}

/**
 * What it has to say of one run in which the server served all that it served.
 *
 * @param call what the telemetry of each call does not say, or says otherwise
 */
export function accountFor(
  served: readonly Served[],
  call: Partial<Call> = {},
  tool: Partial<Tool> = {},
): Account {
  const calls = served.map((it) => ({ ...callOf(it), ...call }))
  const tools = served.flatMap(toolsOf).map((it) => ({ ...it, ...tool }))
  const sum = (of: (call: Call) => number | undefined) =>
    calls.reduce((total, it) => total + (of(it) ?? 0), 0)
  const run = {
    agent: supportBot.name,
    outcome: 'good',
    llmCalls: calls.length,
    toolCalls: tools.length,
    failedToolCalls: 0,
    inputTokens: sum((it) => it.inputTokens),
    outputTokens: sum((it) => it.outputTokens),
    cacheReadTokens: sum((it) => it.cacheReadTokens),
    incompleteCalls: calls.filter((it) => it.outputTokens === undefined).length,
  }
  return { calls, tools, tasks: [run] }
}

function callOf({ api, model, requestModel, responseId, toolUses, tokens }: Served): Call {
  return {
    model,
    requestModel,
    provider: api === 'messages' ? 'anthropic' : 'openai',
    responseId,
    finishReasons: [toolUses.length > 0 ? 'tool_call' : 'stop'],
    ...tokens,
  }
}

function toolsOf({ toolUses }: Served): Tool[] {
  return toolUses.map(({ id, name }) => ({ tool: name, callId: id, outcome: 'good' }))
}
