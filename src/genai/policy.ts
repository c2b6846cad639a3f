import type { PolicyDecision } from '../facts/fact.ts'
import type { EventView } from '../pdata/span-parts.ts'
import { decodeView } from './content/decode.ts'
import { isList, isObject, type Json } from './content/json.ts'
import { guardKeys, guardPolicy } from './guard-event.ts'
import { guardrailKeys, readGuardrail } from './guardrail.ts'
import { isInference, type Operation } from './operation.ts'
import { policyDecision } from './policy-decision.ts'
import { policyPart } from './policy-part.ts'
import { precedence } from './precedence.ts'
import { compileSources, type Source } from './sources.ts'
import type { PolicyPart } from './span-record.ts'
import { splitToolName } from './tool-name.ts'
import { Values } from './values.ts'

/** Where decisions of governance are looked for on a span. */
export const policyKeys = {
  policyName: ['agent.policy.name', 'agt.policy.name', 'policy.name'],
  policyRule: ['agt.policy.rule'],
  /** The last two are words of everybody, read on spans of policy checks alone. */
  policyDecision: [
    'agent.policy.decision',
    'agt.policy.action',
    'agt.approval.outcome',
    'policy.decision',
    'policy.result',
    'decision',
  ],
  /** JSON that holds the decision in the older conventions of Agent-SRE. */
  policyOutput: ['agent.sre.span.output'],
  policyStage: ['agt.policy.stage'],
  policyTool: precedence.toolName,
  /** There when somebody was asked. */
  approvalOutcome: ['agt.approval.outcome'],
  /** Who decided about a tool of Claude Code: `config`, `hook`, or `user_…`. */
  decisionSource: ['source'],
  authorization: ['aws.agentcore.policy.authorization_decision'],
  determiningPolicies: ['aws.agentcore.policy.determining_policies'],
  /** `ENFORCE` or `LOG_ONLY`. */
  policyMode: ['aws.agentcore.gateway.policy.mode'],
  ...guardrailKeys,
} as const satisfies Record<string, readonly string[]>

export type PolicySources = Readonly<Record<keyof typeof policyKeys, Source>>

/** What decides which kind of decision a span may have. */
export interface CheckedSpan {
  readonly operation: Operation
  readonly name: string | undefined
  readonly isError: boolean
  readonly errorType: string | undefined
  readonly provider: string | undefined
  /** Canonical, as on a call. */
  readonly finishReasons: readonly string[]
}

/**
 * The decision that a span reports about something that was attempted. A filter of what may be seen
 * (`AgentCore.Policy.PartiallyAuthorizeActions`) is none. Sources: `microsoft/agent-governance-toolkit:
 * agent-governance-python`, the AWS guide to AgentCore's policy spans, Claude Code's monitoring page.
 */
export function readPolicy(
  values: Values,
  keys: PolicySources,
  span: CheckedSpan,
): PolicyPart | undefined {
  if (isInference(span.operation)) return contentFilter(span)
  if (values.has(keys.authorization)) return authorization(values, keys, span)
  switch (span.operation) {
    case 'policy_check':
      return check(values, keys, span)
    case 'guardrail':
      return readGuardrail(values, keys, span)
    default:
      return values.has(keys.guardrailTriggered) ? readGuardrail(values, keys, span) : undefined
  }
}

/** The decision in an event of a span, about what the span did. */
export function readPolicyEvent(name: string, event: EventView): PolicyPart | undefined {
  if (name !== 'guard.evaluation') return undefined
  eventValues.reset(event.attributes(guards.matcher))
  return guardPolicy(eventValues, guards.of)
}

const eventValues = new Values()
const guards = compileSources(guardKeys)

/** A model's own filter stopped the answer. */
function contentFilter({ finishReasons, provider }: CheckedSpan): PolicyPart | undefined {
  if (!finishReasons.includes('content_filter')) return undefined
  return policyPart({ policy: provider, decision: 'deny', by: 'content_filter' })
}

/** What a gateway allowed; the span of the tool and that of its policy engine both say it. */
function authorization(
  values: Values,
  keys: PolicySources,
  span: CheckedSpan,
): PolicyPart | undefined {
  if (span.name?.startsWith('AgentCore.Policy.Partially')) return undefined
  return policyPart({
    policy: firstPolicy(values, keys),
    decision: policyDecision(values.text(keys.authorization) ?? ''),
    isLogOnly: values.text(keys.policyMode) === 'LOG_ONLY',
    tool: toolOf(values, keys),
  })
}

function firstPolicy(values: Values, keys: PolicySources): string | undefined {
  const policies = decoded(values, keys.determiningPolicies)
  const first = isList(policies) ? policies[0] : policies
  return typeof first === 'string' ? first : undefined
}

function check(values: Values, keys: PolicySources, span: CheckedSpan): PolicyPart {
  const rule = values.text(keys.policyRule)
  return policyPart({
    policy: values.text(keys.policyName) ?? nameAfterColon(span.name),
    rule: rule === 'none' ? undefined : rule,
    decision: decisionOf(values, keys) ?? (span.isError ? 'error' : undefined),
    stage: values.text(keys.policyStage),
    tool: toolOf(values, keys),
    by: isHuman(values, keys) ? 'human' : 'policy',
  })
}

function decisionOf(values: Values, keys: PolicySources): PolicyDecision | undefined {
  const said = values.text(keys.policyDecision)
  if (said !== undefined) return policyDecision(said)
  const output = decoded(values, keys.policyOutput)
  const inOutput = isObject(output) ? (output.decision ?? output.action) : output
  return typeof inOutput === 'string' ? policyDecision(inOutput) : undefined
}

function isHuman(values: Values, keys: PolicySources): boolean {
  return (
    values.has(keys.approvalOutcome) ||
    values.text(keys.decisionSource)?.startsWith('user_') === true
  )
}

/** The tool that was attempted, without the prefix of its server. */
function toolOf(values: Values, keys: PolicySources): string | undefined {
  const tool = values.text(keys.policyTool)
  return tool === undefined ? undefined : splitToolName(tool).tool
}

/** `spend_limit` of `policy_check:spend_limit`. */
function nameAfterColon(name: string | undefined): string | undefined {
  return name?.startsWith('policy_check:') ? name.slice('policy_check:'.length) : undefined
}

function decoded(values: Values, source: Source): Json | undefined {
  const view = values.view(source)
  if (view === undefined || view.sizeBytes > maxBytes) return undefined
  return decodeView(view).value
}

const maxBytes = 65_536
