import type { Evidence, FactBase } from '../../facts/fact.ts'
import type { SpanRecord, Who } from '../span-record.ts'
import type { Identity } from './agents.ts'

/** A record with all that its facts say of who acted. */
export interface Subject {
  readonly traceId: string
  readonly record: SpanRecord
  /** Where it ran: its own, or that of the agent who made the call. */
  readonly who: Who
  readonly identity: Identity
  /** Id of its task, once that is known. */
  readonly task: string | undefined
}

/** The name that SDKs give a service whose name nobody told. */
export const unknownService = 'unknown_service'

/** What every fact about a record carries. The emitter gives revisions. */
export function factBase(
  { traceId, record, who, identity, task }: Subject,
  evidence: Evidence,
): FactBase {
  return {
    traceId,
    spanId: record.spanId,
    atMs: record.endMs,
    evidence,
    revision: 0,
    agent: identity.agent ?? who.service ?? unknownService,
    agentVersion: identity.agentVersion,
    environment: who.environment,
    service: who.service,
    organization: identity.organization,
    team: identity.team,
    user: identity.user,
    conversation: identity.conversation,
    task,
    weight: record.weight,
    exclusion: identity.exclusion,
  }
}
