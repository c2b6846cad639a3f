import type { PolicyDecision } from '../facts/fact.ts'
import { policyDecision } from './policy-decision.ts'
import { policyPart } from './policy-part.ts'
import type { Source } from './sources.ts'
import type { PolicyPart, VerdictPart } from './span-record.ts'
import type { Values } from './values.ts'
import { verdictOf } from './verdict.ts'
import { isPassed, type VerdictRules } from './verdict-polarity.ts'

/** Where the event `guard.evaluation` of OpenLIT says what a guard found, and what it did. */
export const guardKeys = {
  guardName: ['guard.name', 'guard.validator'],
  guardVerdict: ['guard.verdict'],
  guardAction: ['guard.action'],
  guardDenied: ['guard.denied'],
  guardScore: ['guard.score'],
  guardClassification: ['guard.classification'],
  guardPhase: ['guard.phase'],
} as const satisfies Record<string, readonly string[]>

export type GuardSources = Readonly<Record<keyof typeof guardKeys, Source>>

/** What a guard did about an attempt. `openlit/openlit: sdk/python/src/openlit/semcov`. */
export function guardPolicy(values: Values, keys: GuardSources): PolicyPart {
  return policyPart({
    policy: values.text(keys.guardName),
    decision: decisionOf(values, keys),
    stage: values.text(keys.guardPhase),
    by: 'guardrail',
  })
}

/** What the guard found about the text; its score is the risk that it saw. */
export function guardVerdict(
  values: Values,
  keys: GuardSources,
  rules: VerdictRules,
): VerdictPart | undefined {
  const name = values.text(keys.guardName)
  if (name === undefined) return undefined
  const verdict = verdictOf(
    {
      name,
      score: values.number(keys.guardScore),
      label: values.text(keys.guardClassification) ?? values.text(keys.guardVerdict),
      evaluator: name,
    },
    rules,
  )
  const decision = decisionOf(values, keys)
  if (verdict === undefined) return undefined
  return { ...verdict, isPassed: passes(verdict, decision, rules) }
}

function passes(
  { name, score }: VerdictPart,
  decision: PolicyDecision | undefined,
  rules: VerdictRules,
): boolean | undefined {
  if (decision === 'error') return undefined
  if (decision !== undefined) return decision === 'allow'
  const asRisk = { ...rules, lowerIsBetter: new Map([[name, true]]) }
  return isPassed({ name, score, label: undefined }, asRisk)
}

/** `yes` says that the guard found what it looks for. */
const findings: ReadonlyMap<string, PolicyDecision> = new Map([
  ['yes', 'deny'],
  ['no', 'allow'],
  ['pass', 'allow'],
  ['fail', 'deny'],
])

function decisionOf(values: Values, keys: GuardSources): PolicyDecision | undefined {
  const isDenied = values.bool(keys.guardDenied)
  if (isDenied === true) return 'deny'
  const action = policyDecision(values.text(keys.guardAction) ?? '')
  if (action !== undefined) return action
  const verdict = values.text(keys.guardVerdict) ?? ''
  const found = findings.get(verdict.trim().toLowerCase()) ?? policyDecision(verdict)
  return found ?? (isDenied === false ? 'allow' : undefined)
}
