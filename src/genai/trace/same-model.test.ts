import { expect, test } from 'vitest'
import { modelKey } from './same-model.ts'

test.each([
  ['gpt-4.1-2025-04-14', 'gpt-4.1'],
  ['gpt-4.1', 'gpt-4.1'],
  ['openai/gpt-4o-latest', 'gpt-4o'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4'],
  ['claude-3-5-sonnet-v2@20241022', 'claude-3-5-sonnet'],
  ['models/gemini-1.5-pro-002', 'gemini-1.5-pro'],
  ['GPT-4o-mini', 'gpt-4o-mini'],
  ['o1', 'o1'],
])('%s is %s', (name, key) => {
  expect(modelKey(name)).toBe(key)
})

test('a name of a megabyte costs nothing', () => {
  const name = '-v1'.repeat(350_000)
  expect(modelKey(name)).toBe(name)
})
