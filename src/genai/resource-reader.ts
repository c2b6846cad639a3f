import type { ResourceView } from '../pdata/envelope.ts'
import { resourcePrecedence } from './precedence.ts'
import { resourceKeys } from './scope-dialect.ts'
import { shortText } from './short-text.ts'
import { compileSources, type Source } from './sources.ts'
import { type IdentityAttributes, identityKeys } from './span-sources.ts'
import { Values } from './values.ts'

/** What a resource says of all spans, records and points in it. */
export interface ResourceSays {
  readonly service: string | undefined
  readonly serviceVersion: string | undefined
  readonly environment: string | undefined
  /** By the configured attributes. */
  readonly identity: IdentityAttributes
  /** An attribute that tells a dialect. */
  hint(key: string): string | undefined
}

/** Reads resources: once for all that is in them. */
export class ResourceReader {
  readonly #sources: ReturnType<typeof sourcesFor>
  readonly #hints: ReadonlyMap<string, Source>
  readonly #values = new Values()

  constructor(identity: IdentityAttributes) {
    this.#sources = sourcesFor(identity)
    const hints = resourceKeys.map((key) => [key, oneKey(key, this.#sources)] as const)
    this.#hints = new Map(hints)
  }

  read(resource: ResourceView): ResourceSays {
    const { matcher, of } = this.#sources
    const values = this.#values.reset(resource.attributes(matcher))
    const name = (source: Source) => shortText(values.text(source))
    const hints = new Map<string, string>()
    for (const [key, source] of this.#hints) {
      const value = values.text(source)
      if (value !== undefined) hints.set(key, value)
    }
    return {
      service: name(of.serviceName),
      serviceVersion: name(of.serviceVersion) ?? name(of.release) ?? name(of.revision),
      environment: name(of.environment),
      identity: {
        agent: name(of.identityAgent),
        organization: name(of.identityOrganization),
        team: name(of.identityTeam),
        user: name(of.identityUser),
        conversation: name(of.identityConversation),
      },
      hint: (key) => hints.get(key),
    }
  }
}

function sourcesFor(identity: IdentityAttributes) {
  return compileSources({
    ...resourcePrecedence,
    ...identityKeys(identity),
    hints: resourceKeys,
  })
}

function oneKey(key: string, { matcher }: ReturnType<typeof sourcesFor>): Source {
  return { name: key, keys: [key], slots: [matcher.slotOf(key)], place: -1 }
}
