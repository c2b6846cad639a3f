import type { Fact } from '../../facts/fact.ts'
import type { SpanRecord } from '../span-record.ts'
import { identityOf } from './agents.ts'
import { callAlone } from './call-verdict.ts'
import { handoverAlone } from './delegations.ts'
import type { Subject } from './fact-base.ts'
import {
  delegation,
  evaluation,
  handshakes,
  llmCall,
  policyCheck,
  toolCall,
  trustReports,
} from './facts-of-record.ts'
import { policyAlone } from './policies.ts'
import { type SettledTrace, settled } from './settled.ts'
import { toolAlone } from './tool-verdict.ts'
import { aboutOf } from './verdicts.ts'

/** All facts of one trace, kind by kind, each kind by time and then by span. */
export function factsOfTrace(trace: SettledTrace): readonly Fact[] {
  const facts = settled(trace)
  return [
    ...facts.tasks,
    ...facts.calls,
    ...facts.toolCalls,
    ...facts.delegations,
    ...facts.policyChecks,
    ...facts.evaluations,
    ...facts.predictions,
    ...facts.trustReports,
    ...facts.handshakes,
  ]
}

/**
 * What is known as soon as one span is read. Its trace may correct it when it has settled; tasks and
 * what became of predictions are known only then.
 */
export function factsOfRecord(record: SpanRecord, traceId: string): readonly Fact[] {
  const { who, verdicts, trust } = record
  const identity = identityOf(record, undefined)
  const subject: Subject = { traceId, record, who, identity, task: undefined }
  const facts: Fact[] = []
  const call = callAlone(record)
  if (call !== undefined) facts.push(llmCall(subject, call))
  const tool = toolAlone(record)
  if (tool !== undefined) facts.push(toolCall(subject, tool))
  const handover = handoverAlone(record)
  if (handover !== undefined) facts.push(delegation(subject, { ...handover, isReported: true }))
  const policy = policyAlone(record, traceId)
  if (policy !== undefined) facts.push(policyCheck(subject, policy))
  for (const verdict of verdicts) {
    const about = aboutOf(record, verdict, traceId)
    facts.push(evaluation(subject, { verdict, ...about, atMs: record.endMs }))
  }
  if (trust !== undefined) facts.push(...trustReports(subject), ...handshakes(subject))
  return facts
}
