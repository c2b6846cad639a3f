import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  defaultVerdictRules,
  isLowerBetter,
  isPassed,
  type VerdictRules,
} from './verdict-polarity.ts'

function passed(
  name: string,
  { score, label }: { score?: number; label?: string },
  rules: Partial<VerdictRules> = {},
): boolean | undefined {
  return isPassed({ name, score, label }, { ...defaultVerdictRules, ...rules })
}

const passes = 'pass passed true yes correct relevant factual safe grounded good 1'.split(' ')
const fails = (
  'fail failed false no incorrect irrelevant hallucinated hallucination unsafe toxic ungrounded ' +
  'bad 0'
).split(' ')

test.each(passes)('the label %s passes', (label) => {
  expect(passed('quality', { label })).toBe(true)
  expect(passed('quality', { label: ` ${label.toUpperCase()} `, score: 0 })).toBe(true)
})

test.each(fails)('the label %s fails', (label) => {
  expect(passed('quality', { label })).toBe(false)
  expect(passed('quality', { label, score: 1 })).toBe(false)
})

test('a label that nobody knows leaves it to the score', () => {
  expect(passed('quality', { label: 'fairly nice', score: 0.7 })).toBe(true)
  expect(passed('quality', { label: 'fairly nice', score: 0.4 })).toBe(false)
  expect(passed('quality', { label: 'fairly nice' })).toBeUndefined()
})

test('who abstained has not passed it, whatever the score', () => {
  expect(passed('quality', { label: 'abstain', score: 1 })).toBeUndefined()
  expect(passed('quality', { label: 'Not applicable', score: 1 })).toBeUndefined()
})

test.each(['hallucination', 'toxicity', 'bias', 'pii', 'jailbreak', 'refusal'])(
  'a high score of %s is bad',
  (name) => {
    expect(passed(name, { score: 1 })).toBe(false)
    expect(passed(name, { score: 0.5 })).toBe(false)
    expect(passed(name, { score: 0.49 })).toBe(true)
    expect(passed(name, { label: 'yes' })).toBe(false)
    expect(passed(name, { label: 'false' })).toBe(true)
    expect(passed(name, { label: 'pass' })).toBe(true)
  },
)

test('the name of a fault is known in every spelling, and so is its absence', () => {
  expect(isLowerBetter('HallucinationRate')).toBe(true)
  expect(isLowerBetter('toxicity_score')).toBe(true)
  expect(isLowerBetter('Prompt Injection')).toBe(true)
  expect(isLowerBetter('no_hallucination')).toBe(false)
  expect(isLowerBetter('PiiFree')).toBe(false)
  expect(isLowerBetter('unbiased')).toBe(false)
  expect(isLowerBetter('faithfulness')).toBe(false)
})

test('rules may turn the polarity of an evaluator', () => {
  const lowerIsBetter = new Map([
    ['hallucination', false],
    ['risk', true],
  ])
  expect(passed('hallucination', { score: 1 }, { lowerIsBetter })).toBe(true)
  expect(passed('risk', { score: 1 }, { lowerIsBetter })).toBe(false)
})

test('a score is held against the cut of its evaluator, else against that of all', () => {
  const rules = { cut: 0.8, cuts: new Map([['stars', 3]]) }
  expect(passed('quality', { score: 0.7 }, rules)).toBe(false)
  expect(passed('quality', { score: 0.8 }, rules)).toBe(true)
  expect(passed('stars', { score: 2 }, rules)).toBe(false)
  expect(passed('stars', { score: 4 }, rules)).toBe(true)
})

test('a score on a scale that nobody told says nothing', () => {
  expect(passed('quality', { score: 4 })).toBeUndefined()
  expect(passed('quality', { score: -1 })).toBeUndefined()
  expect(passed('quality', { score: Number.NaN })).toBeUndefined()
})

test('a fault is good exactly where the same score of a virtue is bad', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (score) => {
      expect(passed('hallucination', { score })).toBe(!passed('quality', { score }))
    }),
  )
})
