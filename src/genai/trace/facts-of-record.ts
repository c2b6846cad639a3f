import type {
  Delegation,
  Evaluation,
  Handshake,
  LlmCall,
  PolicyCheck,
  ToolCall,
  TrustReport,
} from '../../facts/fact.ts'
import type { Operation } from '../operation.ts'
import type { CallVerdict } from './call-verdict.ts'
import type { Handover } from './delegations.ts'
import { factBase, type Subject } from './fact-base.ts'
import { type PolicyVerdict, policyOutcome } from './policies.ts'
import type { ToolVerdict } from './tool-verdict.ts'
import type { PlacedVerdict } from './verdicts.ts'

/** The call of a model that a record reports. */
export function llmCall(
  subject: Subject,
  { call, notCounted, duplicateOf }: Pick<CallVerdict, 'call' | 'notCounted' | 'duplicateOf'>,
  purpose: LlmCall['purpose'] = 'task',
): LlmCall {
  const { record } = subject
  return {
    kind: 'llm_call',
    ...factBase(subject, 'reported'),
    operation: callOperation(record.operation),
    purpose,
    provider: call.provider,
    model: call.responseModel ?? call.requestModel,
    requestModel: call.requestModel,
    responseId: call.responseId,
    durationMs: record.endMs - record.startMs,
    timeToFirstTokenMs: call.timeToFirstTokenMs,
    finishReasons: call.finishReasons,
    errorType: record.errorType,
    usage: call.usage,
    reportedNanoUsd: call.reportedNanoUsd,
    notCounted,
    duplicateOf,
    replaces: undefined,
  }
}

function callOperation(operation: Operation): LlmCall['operation'] {
  switch (operation) {
    case 'chat':
    case 'completion':
    case 'embeddings':
    case 'rerank':
    case 'image':
    case 'speech':
      return operation
    case 'transcription':
      return 'speech'
    default:
      return 'other'
  }
}

export function toolCall(
  subject: Subject,
  { tool, outcome, errorType, notCounted }: ToolVerdict,
): ToolCall {
  const { record } = subject
  return {
    kind: 'tool_call',
    ...factBase(subject, 'status'),
    tool: tool.tool,
    server: tool.server,
    callId: tool.callId,
    durationMs: record.endMs - record.startMs,
    outcome,
    errorType,
    errorClass: tool.errorClass,
    argumentsHash: tool.argumentsHash,
    notCounted,
    replaces: undefined,
  }
}

export function delegation(
  subject: Subject,
  { from, to, mode, isReported }: Omit<Handover, 'index' | 'caller'>,
): Delegation {
  return {
    kind: 'delegation',
    ...factBase(subject, isReported ? 'reported' : 'status'),
    from,
    to,
    mode,
  }
}

/** A decision of governance; one that repeats another counts for nothing. */
export function policyCheck(subject: Subject, { policy, isCounted }: PolicyVerdict): PolicyCheck {
  return {
    kind: 'policy_check',
    ...factBase(subject, 'reported'),
    policy: policy.policy,
    rule: policy.rule,
    decision: policy.decision,
    outcome: isCounted ? policyOutcome(policy) : 'ignored',
    isEnforced: policy.isEnforced,
    stage: policy.stage,
    tool: policy.tool,
    by: policy.by,
    replaces: undefined,
  }
}

/**
 * A verdict, as a fact of the span that was judged.
 *
 * @param subject the span that was judged where it is known, else the one that carries the verdict
 */
export function evaluation(
  subject: Subject,
  { verdict, traceId, spanId, atMs }: Omit<PlacedVerdict, 'carrier' | 'target'>,
): Evaluation {
  return {
    kind: 'evaluation',
    ...factBase(subject, 'judged'),
    traceId,
    spanId,
    atMs,
    name: verdict.name,
    score: verdict.score,
    label: verdict.label,
    isPassed: verdict.isPassed,
    confidence: verdict.confidence,
    annotator: verdict.annotator,
    evaluator: verdict.evaluator,
    evaluatorVersion: verdict.evaluatorVersion,
    responseId: verdict.responseId,
    scope: verdict.scope,
    errorType: verdict.errorType,
  }
}

export function trustReports(subject: Subject): TrustReport[] {
  const score = subject.record.trust?.score
  if (score === undefined) return []
  return [{ kind: 'trust_report', ...factBase(subject, 'reported'), score }]
}

export function handshakes(subject: Subject): Handshake[] {
  const isSuccess = subject.record.trust?.isHandshakeSuccess
  if (isSuccess === undefined) return []
  return [{ kind: 'handshake', ...factBase(subject, 'reported'), isSuccess }]
}
