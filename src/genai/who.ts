import { type Bounded, boundedName } from './bounded.ts'
import type { ReadSpan } from './read-span.ts'
import type { ResourceSays } from './resource-reader.ts'
import { shortText } from './short-text.ts'
import { nameAfter } from './span-name.ts'
import type { Who } from './span-record.ts'

/** What one span after another says of who it is of; neighbours mostly say the same. */
export class WhoReader {
  readonly #bounded: Bounded
  #last: Who | undefined

  constructor(bounded: Bounded) {
    this.#bounded = bounded
  }

  read(read: ReadSpan, resource: ResourceSays): Who {
    const who = this.#who(read, resource)
    if (this.#last !== undefined && isSame(this.#last, who)) return this.#last
    this.#last = who
    return who
  }

  #who(read: ReadSpan, resource: ResourceSays): Who {
    const { values, at } = read
    const { identity } = resource
    const environment = shortText(values.text(at.environment)) ?? resource.environment ?? 'default'
    return {
      agent: boundedName(this.#bounded, 'agents', agentOf(read, resource)),
      agentId: shortText(values.text(at.agentId)),
      agentVersion: boundedName(this.#bounded, 'versions', versionOf(read)),
      service: boundedName(this.#bounded, 'services', resource.service),
      serviceVersion: boundedName(this.#bounded, 'versions', resource.serviceVersion),
      environment: this.#bounded('environments', environment),
      organization:
        shortText(values.text(at.identityOrganization)) ?? identity.organization ?? 'default',
      team:
        shortText(values.text(at.identityTeam)) ?? identity.team ?? shortText(values.text(at.team)),
    }
  }
}

/** The name of the agent, from what the user names down to the node of a graph. */
function agentOf({ values, at, recognition, span }: ReadSpan, resource: ResourceSays) {
  const { dialect, operation } = recognition
  const isAgent = operation === 'invoke_agent' || operation === 'create_agent'
  return shortText(
    values.text(at.identityAgent) ??
      resource.identity.agent ??
      values.text(at.agentName) ??
      (values.text(at.entityKind) === 'agent' ? values.text(at.entityName) : undefined) ??
      (dialect === 'vercel' ? values.text(at.functionId) : undefined) ??
      (isAgent && dialect !== 'vercel' ? nameAfter(span.name(), operation) : undefined) ??
      values.text(at.agentNode) ??
      (isAgent && dialect === 'langfuse' ? span.name() : undefined) ??
      values.text(at.executor) ??
      values.text(at.agentDid),
  )
}

function versionOf({ values, at }: ReadSpan): string | undefined {
  const kind = values.text(at.entityKind)
  return shortText(
    values.text(at.agentVersion) ??
      (kind === 'agent' || kind === 'workflow' ? values.text(at.entityVersion) : undefined),
  )
}

function isSame(a: Who, b: Who): boolean {
  return (
    a.agent === b.agent &&
    a.agentId === b.agentId &&
    a.agentVersion === b.agentVersion &&
    a.service === b.service &&
    a.serviceVersion === b.serviceVersion &&
    a.environment === b.environment &&
    a.organization === b.organization &&
    a.team === b.team
  )
}
