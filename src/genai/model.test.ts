import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isBedrockModel, isSameModel } from './model.ts'

test.each([
  ['gpt-4.1', 'gpt-4.1-2025-04-14'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet-20241022'],
  ['claude-sonnet-4@20250514', 'claude-sonnet-4'],
  ['openai/gpt-4o', 'gpt-4o-2024-08-06'],
  ['GPT-4o', 'gpt-4o'],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4-20250514'],
  ['bedrock/anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4'],
  ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
  ['models/gemini-2.0-flash', 'gemini-2.0-flash-001'],
  ['gpt-4', 'gpt-4-0613'],
  ['deepseek/deepseek-r1:free', 'deepseek-r1'],
  ['us.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
])('%s and %s are one model', (a, b) => {
  expect(isSameModel(a, b)).toBe(true)
  expect(isSameModel(b, a)).toBe(true)
})

test.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-6'],
  ['gemini-2.5-pro', 'gemini-2.5-flash'],
  ['support-model', 'claude-sonnet-4-5-20250929'],
  ['amazon.nova-pro-v1:0', 'amazon.nova-lite-v1:0'],
  ['deepseek-v2', 'deepseek-v3'],
  ['llama3:8b', 'llama3:70b'],
])('%s and %s are two', (a, b) => {
  expect(isSameModel(a, b)).toBe(false)
})

test('only an ARN, or a vendor and a dot, is an id of Bedrock', () => {
  expect(isBedrockModel('eu.amazon.nova-pro-v1:0')).toBe(true)
  expect(isBedrockModel('global.anthropic.claude-opus-4-6-v1')).toBe(true)
  expect(isBedrockModel('anthropic/claude-opus-4.6')).toBe(false)
  expect(isBedrockModel('gpt-4.1')).toBe(false)
})

test('every id is the same as itself, in both directions and at any length', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(isSameModel(a, a)).toBe(true)
      expect(isSameModel(a, b)).toBe(isSameModel(b, a))
    }),
  )
  expect(isSameModel('-1'.repeat(5_000_000), 'gpt-4o')).toBe(false)
})
