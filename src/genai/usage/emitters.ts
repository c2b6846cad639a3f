import type { DialectName } from '../dialect.ts'
import type { Place, UsageFamily } from './usage-set.ts'

/** Who wrote a set of token counts, and about whose model. */
export interface Emitter {
  readonly dialect: DialectName
  readonly scope: string
  readonly scopeVersion: string
  /** As {@link providerOf} names it. */
  readonly provider: string | undefined
  readonly model: string | undefined
}

/** What is known of an emitter's numbers. Nothing known means that all is part of the whole. */
export interface EmitterHabit {
  readonly cache: Place
  readonly reasoning: Place
  /** It never says what came from the cache, so that an input without it is too small. */
  readonly losesCache: boolean
}

/** A row of the table; all that it names has to fit, and the first that fits counts. */
interface EmitterRule extends Partial<EmitterHabit> {
  /** Exact, or a beginning where it ends in `*`. */
  readonly scope?: string
  /** Versions of the scope below this one; `0.7b1` is 0, 7, 1. */
  readonly before?: readonly number[]
  readonly api?: readonly Api[]
  /** One of these parts is in the id of the model. */
  readonly models?: readonly string[]
}

/** Whose counting a provider has: its own, or that of the model it hosts. */
type Api = 'anthropic' | 'bedrock' | 'gemini' | 'openai'

const apart: Api[] = ['anthropic', 'bedrock']

/** Models on Bedrock whose prompts are never cached, so that nothing is lost. */
const uncachedOnBedrock = ['meta.', 'mistral.', 'cohere.', 'ai21.', 'amazon.titan', 'stability.']

/**
 * How emitters count, where neither the form of a set nor its sums tell. Versions change this, so
 * it is asked last. Whoever is not named here counts as the conventions say.
 */
const rules: Readonly<Partial<Record<DialectName, readonly EmitterRule[]>>> = {
  // open-telemetry/opentelemetry-python-contrib: instrumentation/opentelemetry-instrumentation-botocore
  // and instrumentation-genai/opentelemetry-instrumentation-{google-genai,vertexai}
  otel: [
    { scope: 'opentelemetry.instrumentation.botocore*', models: uncachedOnBedrock },
    { scope: 'opentelemetry.instrumentation.botocore*', cache: 'apart', losesCache: true },
    {
      scope: 'opentelemetry.instrumentation.google_genai*',
      before: [0, 7, 1],
      reasoning: 'apart',
    },
    { scope: 'opentelemetry.instrumentation.vertexai*', reasoning: 'apart' },
  ],
  // Arize-ai/openinference: python/instrumentation and js/packages
  openinference: [
    { scope: 'openinference.instrumentation.bedrock', models: ['amazon.nova'], cache: 'apart' },
    { scope: 'openinference.instrumentation.claude_agent_sdk', cache: 'apart' },
    {
      scope: '@arizeai/openinference-instrumentation-anthropic',
      before: [0, 2],
      cache: 'apart',
      losesCache: true,
    },
    { scope: '@arizeai/openinference-instrumentation-bedrock*', cache: 'apart' },
  ],
  // traceloop/openllmetry: packages/opentelemetry-instrumentation-{bedrock,langchain};
  // traceloop/openllmetry-js: packages/instrumentation-{anthropic,bedrock}
  openllmetry: [
    { scope: 'opentelemetry.instrumentation.bedrock*', cache: 'apart' },
    { scope: '@traceloop/instrumentation-bedrock', cache: 'apart' },
    { scope: '@traceloop/instrumentation-anthropic', cache: 'apart', losesCache: true },
    { scope: 'opentelemetry.instrumentation.langchain*', api: ['bedrock'], cache: 'apart' },
  ],
  // vercel/ai up to 5; later versions are told by their details, which come before this table
  vercel: [
    { scope: 'ai', api: apart, cache: 'apart', losesCache: true },
    { scope: 'ai', api: ['gemini'], reasoning: 'apart' },
  ],
  // strands-agents/sdk-python: src/strands/telemetry/tracer.py
  strands: [{ api: apart, cache: 'apart' }],
  // microsoft/agent-framework: python/packages/{anthropic,bedrock,gemini}; so do the clients of .NET
  agent_framework: [
    { api: apart, cache: 'apart' },
    { api: ['gemini'], reasoning: 'apart' },
  ],
  // microsoft/semantic-kernel: python/semantic_kernel/connectors/ai
  semantic_kernel: [
    { api: apart, cache: 'apart', losesCache: true },
    { api: ['gemini'], reasoning: 'apart' },
  ],
  // Claude Code monitoring documentation: four disjoint numbers
  claude_code: [{ cache: 'apart' }],
  // openlit/openlit: sdk/python/src/openlit/instrumentation
  openlit: [{ api: ['anthropic'], cache: 'apart' }],
}

const asTheConventionsSay: EmitterHabit = {
  cache: 'within',
  reasoning: 'within',
  losesCache: false,
}

const compiled = new Map(
  Object.entries(rules).map(([dialect, list]) => [dialect, list.map(compileRule)]),
)

/**
 * How an emitter is known to count. A set that a processor of OpenInference added to another
 * emitter's span counts as OpenInference does.
 */
export function habitOf(emitter: Emitter, family: UsageFamily): EmitterHabit {
  const dialect = family === 'openinference' ? 'openinference' : emitter.dialect
  const list = compiled.get(dialect)
  if (list === undefined) return asTheConventionsSay
  return list.find((rule) => rule.fits(emitter))?.habit ?? asTheConventionsSay
}

interface CompiledRule {
  readonly habit: EmitterHabit
  fits(emitter: Emitter): boolean
}

function compileRule(rule: EmitterRule): CompiledRule {
  const { scope, before, api, models, cache, reasoning, losesCache } = rule
  const fitsScope = scope === undefined ? undefined : compileScope(scope)
  return {
    habit: {
      cache: cache ?? 'within',
      reasoning: reasoning ?? 'within',
      losesCache: losesCache ?? false,
    },
    fits: (emitter) =>
      (fitsScope === undefined || fitsScope(emitter.scope)) &&
      (before === undefined || isBefore(emitter.scopeVersion, before)) &&
      (api === undefined || api.includes(apiOf(emitter))) &&
      (models === undefined || models.some((part) => emitter.model?.includes(part))),
  }
}

function compileScope(pattern: string): (scope: string) => boolean {
  if (!pattern.endsWith('*')) return (scope) => scope === pattern
  const prefix = pattern.slice(0, -1)
  return (scope) => scope.startsWith(prefix)
}

/** Models of Anthropic count alike at every host that hands its answer on. */
function apiOf({ provider, model }: Emitter): Api {
  if (provider === 'anthropic') return 'anthropic'
  if (provider === 'aws.bedrock') return 'bedrock'
  if (provider?.startsWith('gcp.')) return model?.includes('claude') ? 'anthropic' : 'gemini'
  return 'openai'
}

/** Whether a version is known and lower, number by number. */
function isBefore(version: string, bound: readonly number[]): boolean {
  const numbers = version.split(/\D+/, bound.length).map((part) => Number.parseInt(part, 10))
  for (const [place, limit] of bound.entries()) {
    const number = numbers[place] ?? Number.NaN
    if (number !== limit) return number < limit
  }
  return false
}
