import { expect, test } from 'vitest'
import { readSpan, type SpanSpec } from './signals.fixture.ts'
import { compileSources } from './sources.ts'
import type { TrustPart } from './span-record.ts'
import {
  defaultTrustScales,
  handshakeKeys,
  readTrust,
  type TrustScales,
  trustKeys,
  trustSources,
} from './trust.ts'
import { Values } from './values.ts'

function trustOf(
  attributes: NonNullable<SpanSpec['attributes']>,
  scales: TrustScales = defaultTrustScales,
): TrustPart | undefined {
  const { matcher, of } = compileSources({ ...handshakeKeys, ...trustKeys(scales) })
  return readSpan({ attributes }, (span) => {
    const values = new Values().reset(span.attributes(matcher))
    return readTrust(values, trustSources(scales, of), of)
  })
}

test('EX-SLI-07 850 of 1000 is 0.85, and 0.85 of 1000 is 0.00085', () => {
  const scales = { 'agent.trust_score': 1000 }
  expect(trustOf({ 'agent.trust_score': 850 }, scales)?.score).toBe(0.85)
  expect(trustOf({ 'agent.trust_score': 0.85 }, scales)?.score).toBe(0.00085)
})

test('5.23 a score of Agent-SRE is a share already', () => {
  expect(trustOf({ 'agent.trust_score': 0.92 })).toEqual({
    score: 0.92,
    isHandshakeSuccess: undefined,
  })
})

test('5.29 a score of the governance toolkit is of a thousand', () => {
  expect(trustOf({ 'agt.trust.score': 640, 'agt.trust.tier': 'standard' })?.score).toBe(0.64)
})

test('a score of 1 is full trust on a scale of 1 and next to none on a scale of 1000', () => {
  expect(trustOf({ 'agent.trust_score': 1 })?.score).toBe(1)
  expect(trustOf({ 'agt.trust.score': 1 })?.score).toBe(0.001)
})

test('what lies beyond the scale is cut to its ends, and what is no number is nothing', () => {
  expect(trustOf({ 'agent.trust_score': 850 })?.score).toBe(1)
  expect(trustOf({ 'agent.trust_score': -3 })?.score).toBe(0)
  expect(trustOf({ 'agent.trust_score': '0.5' })?.score).toBe(0.5)
  expect(trustOf({ 'agent.trust_score': Number.NaN })).toBeUndefined()
  expect(trustOf({ 'agent.trust_score': 'high' })).toBeUndefined()
})

test('a handshake says whether it succeeded', () => {
  expect(trustOf({ 'agent.handshake.success': false })).toEqual({
    score: undefined,
    isHandshakeSuccess: false,
  })
  expect(trustOf({ 'agent.handshake.success': 'true' })?.isHandshakeSuccess).toBe(true)
  expect(trustOf({ 'agent.handshake.success': 'perhaps' })).toBeUndefined()
})
