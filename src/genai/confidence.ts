import type { Source } from './sources.ts'
import type { VerdictPart } from './span-record.ts'
import type { Values } from './values.ts'

/** The attribute that a confidence is looked for in first. */
export const defaultConfidenceAttribute = 'agent.prediction.confidence'

/** What senders call it; no convention has a name for it. */
const spellings: readonly string[] = [
  'agent.confidence',
  'gen_ai.response.confidence',
  'confidence',
  'ai.telemetry.metadata.confidence',
  'langfuse.observation.metadata.confidence',
  'langfuse.trace.metadata.confidence',
  'agent.sre.custom.confidence',
]

/** Where the confidence of an agent in its own answer is looked for. */
export function confidenceKeys(attribute = defaultConfidenceAttribute) {
  return {
    statedConfidence: [attribute],
    confidence: spellings.filter((spelling) => spelling !== attribute),
  } satisfies Record<string, readonly string[]>
}

export type ConfidenceSources = Readonly<Record<keyof ReturnType<typeof confidenceKeys>, Source>>

/**
 * The confidence that a span states, from 0 to 1: of the configured attribute, of a verdict of that
 * name, of what else senders call it. A value above 1 is percent.
 */
export function readConfidence(
  values: Values,
  { statedConfidence, confidence }: ConfidenceSources,
  verdicts: readonly VerdictPart[],
): number | undefined {
  const stated =
    values.number(statedConfidence) ??
    verdicts.find(({ name }) => name === 'confidence')?.score ??
    values.number(confidence)
  return stated === undefined ? undefined : asShare(stated)
}

function asShare(value: number): number | undefined {
  if (value < 0 || value > 100) return undefined
  return value > 1 ? value / 100 : value
}
