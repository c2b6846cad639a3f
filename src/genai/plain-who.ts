import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { ResourceView } from '../pdata/envelope.ts'
import { type Bounded, boundedName } from './bounded.ts'
import { precedence } from './precedence.ts'
import { ResourceReader, type ResourceSays } from './resource-reader.ts'
import { shortText } from './short-text.ts'
import { compileSources } from './sources.ts'
import type { Who } from './span-record.ts'
import { type IdentityAttributes, identityKeys } from './span-sources.ts'
import { Values } from './values.ts'

/** A log record or a data point. */
interface Item {
  readonly resource: ResourceView
  attributes(matcher: AttributeMatcher): AttributeSlots
}

/** Reads whose a log record or data point is; they name agents by few of the keys that spans use. */
export class PlainWho {
  readonly #sources: ReturnType<typeof sourcesFor>
  readonly #resources: ResourceReader
  readonly #bounded: Bounded
  readonly #values = new Values()
  #resourceIndex = -1
  #resource: ResourceSays | undefined

  constructor(identity: IdentityAttributes, bounded: Bounded) {
    this.#sources = sourcesFor(identity)
    this.#resources = new ResourceReader(identity)
    this.#bounded = bounded
  }

  /** A payload begins. */
  begin(): void {
    this.#resourceIndex = -1
  }

  of(item: Item): Who {
    const { matcher, of } = this.#sources
    const resource = this.#resourceOf(item)
    const values = this.#values.reset(item.attributes(matcher))
    const { identity } = resource
    const agent = values.text(of.identityAgent) ?? identity.agent ?? values.text(of.agentName)
    const environment = shortText(values.text(of.environment)) ?? resource.environment
    return {
      agent: boundedName(this.#bounded, 'agents', shortText(agent)),
      agentId: shortText(values.text(of.agentId)),
      agentVersion: boundedName(this.#bounded, 'versions', shortText(values.text(of.agentVersion))),
      service: boundedName(this.#bounded, 'services', resource.service),
      serviceVersion: boundedName(this.#bounded, 'versions', resource.serviceVersion),
      environment: this.#bounded('environments', environment ?? 'default'),
      organization:
        shortText(values.text(of.identityOrganization)) ?? identity.organization ?? 'default',
      team: shortText(values.text(of.identityTeam)) ?? identity.team,
    }
  }

  #resourceOf({ resource }: Item): ResourceSays {
    if (this.#resource === undefined || resource.index !== this.#resourceIndex) {
      this.#resourceIndex = resource.index
      this.#resource = this.#resources.read(resource)
    }
    return this.#resource
  }
}

function sourcesFor(identity: IdentityAttributes) {
  return compileSources({
    agentName: [...precedence.agentName, 'agent.did'],
    agentId: precedence.agentId,
    agentVersion: precedence.agentVersion,
    environment: precedence.environment,
    ...identityKeys(identity),
  })
}
