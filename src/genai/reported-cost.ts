import { isObject, type Json, type JsonObject } from './content/json.ts'
import type { DialectName } from './dialect.ts'
import type { Source } from './sources.ts'
import { objectIn } from './usage/usage-blobs.ts'
import type { Values } from './values.ts'

/**
 * Where emitters say what a call cost, all in US dollars. Only totals: their parts have been seen to
 * hold counts of tokens (`llm.cost.completion_details.output`).
 *
 * Sources: pydantic/pydantic-ai models/instrumented.py, BerriAI/litellm integrations/opentelemetry.py,
 * Arize-ai/openinference spec, openlit/openlit semcov, langfuse/langfuse-js core constants,
 * mlflow/mlflow tracing/constant.py, microsoft/agent-governance-toolkit agent-sre.
 */
export const costKeys = {
  costTotal: [
    'operation.cost',
    'gen_ai.cost.total_cost',
    'litellm.cost.total',
    'gen_ai.usage.cost',
    'gen_ai.usage.cost_usd',
    'gen_ai.usage.total_cost',
    'gen_ai.token.cost.total',
    'llm.cost.total',
    'llm.usage.total_cost',
    'agent.sre.span.cost_usd',
    'agent.sre.cost.usd',
    'cost_usd',
  ],
  costLangfuse: ['langfuse.observation.cost_details'],
  costMlflow: ['mlflow.llm.cost'],
  costLiteLlm: ['hidden_params'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type CostSources = Readonly<Record<keyof typeof costKeys, Source>>

/** What the sender says that its call cost, in integer nano-USD; never added to what we compute. */
export function reportedNanoUsd(
  values: Values,
  at: CostSources,
  dialect: DialectName,
): number | undefined {
  const usd =
    values.number(at.costTotal) ??
    totalIn(objectIn(values.view(at.costLangfuse))) ??
    totalIn(objectIn(values.view(at.costMlflow))) ??
    responseCost(objectIn(values.view(at.costLiteLlm)))
  return usd === undefined || isUnpriced(usd, dialect) ? undefined : nanoUsdOf(usd)
}

/** More than any call costs. */
const maxUsd = 1e6

/** Dollars as integer nano-USD; `undefined` for what is no amount. */
export function nanoUsdOf(usd: number): number | undefined {
  return usd >= 0 && usd <= maxUsd ? Math.round(usd * 1e9) : undefined
}

/** OpenLIT says 0 for a model that its price file lacks: openlit/openlit sdk/python/src/openlit/__helpers.py. */
function isUnpriced(usd: number, dialect: DialectName): boolean {
  return usd === 0 && dialect === 'openlit'
}

/** The total, else the sum of the parts. */
function totalIn(value: Json | undefined): number | undefined {
  if (!isObject(value)) return undefined
  const total = amount(value.total) ?? amount(value.total_cost)
  return total ?? sumOf(value)
}

function sumOf(details: JsonObject): number | undefined {
  let sum: number | undefined
  for (const key of Object.keys(details)) {
    const part = amount(details[key])
    if (part !== undefined) sum = (sum ?? 0) + part
  }
  return sum
}

function responseCost(value: Json | undefined): number | undefined {
  return isObject(value) ? amount(value.response_cost) : undefined
}

function amount(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && decimal.test(value) ? Number(value) : undefined
}

const decimal = /^\d{1,12}(\.\d{1,20})?(e-?\d{1,3})?$/i
