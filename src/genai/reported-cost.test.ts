import { expect, test } from 'vitest'
import { names } from '../facts/names.ts'
import type { DialectName } from './dialect.ts'
import { costKeys, reportedNanoUsd } from './reported-cost.ts'
import { type Attributes, readThrough } from './usage/attributes.fixture.ts'

function costOf(attributes: Attributes, dialect: DialectName = 'otel'): number | undefined {
  return readThrough(costKeys, attributes, (values, at) => reportedNanoUsd(values, at, dialect))
}

test('5.10 and 5.18 pydantic-ai and Logfire say what a call cost', () => {
  expect(costOf({ 'operation.cost': 0.00165 }, 'pydantic_ai')).toBe(1_650_000)
  expect(costOf({ 'operation.cost': 0.021 }, 'logfire')).toBe(21_000_000)
})

test('5.17 the log of Claude Code says it as a text', () => {
  expect(costOf({ cost_usd: '0.0298' }, 'claude_code')).toBe(29_800_000)
})

test('5.20 Langfuse says it in JSON', () => {
  expect(costOf({ 'langfuse.observation.cost_details': '{"total":0.004}' })).toBe(4_000_000)
})

test('5.21 a gateway says it', () => {
  expect(costOf({ 'gen_ai.cost.total_cost': 0.0031 }, 'litellm')).toBe(3_100_000)
})

test('5.28 OpenLIT says it, without the cache', () => {
  expect(costOf({ 'gen_ai.usage.cost': 0.00069 }, 'openlit')).toBe(690_000)
})

test.each<[string, Attributes, number]>([
  ['OpenInference', { 'llm.cost.total': 0.5 }, 500_000_000],
  ['newer LiteLLM', { 'litellm.cost.total': 0.5 }, 500_000_000],
  ['LiteLLM in JSON', { hidden_params: '{"response_cost":0.5}' }, 500_000_000],
  ['LiteLLM in a Python repr', { hidden_params: "{'response_cost': 2.5e-05}" }, 25_000],
  ['OpenRouter', { 'gen_ai.usage.cost_usd': '0.5' }, 500_000_000],
  ['OpenRouter besides', { 'gen_ai.usage.total_cost': 0.5 }, 500_000_000],
  ['OpenLIT for other things', { 'gen_ai.token.cost.total': 0.5 }, 500_000_000],
  ['Agent-SRE', { 'agent.sre.cost.usd': 0.5 }, 500_000_000],
  ['Agent-SRE on a span', { 'agent.sre.span.cost_usd': 0.5 }, 500_000_000],
  ['MLflow', { 'mlflow.llm.cost': '{"input_cost":1,"total_cost":0.5}' }, 500_000_000],
  [
    'Langfuse by its parts',
    { 'langfuse.observation.cost_details': '{"input":0.25,"output":0.25}' },
    500_000_000,
  ],
])('%s', (_, attributes, nanoUsd) => {
  expect(costOf(attributes)).toBe(nanoUsd)
})

test('the parts of OpenInference are no cost: counts of tokens have been seen there', () => {
  expect(costOf({ 'llm.cost.completion_details.output': 812 })).toBeUndefined()
  expect(costOf({ 'llm.cost.prompt': 1, 'llm.cost.completion': 2 })).toBeUndefined()
})

test('LiteLLM does not know what a stream cost', () => {
  expect(costOf({ hidden_params: '{"response_cost":null}' }, 'litellm')).toBeUndefined()
})

test('a free call is free, but of OpenLIT nothing means that it knows no price', () => {
  expect(costOf({ 'gen_ai.cost.total_cost': 0 }, 'litellm')).toBe(0)
  expect(costOf({ 'gen_ai.usage.cost': 0 }, 'openlit')).toBeUndefined()
})

test.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY, 1e7, 'free', true])(
  '%s is no cost',
  (it) => {
    expect(costOf({ 'operation.cost': it })).toBeUndefined()
  },
)

test.each(['[]', '{"total":-1}', '{"total":"x"}', '{}', '{"__proto__":{"total":1}}', '{"total":'])(
  '%s says no cost',
  (details) => {
    expect(costOf({ 'langfuse.observation.cost_details': details })).toBeUndefined()
  },
)

test('no name of ours is believed', () => {
  const own: readonly string[] = Object.values(names)
  const keys: readonly string[] = Object.values(costKeys).flat()
  expect(keys.filter((key) => own.includes(key))).toEqual([])
})
