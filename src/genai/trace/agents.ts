import type { Exclusion } from '../../facts/fact.ts'
import type { SpanRecord } from '../span-record.ts'
import { none, type TraceTree } from './tree.ts'

/** For whom a span worked: what it says itself, and otherwise what the spans around it say. */
export interface Identity {
  readonly agent: string | undefined
  readonly agentVersion: string | undefined
  readonly conversation: string | undefined
  readonly user: string | undefined
  readonly workflow: string | undefined
  readonly organization: string
  readonly team: string | undefined
  readonly exclusion: Exclusion | undefined
}

/** Stands for an organization that nobody told. */
const defaultOrganization = 'default'

/** The identities of all records, by index. */
export function identitiesOf({ records, parents, order }: TraceTree): readonly Identity[] {
  const identities: Identity[] = new Array(records.length)
  for (const index of order) {
    const record = records[index]
    const parent = parents[index] ?? none
    if (record === undefined) continue
    identities[index] = identityOf(record, parent === none ? undefined : identities[parent])
  }
  return identities
}

/** The identity of one record below another; `above` is absent at the top. */
export function identityOf(record: SpanRecord, above: Identity | undefined): Identity {
  const { who, conversation, user, workflow, exclusion } = record
  return {
    agent: who.agent ?? above?.agent,
    agentVersion: versionOf(record, above),
    conversation: conversation ?? above?.conversation,
    user: user ?? above?.user,
    workflow: workflow ?? above?.workflow,
    organization:
      who.organization === defaultOrganization
        ? (above?.organization ?? defaultOrganization)
        : who.organization,
    team: who.team ?? above?.team,
    exclusion: exclusion ?? above?.exclusion,
  }
}

/** The version goes with the agent: the one of another agent, or of its service, says nothing. */
function versionOf({ who }: SpanRecord, above: Identity | undefined): string | undefined {
  if (who.agentVersion !== undefined) return who.agentVersion
  const isSameAgent = who.agent === undefined || who.agent === above?.agent
  if (isSameAgent && above?.agentVersion !== undefined) return above.agentVersion
  return who.agent !== undefined || above?.agent === undefined ? who.serviceVersion : undefined
}
