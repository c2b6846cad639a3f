import type { PolicyDecision } from '../facts/fact.ts'

/** Longer texts are no decisions. */
const maxLength = 64

/** What a policy, guardrail or person decided; `undefined` for what is not understood. */
export function policyDecision(raw: string): PolicyDecision | undefined {
  if (raw.length > maxLength) return undefined
  return (
    decisions.get(raw) ??
    decisions.get(
      raw
        .trim()
        .toLowerCase()
        .replace(/[\s-]+/g, '_'),
    )
  )
}

/**
 * Sources: microsoft/agent-governance-toolkit (agent-sre tracing, agt.policy.action), the policy
 * attributes of Bedrock AgentCore, openai/openai-agents-python guardrails, Claude Code.
 */
const spellings: readonly (readonly [PolicyDecision, readonly string[]])[] = [
  ['allow', ['allow', 'allowed', 'permit', 'permitted', 'approve', 'approved']],
  ['allow', ['accept', 'accepted', 'true']],
  ['deny', ['deny', 'denied', 'block', 'blocked', 'reject', 'rejected', 'false']],
  ['deny', ['guardrail_intervened', 'tripwire_triggered', 'user_reject']],
  ['warn', ['warn', 'warned', 'warning', 'audit', 'log']],
  ['require_approval', ['require_approval', 'requires_approval', 'needs_approval', 'ask']],
  ['escalate', ['escalate', 'escalated']],
  ['transform', ['transform', 'transformed', 'redact', 'redacted', 'mask', 'masked']],
  ['transform', ['anonymize', 'anonymized']],
  ['simulate', ['simulate', 'simulated', 'dry_run']],
  ['error', ['error', 'failed']],
]

const decisions: ReadonlyMap<string, PolicyDecision> = new Map(
  spellings.flatMap(([decision, names]) => names.map((name) => [name, decision])),
)
