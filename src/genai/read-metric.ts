import type { UsageReport } from '../facts/fact.ts'
import type { DataPointView } from '../pdata/metrics.ts'
import { seriesOf } from './metric-series.ts'
import { providerOf } from './provider.ts'
import { shortText } from './short-text.ts'
import { compileSources } from './sources.ts'
import type { Who } from './span-record.ts'
import { scaledTrust, type TrustScales } from './trust.ts'
import { Values } from './values.ts'

export interface MetricOptions {
  /** Scales by attribute; a gauge of the same name has the same scale. */
  readonly trustScales: TrustScales
  /** Whose point it is, as for a span. */
  readonly whoOf: (point: DataPointView) => Who
}

/** What one data point tells: a trust score, or a sum that its sender keeps and that counts no call. */
export type PointReading = TrustReading | SumReading

interface TrustReading {
  readonly kind: 'trust'
  readonly who: Who
  readonly atMs: number
  /** From 0 to 1. */
  readonly score: number
}

interface SumReading {
  readonly kind: 'usage'
  readonly who: Who
  readonly atMs: number
  readonly metric: string
  /** Names the series, so that points can be told from those of others. */
  readonly series: string
  readonly provider: string | undefined
  readonly model: string | undefined
  /** As the sender counts: the input of some lacks what came from a cache. */
  readonly tokenType: UsageReport['tokenType']
  readonly unit: 'tokens' | 'nano_usd'
  /** Since `startMs`; of a `cumulative` series it grows from point to point until it starts anew. */
  readonly value: number
  readonly temporality: 'delta' | 'cumulative'
  readonly startMs: number
}

/**
 * What a data point tells of agents; `undefined` for every other metric, which costs a look at its
 * name.
 */
export function readPoint(
  point: DataPointView,
  { trustScales, whoOf }: MetricOptions,
): PointReading | undefined {
  const name = point.name()
  const sum = sums.get(name)
  if (sum !== undefined) return readSum(point, name, sum, whoOf)
  if (!Object.hasOwn(trustScales, name)) return undefined
  const score = numberAt(point)
  if (score === undefined || point.type !== 'gauge') return undefined
  const share = scaledTrust(score, trustScales[name] ?? 1)
  return { kind: 'trust', who: whoOf(point), atMs: point.timeMs, score: share }
}

interface Sum {
  readonly unit: SumReading['unit']
  /** Absent where an attribute of the point says it. */
  readonly tokenType?: UsageReport['tokenType']
}

/**
 * Sums of tokens and money. Sources: open-telemetry/semantic-conventions-genai docs/gen-ai,
 * Claude Code's monitoring page, strands-agents/sdk-python src/strands/telemetry/metrics_constants.py,
 * pydantic/pydantic-ai models/instrumented.py.
 */
const sums: ReadonlyMap<string, Sum> = new Map<string, Sum>([
  ['gen_ai.client.token.usage', { unit: 'tokens' }],
  ...tokens('gen_ai.client.inference.usage', {
    input: 'input_tokens',
    output: 'output_tokens',
    cache_read: 'cache_read.input_tokens',
    cache_write: 'cache_write.input_tokens',
    reasoning: 'reasoning.output_tokens',
  }),
  ['claude_code.token.usage', { unit: 'tokens' }],
  ['claude_code.cost.usage', { unit: 'nano_usd' }],
  ...tokens('strands.event_loop', {
    input: 'input.tokens',
    output: 'output.tokens',
    cache_read: 'cache_read.input.tokens',
    cache_write: 'cache_write.input.tokens',
  }),
  ['operation.cost', { unit: 'nano_usd' }],
])

type TokenType = Exclude<UsageReport['tokenType'], undefined>

function tokens(prefix: string, names: Partial<Record<TokenType, string>>): [string, Sum][] {
  const types: readonly TokenType[] = ['input', 'output', 'cache_read', 'cache_write', 'reasoning']
  return types.flatMap((tokenType) => {
    const name = names[tokenType]
    return name === undefined ? [] : [[`${prefix}.${name}`, { unit: 'tokens', tokenType }]]
  })
}

const { matcher, of: keys } = compileSources({
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  model: ['gen_ai.response.model', 'gen_ai.request.model', 'model'],
  tokenType: ['gen_ai.token.type', 'type'],
})
const values = new Values()

const tokenTypes: ReadonlyMap<string, TokenType> = new Map([
  ['input', 'input'],
  ['prompt', 'input'],
  ['output', 'output'],
  ['completion', 'output'],
  ['cacheRead', 'cache_read'],
  ['cacheCreation', 'cache_write'],
  ['cache_read', 'cache_read'],
  ['cache_write', 'cache_write'],
  ['reasoning', 'reasoning'],
])

function readSum(
  point: DataPointView,
  metric: string,
  { unit, tokenType }: Sum,
  whoOf: MetricOptions['whoOf'],
): SumReading | undefined {
  const value = amountOf(point, unit)
  const temporality = temporalities.get(point.temporality)
  if (value === undefined || temporality === undefined) return undefined
  const who = whoOf(point)
  values.reset(point.attributes(matcher))
  const model = shortText(values.text(keys.model))
  return {
    kind: 'usage',
    who,
    atMs: point.timeMs,
    metric,
    series: seriesOf(point),
    provider: providerOf(values.text(keys.provider), model),
    model,
    tokenType:
      unit === 'tokens'
        ? (tokenType ?? tokenTypes.get(values.text(keys.tokenType) ?? ''))
        : undefined,
    unit,
    value,
    temporality,
    startMs: Number(point.startTimeUnixNano) / 1e6,
  }
}

/** Gauges and summaries have none, and so are no sums. */
const temporalities: ReadonlyMap<number, SumReading['temporality']> = new Map([
  [1, 'delta'],
  [2, 'cumulative'],
])

/** Tokens, or dollars as integer nano-USD; `undefined` for what is no amount. */
function amountOf(point: DataPointView, unit: SumReading['unit']): number | undefined {
  const value = numberAt(point)
  if (value === undefined || value < 0) return undefined
  const amount = unit === 'nano_usd' ? Math.round(value * 1e9) : value
  return amount <= Number.MAX_SAFE_INTEGER ? amount : undefined
}

const noRecordedValue = 1

function numberAt(point: DataPointView): number | undefined {
  if ((point.flags & noRecordedValue) !== 0) return undefined
  const value = point.asNumber() ?? point.sum
  return Number.isFinite(value) ? value : undefined
}
