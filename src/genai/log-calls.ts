import type { Usage } from '../facts/fact.ts'
import type { DialectName } from './dialect.ts'
import { finishReasons } from './finish-reason.ts'
import type { LogContext, LogParts } from './log-reading.ts'
import { logRecord } from './log-record.ts'
import { memo } from './memo.ts'
import type { Operation } from './operation.ts'
import { precedence } from './precedence.ts'
import { providerOf } from './provider.ts'
import { nanoUsdOf } from './reported-cost.ts'
import { dialectOfScope } from './scope-dialect.ts'
import { shortText } from './short-text.ts'
import type { Source } from './sources.ts'
import type { CallPart } from './span-record.ts'
import { toolErrorClass } from './tool-error.ts'
import { splitToolName } from './tool-name.ts'
import { usageKeys } from './usage/keys.ts'
import { normalise } from './usage/normalise.ts'
import { readUsageSet } from './usage/read-usage-set.ts'

/** Where events that report calls of models and tools say what they do. */
export const logCallKeys = {
  ...usageKeys,
  callOperation: ['gen_ai.operation.name'],
  callProvider: ['gen_ai.provider.name', 'gen_ai.system'],
  callRequestModel: ['gen_ai.request.model', 'model'],
  callResponseModel: ['gen_ai.response.model'],
  callResponseId: ['gen_ai.response.id', 'request_id'],
  callFinishReasons: ['gen_ai.response.finish_reasons', 'stop_reason'],
  callErrorType: ['error.type'],
  callConversation: precedence.conversation,
  callUser: precedence.user,
  callCostUsd: ['cost_usd'],
  callDurationMs: ['duration_ms'],
  callFirstTokenMs: ['ttft_ms'],
  sequence: ['event.sequence'],
  toolName: precedence.toolName,
  toolCallId: precedence.toolCallId,
  toolSuccess: ['success'],
  toolErrorType: ['error_type', 'error.type'],
} as const satisfies Record<string, readonly string[]>

export type LogCallSources = Readonly<Record<keyof typeof logCallKeys, Source>>

/** One answer of Claude Code's API: what its span has, and what it cost. */
export function claudeRequest(log: LogContext): LogParts {
  const { record, values, keys, who } = log
  const call = callPart(log, 'claude_code')
  return {
    record: logRecord(record, who, {
      id: call.responseId ?? numberedEvent(log),
      durationMs: values.number(keys.callDurationMs),
      dialect: 'claude_code',
      operation: 'chat',
      isError: false,
      conversation: conversationOf(log),
      user: userOf(log),
      call,
    }),
  }
}

/** One tool that Claude Code ran. What it says of an error is text; the type alone is kept. */
export function claudeToolResult(log: LogContext): LogParts | undefined {
  const { record, values, keys, who } = log
  const tool = shortText(values.text(keys.toolName))
  if (tool === undefined) return undefined
  const callId = shortText(values.text(keys.toolCallId))
  const isError = values.bool(keys.toolSuccess) === false
  const said = shortText(values.text(keys.toolErrorType))
  const errorType = isError ? (said ?? 'tool_error') : undefined
  return {
    record: logRecord(record, who, {
      id: callId ?? numberedEvent(log),
      durationMs: values.number(keys.callDurationMs),
      dialect: 'claude_code',
      operation: 'execute_tool',
      isError,
      errorType,
      conversation: conversationOf(log),
      user: userOf(log),
      tool: {
        ...splitToolName(tool),
        callId,
        errorClass: errorType === undefined ? undefined : toolErrorClass(errorType),
        argumentsHash: undefined,
        layer: 'framework',
        requestId: undefined,
      },
    }),
  }
}

/** All of one inference, as the conventions have it beside a span or instead of one. */
export function inferenceDetails(log: LogContext): LogParts {
  const { record, values, keys, who } = log
  const dialect = dialectOf(record.scope.name())
  const call = callPart(log, dialect)
  const errorType = shortText(values.text(keys.callErrorType))
  return {
    record: logRecord(record, who, {
      id: call.responseId,
      durationMs: undefined,
      dialect,
      operation: operations.get(values.text(keys.callOperation) ?? '') ?? 'other',
      isError: errorType !== undefined,
      errorType,
      conversation: conversationOf(log),
      user: userOf(log),
      call,
    }),
  }
}

const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['chat', 'chat'],
  ['generate_content', 'chat'],
  ['text_completion', 'completion'],
  ['embeddings', 'embeddings'],
])

/** Who writes the event, since emitters count tokens in their own ways. */
const dialectOf: (scope: string) => DialectName = memo(
  (scope) => dialectOfScope(scope, () => undefined).dialect ?? 'otel',
)

function callPart(log: LogContext, dialect: DialectName): CallPart {
  const { values, keys } = log
  const requestModel = shortText(values.text(keys.callRequestModel))
  const responseModel = shortText(values.text(keys.callResponseModel))
  const model = responseModel ?? requestModel
  const provider = providerOf(values.text(keys.callProvider), model)
  return {
    role: 'inference',
    provider,
    requestModel,
    responseModel,
    responseId: shortText(values.text(keys.callResponseId)),
    usage: usageOf(log, dialect, provider, model),
    reportedNanoUsd: nanoUsdIn(log),
    finishReasons: finishReasons(values.view(keys.callFinishReasons)),
    timeToFirstTokenMs: notNegative(values.number(keys.callFirstTokenMs)),
    isCachedReplay: false,
    isGateway: false,
  }
}

function usageOf(
  { record, values, keys }: LogContext,
  dialect: DialectName,
  provider: string | undefined,
  model: string | undefined,
): Usage | undefined {
  const scope = record.scope.name()
  const set = readUsageSet(values, keys, { dialect, scope, hasOpenInference: false })
  if (set === undefined) return undefined
  const scopeVersion = record.scope.version()
  return normalise(set, { dialect, scope, scopeVersion, provider, model })
}

/** What Claude Code numbers the records of a session by. */
function numberedEvent({ values, keys }: LogContext): string | undefined {
  const session = values.text(keys.callConversation)
  const sequence = values.number(keys.sequence)
  return session === undefined || sequence === undefined ? undefined : `${session}/${sequence}`
}

export function conversationOf({ values, keys }: LogContext): string | undefined {
  return shortText(values.text(keys.callConversation))
}

function userOf({ values, keys }: LogContext): string | undefined {
  return shortText(values.text(keys.callUser))
}

function nanoUsdIn({ values, keys }: LogContext): number | undefined {
  const usd = values.number(keys.callCostUsd)
  return usd === undefined ? undefined : nanoUsdOf(usd)
}

function notNegative(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined
}
