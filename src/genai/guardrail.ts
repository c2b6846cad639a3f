import type { PolicyDecision } from '../facts/fact.ts'
import { decodeView } from './content/decode.ts'
import { isObject } from './content/json.ts'
import { policyDecision } from './policy-decision.ts'
import { policyPart } from './policy-part.ts'
import type { Source } from './sources.ts'
import type { PolicyPart } from './span-record.ts'
import type { Values } from './values.ts'

/** Where the span of a guardrail says what it did. */
export const guardrailKeys = {
  guardrailName: [
    'gen_ai.guardrail.name',
    'gen_ai.guardrail.component.name',
    'gen_ai.guardrail.policy.id',
    'guardrail_name',
  ],
  guardrailTriggered: ['gen_ai.guardrail.triggered'],
  guardrailStatus: [
    'gen_ai.guardrail.status',
    'guardrail_status',
    'gen_ai.guardrail.result.type',
    'gen_ai.guardrail.result.value',
  ],
  failedGuards: ['gen_ai.guardrail.failed_guard_count'],
  guardrailStage: ['guardrail_mode'],
  /** LiteLLM: how many entities were masked, by their kind. */
  maskedEntities: ['masked_entity_count'],
  /** LiteLLM: there on all spans of its guardrails. */
  litellmGuardrail: ['guardrail_name'],
  /** OpenInference: whether the guardrail was triggered, bare or in JSON. */
  guardrailOutput: ['output.value'],
} as const satisfies Record<string, readonly string[]>

export type GuardrailSources = Readonly<Record<keyof typeof guardrailKeys, Source>>

interface GuardrailSpan {
  readonly name: string | undefined
  readonly isError: boolean
  readonly errorType: string | undefined
}

/**
 * What a guardrail did about an input or output. Sources: `traceloop/openllmetry`,
 * `BerriAI/litellm: litellm/integrations/opentelemetry.py`, `Arize-ai/openinference:
 * python/instrumentation/openinference-instrumentation-openai-agents`.
 */
export function readGuardrail(
  values: Values,
  keys: GuardrailSources,
  span: GuardrailSpan,
): PolicyPart {
  return policyPart({
    policy: values.text(keys.guardrailName) ?? span.name,
    decision: decisionOf(values, keys, span),
    stage: values.text(keys.guardrailStage),
    by: 'guardrail',
  })
}

function decisionOf(
  values: Values,
  keys: GuardrailSources,
  span: GuardrailSpan,
): PolicyDecision | undefined {
  return (
    triggered(values.bool(keys.guardrailTriggered)) ??
    statusOf(values, keys) ??
    (span.isError ? failure(values, keys, span) : undefined) ??
    litellm(values, keys) ??
    outputOf(values, keys)
  )
}

function triggered(is: boolean | undefined): PolicyDecision | undefined {
  return is === undefined ? undefined : is ? 'deny' : 'allow'
}

const statuses: ReadonlyMap<string, PolicyDecision> = new Map([
  ['passed', 'allow'],
  ['pass', 'allow'],
  ['success', 'allow'],
  ['failed', 'deny'],
  ['fail', 'deny'],
  ['triggered', 'deny'],
  ['guardrail_intervened', 'deny'],
  ['error', 'error'],
  ['guardrail_failed_to_respond', 'error'],
])

/** An entity that was masked tells more than that the guardrail succeeded. */
function statusOf(values: Values, keys: GuardrailSources): PolicyDecision | undefined {
  const failed = values.number(keys.failedGuards)
  if (failed !== undefined && failed > 0) return 'deny'
  const status = values.text(keys.guardrailStatus)?.trim()
  if (status === undefined) return failed === 0 ? 'allow' : undefined
  const decision = statuses.get(status.toLowerCase()) ?? policyDecision(status)
  return decision === 'allow' && hasMasked(values, keys) ? 'transform' : decision
}

/** A guardrail that ends with an error stopped the request, or was itself broken. */
function failure(values: Values, keys: GuardrailSources, span: GuardrailSpan): PolicyDecision {
  if (values.has(keys.litellmGuardrail)) return 'deny'
  return /tripwire|blocked|intervened/i.test(span.errorType?.slice(0, 256) ?? '') ? 'deny' : 'error'
}

function litellm(values: Values, keys: GuardrailSources): PolicyDecision | undefined {
  if (!values.has(keys.litellmGuardrail)) return undefined
  return hasMasked(values, keys) ? 'transform' : 'allow'
}

function hasMasked(values: Values, keys: GuardrailSources): boolean {
  const view = values.view(keys.maskedEntities)
  if (view === undefined || view.sizeBytes > maxBytes) return false
  const { value } = decodeView(view)
  const counts = isObject(value) ? Object.values(value) : [value]
  return counts.some((count) => Number(count) > 0)
}

function outputOf(values: Values, keys: GuardrailSources): PolicyDecision | undefined {
  const view = values.view(keys.guardrailOutput)
  if (view === undefined || view.sizeBytes > maxBytes) return undefined
  const { value } = decodeView(view)
  if (!isObject(value)) return triggered(values.bool(keys.guardrailOutput))
  const is = value.tripwire_triggered ?? value.triggered
  return typeof is === 'boolean' ? triggered(is) : undefined
}

/** What is longer is content. */
const maxBytes = 4_096
