import { expect, test } from 'vitest'
import { confidenceKeys, readConfidence } from './confidence.ts'
import { readSpan, type SpanSpec } from './signals.fixture.ts'
import { compileSources } from './sources.ts'
import type { VerdictPart } from './span-record.ts'
import { Values } from './values.ts'
import { verdictOf } from './verdict.ts'
import { defaultVerdictRules } from './verdict-polarity.ts'

function confidenceOf(
  attributes: NonNullable<SpanSpec['attributes']>,
  { attribute, verdicts = [] }: { attribute?: string; verdicts?: VerdictPart[] } = {},
): number | undefined {
  const { matcher, of } = compileSources(confidenceKeys(attribute))
  return readSpan({ attributes }, (span) =>
    readConfidence(new Values().reset(span.attributes(matcher)), of, verdicts),
  )
}

test.each([
  'agent.prediction.confidence',
  'agent.confidence',
  'gen_ai.response.confidence',
  'confidence',
  'ai.telemetry.metadata.confidence',
  'langfuse.observation.metadata.confidence',
  'langfuse.trace.metadata.confidence',
  'agent.sre.custom.confidence',
])('%s is a confidence', (key) => {
  expect(confidenceOf({ [key]: 0.8 })).toBe(0.8)
})

test('what is above 1 is percent', () => {
  expect(confidenceOf({ confidence: 1 })).toBe(1)
  expect(confidenceOf({ confidence: 90 })).toBe(0.9)
  expect(confidenceOf({ confidence: '75' })).toBe(0.75)
  expect(confidenceOf({ confidence: 100 })).toBe(1)
})

test('what is no share and no percentage is nothing', () => {
  expect(confidenceOf({ confidence: 101 })).toBeUndefined()
  expect(confidenceOf({ confidence: -0.1 })).toBeUndefined()
  expect(confidenceOf({ confidence: Number.POSITIVE_INFINITY })).toBeUndefined()
  expect(confidenceOf({ confidence: 'sure' })).toBeUndefined()
  expect(confidenceOf({})).toBeUndefined()
})

test('the configured attribute comes before a verdict, and a verdict before the other spellings', () => {
  const verdict = verdictOf({ name: 'confidence', score: 0.6 }, defaultVerdictRules)
  const verdicts = verdict === undefined ? [] : [verdict]
  const attributes = { 'my.confidence': 0.9, confidence: 0.1 }
  expect(confidenceOf(attributes, { attribute: 'my.confidence', verdicts })).toBe(0.9)
  expect(confidenceOf(attributes, { verdicts })).toBe(0.6)
  expect(confidenceOf(attributes)).toBe(0.1)
})

test('one of the spellings can be the configured attribute', () => {
  expect(confidenceOf({ confidence: 0.4 }, { attribute: 'confidence' })).toBe(0.4)
})
