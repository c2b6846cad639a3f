import { confidenceKeys } from '../src/genai/confidence.ts'
import { delegationKeys } from '../src/genai/delegation.ts'
import { evaluationKeys } from '../src/genai/evaluations.ts'
import { firstTokenKeys } from '../src/genai/first-token.ts'
import { policyKeys } from '../src/genai/policy.ts'
import { precedence, resourcePrecedence } from '../src/genai/precedence.ts'
import { costKeys } from '../src/genai/reported-cost.ts'
import { toolServerKeys } from '../src/genai/tool-name.ts'
import { defaultTrustScales, handshakeKeys } from '../src/genai/trust.ts'
import { usageKeys } from '../src/genai/usage/keys.ts'
import { variantKeys } from '../src/genai/variants.ts'

/** A table of attribute keys, as the page shows it. */
export interface KeyTable {
  readonly title: string
  /** Sources in which the rows have their remarks. */
  readonly files: readonly string[]
  /** Stands before the names of rows in `origins`. */
  readonly prefix?: string
  readonly keys: Readonly<Record<string, readonly string[]>>
}

/** Every table in which values are looked for. */
export const keyTables: readonly KeyTable[] = [
  {
    title: 'Named in the configuration of `genai`',
    files: [],
    keys: {
      identityAgent: ['identity.agent'],
      identityOrganization: ['identity.organization'],
      identityTeam: ['identity.team'],
      identityUser: ['identity.user'],
      identityConversation: ['identity.conversation'],
    },
  },
  {
    title: 'On spans',
    files: ['src/genai/precedence.ts'],
    keys: { ...precedence, plainErrorType: ['error.type'] },
  },
  {
    title: 'On resources',
    files: ['src/genai/precedence.ts'],
    prefix: 'resource.',
    keys: resourcePrecedence,
  },
  { title: 'Tokens', files: ['src/genai/usage/keys.ts'], keys: usageKeys },
  { title: 'Reported cost', files: ['src/genai/reported-cost.ts'], keys: costKeys },
  { title: 'First token', files: ['src/genai/first-token.ts'], keys: firstTokenKeys },
  { title: 'Servers of tools', files: ['src/genai/tool-name.ts'], keys: toolServerKeys },
  { title: 'Hand-overs', files: ['src/genai/delegation.ts'], keys: delegationKeys },
  {
    title: 'Policies and guardrails',
    files: ['src/genai/policy.ts', 'src/genai/guardrail.ts'],
    keys: policyKeys,
  },
  { title: 'Verdicts', files: ['src/genai/evaluations.ts'], keys: evaluationKeys },
  {
    title: 'Trust',
    files: ['src/genai/trust.ts'],
    keys: { trust: Object.keys(defaultTrustScales), ...handshakeKeys },
  },
  { title: 'Stated confidence', files: [], keys: confidenceKeys() },
  { title: 'Variants', files: ['src/genai/variants.ts'], keys: variantKeys },
]
