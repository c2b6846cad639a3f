import type { PolicyDecision } from '../facts/fact.ts'
import { labelText, shortText } from './short-text.ts'
import type { PolicyPart } from './span-record.ts'

/** What a sender says of a decision. */
export interface PolicySaying extends Partial<Omit<PolicyPart, 'isEnforced'>> {
  readonly decision: PolicyDecision | undefined
  /** The engine only writes down what it would have done. */
  readonly isLogOnly?: boolean
}

/** A decision as it is kept; who decided is `policy` unless told. */
export function policyPart(saying: PolicySaying): PolicyPart {
  const { decision, isLogOnly = false } = saying
  return {
    policy: shortText(saying.policy),
    rule: shortText(saying.rule),
    decision,
    isEnforced: !isLogOnly && decision !== 'warn' && decision !== 'simulate',
    stage: labelText(saying.stage),
    tool: shortText(saying.tool),
    by: saying.by ?? 'policy',
  }
}

/** The gravest first: what a span with several decisions is remembered by. */
const gravity: readonly (PolicyDecision | undefined)[] = [
  'deny',
  'error',
  'require_approval',
  'escalate',
  'transform',
  'warn',
  'simulate',
  'allow',
  undefined,
]

/** The graver of two decisions of one span, the first of two that are alike. */
export function graverPolicy(
  a: PolicyPart | undefined,
  b: PolicyPart | undefined,
): PolicyPart | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return gravity.indexOf(b.decision) < gravity.indexOf(a.decision) ? b : a
}
