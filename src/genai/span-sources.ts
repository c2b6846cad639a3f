import { confidenceKeys } from './confidence.ts'
import { delegationKeys } from './delegation.ts'
import { evaluationKeys } from './evaluations.ts'
import { firstTokenKeys } from './first-token.ts'
import { canonicalKeys } from './normalize.ts'
import { policyKeys } from './policy.ts'
import { precedence } from './precedence.ts'
import { recognitionKeys } from './recognise.ts'
import { costKeys } from './reported-cost.ts'
import { compileSources, type Sources } from './sources.ts'
import { toolServerKeys } from './tool-name.ts'
import { handshakeKeys, type TrustScales, trustKeys } from './trust.ts'
import { usageKeys } from './usage/keys.ts'
import { variantKeys } from './variants.ts'

/** Attributes that a user names, asked before all that we know. */
export interface IdentityAttributes {
  readonly agent?: string | undefined
  readonly organization?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly conversation?: string | undefined
}

/** Sources of what a user names; without keys where nothing is named. */
export function identityKeys({
  agent,
  organization,
  team,
  user,
  conversation,
}: IdentityAttributes) {
  return {
    identityAgent: asList(agent),
    identityOrganization: asList(organization),
    identityTeam: asList(team),
    identityUser: asList(user),
    identityConversation: asList(conversation),
  }
}

function asList(key: string | undefined): readonly string[] {
  return key === undefined ? [] : [key]
}

/** What a user decides about where things are looked for. */
export interface SpanSourceOptions {
  readonly identity: IdentityAttributes
  readonly trustScales: TrustScales
  readonly confidenceAttribute: string
}

/** Everything that is read of a span, and where; one matcher finds it all in one pass. */
export function spanSources(options: SpanSourceOptions) {
  const trust: Readonly<Record<string, readonly string[]>> = trustKeys(options.trustScales)
  return compileSources({
    ...table(options),
    ...trust,
    recognition: recognitionKeys,
    canonical: canonicalKeys,
  })
}

export type SpanSources = Sources<keyof ReturnType<typeof table>>

function table({ identity, confidenceAttribute }: SpanSourceOptions) {
  return {
    ...precedence,
    ...usageKeys,
    ...costKeys,
    ...firstTokenKeys,
    ...policyKeys,
    ...delegationKeys,
    ...evaluationKeys,
    ...variantKeys,
    ...handshakeKeys,
    ...toolServerKeys,
    ...confidenceKeys(confidenceAttribute),
    ...identityKeys(identity),
    plainErrorType: ['error.type'],
  }
}
