import type { Source } from './sources.ts'
import type { TrustPart } from './span-record.ts'
import type { Values } from './values.ts'

/** For each attribute that may hold a trust score, the score that stands for full trust. */
export type TrustScales = Readonly<Record<string, number>>

/**
 * Scales as the emitters document them: `microsoft/agent-governance-toolkit`. A score of 1 is perfect
 * on one scale and worst on the other, so that a scale is configured and never guessed.
 */
export const defaultTrustScales: TrustScales = { 'agent.trust_score': 1, 'agt.trust.score': 1000 }

/** Where a handshake between agents says whether it succeeded. */
export const handshakeKeys = {
  handshakeSuccess: ['agent.handshake.success'],
} as const satisfies Record<string, readonly string[]>

export type HandshakeSources = Readonly<Record<keyof typeof handshakeKeys, Source>>

/** One attribute with a trust score, and its scale. */
export interface TrustSource {
  readonly source: Source
  readonly scale: number
}

/** Names of sources for the attributes of a configuration: each is one of its own. */
export function trustKeys(scales: TrustScales): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.keys(scales).map((key) => [trustName(key), [key]]))
}

/** The sources that {@link trustKeys} asked for, as they were compiled. */
export function trustSources(
  scales: TrustScales,
  of: Readonly<Record<string, Source>>,
): readonly TrustSource[] {
  return Object.entries(scales).flatMap(([key, scale]) => {
    const source = of[trustName(key)]
    return source === undefined ? [] : [{ source, scale }]
  })
}

function trustName(key: string): string {
  return `trust ${key}`
}

/** What a span says of trust; `undefined` when it is nothing. */
export function readTrust(
  values: Values,
  trust: readonly TrustSource[],
  { handshakeSuccess }: HandshakeSources,
): TrustPart | undefined {
  const score = trustScore(values, trust)
  const isHandshakeSuccess = values.bool(handshakeSuccess)
  if (score === undefined && isHandshakeSuccess === undefined) return undefined
  return { score, isHandshakeSuccess }
}

/** The trust score by its scale, of the first attribute that has one. */
export function trustScore(values: Values, trust: readonly TrustSource[]): number | undefined {
  for (const { source, scale } of trust) {
    const score = values.number(source)
    if (score !== undefined) return scaledTrust(score, scale)
  }
  return undefined
}

/** A score as a share of full trust, from 0 to 1: 850 of 1000 is 0.85, 0.85 of 1000 is 0.00085. */
export function scaledTrust(score: number, scale: number): number {
  return Math.min(1, Math.max(0, score / scale))
}
