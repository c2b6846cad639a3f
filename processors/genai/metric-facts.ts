import type { Fact } from '../../src/facts/fact.ts'
import type { PointReading } from '../../src/genai/read-metric.ts'
import type { Who } from '../../src/genai/span-record.ts'
import { unknownService } from '../../src/genai/trace/fact-base.ts'
import type { UsageSums } from './usage-sums.ts'

/**
 * The fact of a data point, if it tells anything new.
 *
 * @param atMs record time
 */
export function factOfPoint(
  reading: PointReading,
  sums: UsageSums,
  atMs: number,
): Fact | undefined {
  const base = { ...baseOf(reading.who), atMs: reading.atMs }
  if (reading.kind === 'trust') return { ...base, kind: 'trust_report', score: reading.score }
  const grown = sums.growth(reading, atMs)
  if (grown === undefined || grown === 0) return undefined
  const { metric, provider, model, tokenType, unit } = reading
  return {
    ...base,
    kind: 'usage_report',
    metric,
    provider,
    model,
    tokenType,
    tokens: unit === 'tokens' ? grown : undefined,
    nanoUsd: unit === 'nano_usd' ? grown : undefined,
  }
}

/** A data point belongs to no span; who sent it is all that is known. */
function baseOf({
  agent,
  agentVersion,
  service,
  serviceVersion,
  environment,
  organization,
  team,
}: Who) {
  return {
    traceId: '',
    spanId: '',
    evidence: 'reported' as const,
    revision: 0,
    agent: agent ?? service ?? unknownService,
    agentVersion: agentVersion ?? serviceVersion,
    environment,
    service,
    organization,
    team,
    user: undefined,
    conversation: undefined,
    task: undefined,
    weight: 1,
    exclusion: undefined,
  }
}
