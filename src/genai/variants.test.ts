import { expect, test } from 'vitest'
import { readSpan, type SpanSpec, signalSources } from './signals.fixture.ts'
import {
  isFlagEvent,
  noVariants,
  readFlagEvent,
  readVariants,
  VariantSet,
  walkVariants,
} from './variants.ts'

function variantsOf(spec: SpanSpec): Readonly<Record<string, string>> {
  return readSpan(spec, (span, values) => {
    const variants = new VariantSet()
    readVariants(values, signalSources, variants)
    span.forEachEvent((event) => readFlagEvent(event.name(), event, variants))
    walkVariants(span, variants)
    return variants.toRecord()
  })
}

test('5.26 a run has the variants of its flags and of its managed variables', () => {
  const variants = variantsOf({
    attributes: {
      'gen_ai.agent.version': '2.4.0-rc1',
      'logfire.variables.prompt': 'candidate',
      'logfire.variables.prompt.version': '7',
      'logfire.variables.model': '<code_default>',
    },
    events: [
      {
        name: 'feature_flag.evaluation',
        attributes: {
          'feature_flag.key': 'checkout-model',
          'feature_flag.result.variant': 'b',
          'feature_flag.result.reason': 'split',
          'feature_flag.provider.name': 'flagd',
        },
      },
    ],
  })
  expect(variants).toEqual({ 'checkout-model': 'b', prompt: 'candidate' })
})

test('older hooks write an event of another name and a variant under another key', () => {
  const attributes = { 'feature_flag.key': 'checkout', 'feature_flag.variant': 'red' }
  expect(variantsOf({ events: [{ name: 'feature_flag', attributes }] })).toEqual({
    checkout: 'red',
  })
  expect(variantsOf({ events: [{ name: 'exception', attributes }] })).toEqual({})
})

test('a flag without a variant has its value', () => {
  const attributes = { 'feature_flag.key': 'fast', 'feature_flag.result.value': true }
  expect(variantsOf({ attributes })).toEqual({ fast: 'true' })
})

test('a span of its own can be a flag', () => {
  expect(isFlagEvent('feature_flag.evaluation')).toBe(true)
  expect(isFlagEvent('feature_flag')).toBe(true)
  expect(isFlagEvent('chat')).toBe(false)
})

test.each([
  [
    { 'langfuse.observation.prompt.name': 'greeting', 'langfuse.observation.prompt.version': 3 },
    { greeting: '3' },
  ],
  [{ 'traceloop.prompt.key': 'greeting', 'traceloop.prompt.version': 2 }, { greeting: '2' }],
  [{ 'traceloop.prompt.key': 'hi', 'traceloop.prompt.version_hash': 'ab12' }, { hi: 'ab12' }],
  [{ 'llm.prompt_template.version': 'v1.0' }, { prompt_template: 'v1.0' }],
  [{ 'llm.prompt_template.version': 'v1.0', 'prompt.id': 'hi' }, { hi: 'v1.0' }],
  [{ 'prompt.id': '0d9b5c6e' }, {}],
  [{ 'aws.agentcore.configbundle_version': '12' }, { configbundle: '12' }],
  [{ 'langfuse.observation.prompt.name': 'greeting' }, {}],
])('%j are the variants %j', (attributes, variants) => {
  expect(variantsOf({ attributes })).toEqual(variants)
})

test('what has no variants shares one object', () => {
  expect(variantsOf({})).toBe(noVariants)
})

test('at most 16 names are kept, the first of each, and nothing longer than 64 characters', () => {
  const flags = Array.from({ length: 40 }, (_, at) => ({
    name: 'feature_flag.evaluation',
    attributes: { 'feature_flag.key': `flag-${at % 20}`, 'feature_flag.result.variant': `v${at}` },
  }))
  const variants = variantsOf({ events: flags })
  expect(Object.keys(variants)).toHaveLength(16)
  expect(variants['flag-0']).toBe('v0')
  const long = { 'feature_flag.key': 'k', 'feature_flag.result.variant': 'v'.repeat(65) }
  expect(variantsOf({ attributes: long })).toEqual({})
  expect(variantsOf({ attributes: { [`logfire.variables.${'n'.repeat(65)}`]: 'a' } })).toEqual({})
})

test('names of the language are no names of flags', () => {
  const attributes = { 'logfire.variables.__proto__': 'a', 'logfire.variables.constructor': 'b' }
  expect(variantsOf({ attributes })).toBe(noVariants)
})
