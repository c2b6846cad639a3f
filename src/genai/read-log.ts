import type { LogView } from '../pdata/logs.ts'
import { readResult } from './evaluations.ts'
import { guardPolicy, guardVerdict } from './guard-event.ts'
import { claudeRequest, claudeToolResult, conversationOf, inferenceDetails } from './log-calls.ts'
import { eventNameOf } from './log-event.ts'
import { logMatcher, logSources } from './log-keys.ts'
import type { LogContext, LogParts, LogReading } from './log-reading.ts'
import { eventMs } from './log-record.ts'
import { policyDecision } from './policy-decision.ts'
import { policyPart } from './policy-part.ts'
import { shortText } from './short-text.ts'
import type { VerdictPart, Who } from './span-record.ts'
import { splitToolName } from './tool-name.ts'
import { Values } from './values.ts'
import { noVariants, readFlag, VariantSet } from './variants.ts'
import type { VerdictRules } from './verdict-polarity.ts'

export interface LogOptions {
  readonly rules: VerdictRules
  /** Whose record it is, as for a span. */
  readonly whoOf: (record: LogView) => Who
}

/**
 * What an event of the log tells of agents; `undefined` for every other record, which costs a look at
 * its name. Sources: `open-telemetry/semantic-conventions-genai: docs/gen-ai`,
 * `microsoft/agent-governance-toolkit: agent-governance-python/agent-os/src/agent_os`,
 * `open-feature/js-sdk-contrib: libs/hooks/open-telemetry`, Claude Code's monitoring page.
 */
export function readLog(record: LogView, { rules, whoOf }: LogOptions): LogReading | undefined {
  const event = eventNameOf(record)
  const read = readers.get(event)
  if (read === undefined) return undefined
  const who = whoOf(record)
  const log = { record, values: values.reset(record.attributes(logMatcher)), keys, who, rules }
  const parts = read(log)
  return parts === undefined ? undefined : { ...readingOf(log, event), ...parts }
}

const values = new Values()
const keys = logSources

function readingOf(log: LogContext, event: string): LogReading {
  const { record, who } = log
  return {
    event,
    traceId: record.traceIdHex(),
    spanId: record.spanIdHex(),
    atMs: eventMs(record),
    who,
    conversation: conversationOf(log),
    record: undefined,
    verdict: undefined,
    policy: undefined,
    toolCallId: undefined,
    errorType: undefined,
    variants: noVariants,
  }
}

/** How one kind of event is read; `undefined` when it lacks what it is about. */
type Reader = (log: LogContext) => LogParts | undefined

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['gen_ai.evaluation.result', evaluation],
  ['guard.evaluation', guard],
  ['gen_ai.client.inference.operation.details', inferenceDetails],
  ['gen_ai.client.operation.exception', exception],
  ['claude_code.api_request', claudeRequest],
  ['claude_code.tool_result', claudeToolResult],
  ['claude_code.tool_decision', toolDecision],
  ['audit_entry', audit],
  ['feature_flag.evaluation', flag],
])

function evaluation({ record, rules }: LogContext): LogParts | undefined {
  const verdict = readResult(values, keys, rules)
  return verdict === undefined ? undefined : { verdict: aboutSpanOf(record, verdict) }
}

/** An event without a span judges the whole trace, unless it names an answer. */
function aboutSpanOf(record: LogView, verdict: VerdictPart): VerdictPart {
  const traceId = record.traceIdHex()
  const spanId = record.spanIdHex()
  const isOfTrace = traceId !== '' && spanId === '' && verdict.responseId === undefined
  return { ...verdict, traceId, spanId, scope: isOfTrace ? 'trace' : verdict.scope }
}

function guard({ record, rules }: LogContext): LogParts {
  const verdict = guardVerdict(values, keys, rules)
  return {
    policy: guardPolicy(values, keys),
    verdict: verdict === undefined ? undefined : aboutSpanOf(record, verdict),
  }
}

function exception(): LogParts | undefined {
  const errorType = shortText(values.text(keys.exceptionType))
  return errorType === undefined ? undefined : { errorType }
}

/** The span of the tool waits for the same decision, `claude_code.tool.blocked_on_user`. */
function toolDecision(): LogParts {
  const isHuman = values.text(keys.toolDecisionSource)?.startsWith('user_') === true
  const tool = values.text(keys.toolName)
  return {
    policy: policyPart({
      decision: policyDecision(values.text(keys.toolDecision) ?? ''),
      tool: tool === undefined ? undefined : splitToolName(tool).tool,
      by: isHuman ? 'human' : 'policy',
    }),
    toolCallId: shortText(values.text(keys.toolCallId)),
  }
}

/** The audit log of the governance toolkit repeats what its spans decided. */
function audit(): LogParts | undefined {
  const decision = values.text(keys.auditDecision)
  if (decision === undefined) return undefined
  return {
    policy: policyPart({
      policy: values.text(keys.auditPolicy),
      rule: values.text(keys.auditAction),
      decision: policyDecision(decision),
    }),
  }
}

function flag(): LogParts | undefined {
  const variants = new VariantSet()
  readFlag(values, keys, variants)
  const record = variants.toRecord()
  return record === noVariants ? undefined : { variants: record }
}
