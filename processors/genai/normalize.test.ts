import { describe, expect, test } from 'vitest'
import { names } from '../../src/facts/names.ts'
import { aChat, anAgent, anHttpCall, aTool, at } from './agents.fixture.ts'
import { attributesAfter, type SpanSaying, spanRequest, type Values } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf } from './traces.fixture.ts'

function normalised(attributes: Values, saying: SpanSaying = {}, config = {}) {
  return attributesAfter(new RunningGenai(config).send(spanRequest(attributes, saying), at(2)))
}

const openInference = {
  'openinference.span.kind': 'LLM',
  'llm.model_name': 'gpt-5',
  'llm.provider': 'openai',
  'llm.token_count.prompt': 100,
  'llm.token_count.completion': 10,
  'llm.token_count.prompt_details.cache_read': 40,
  'session.id': 'session 1',
}

test('a span gets the canonical attributes that it lacks', () => {
  expect(normalised(openInference)).toEqual({
    ...openInference,
    'gen_ai.operation.name': 'chat',
    'gen_ai.conversation.id': 'session 1',
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-5',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 10,
    'gen_ai.usage.cache_read.input_tokens': 40,
  })
})

test('nothing that is there is overwritten, whatever it says', () => {
  const own = {
    'gen_ai.operation.name': 'something of ours',
    'gen_ai.provider.name': 'a provider of ours',
    'gen_ai.response.model': 'a model of ours',
    'gen_ai.conversation.id': 'a conversation of ours',
  }
  expect(normalised({ ...openInference, ...own })).toMatchObject({ ...openInference, ...own })
})

test('with normalize: off a span stays as it is, and is understood all the same', () => {
  const genai = new RunningGenai({ normalize: 'off' })
  const payload = spanRequest(openInference)
  const batch = genai.send(payload, at(2))
  expect(attributesAfter(batch)).toEqual(openInference)
  expect(batch).toHaveProperty('payload', payload)
  expect(genai.told('llm_call')).toMatchObject([{ model: 'gpt-5', usage: { inputTokens: 100 } }])
})

describe('token counts', () => {
  test('are added as a set or not at all', () => {
    const { 'llm.token_count.completion': _, ...rest } = openInference
    const attributes = normalised({ ...rest, 'gen_ai.usage.output_tokens': 12 })
    expect(attributes).not.toHaveProperty('gen_ai.usage.input_tokens')
    expect(attributes).not.toHaveProperty('gen_ai.usage.cache_read.input_tokens')
    expect(attributes).toHaveProperty('gen_ai.usage.output_tokens', 12)
  })

  test('that leave out cached tokens stay, and their total stands beside them', () => {
    const sent = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cache_read_input_tokens': 50,
    }
    expect(normalised(sent, { scope: 'openlit.otel.tracing' })).toEqual({
      ...sent,
      'gen_ai.provider.name': 'anthropic',
      [names.usageInputTokens]: 150,
    })
  })

  test('that include all have no total beside them', () => {
    const sent = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 50,
    }
    expect(normalised(sent)).toEqual(sent)
  })

  test('of a wrapper are not written as those of a call', () => {
    const attributes = normalised({
      'openinference.span.kind': 'AGENT',
      'llm.token_count.prompt': 100,
    })
    expect(attributes).not.toHaveProperty('gen_ai.usage.input_tokens')
  })
})

test('a name beyond its cap is written on no span', () => {
  const genai = new RunningGenai({ max_names: { agents: 1, tools: 1 } })
  const tool = (name: string, span: number) =>
    attributesAfter(
      genai.send(
        spanRequest({ 'openinference.span.kind': 'TOOL', 'tool.name': name }, { span }),
        at(2),
      ),
    )
  expect(tool('first', 1)).toHaveProperty('gen_ai.tool.name', 'first')
  expect(tool('second', 2)).not.toHaveProperty('gen_ai.tool.name')
  expect(genai.told('tool_call').map((it) => it.tool)).toEqual(['first', '__other__'])
})

describe('a batch is the very same', () => {
  const complete = aChat({ span: 2, parent: 1 })

  test.each([
    ['when its spans have all that we would add', [complete]],
    ['when none is of an agent', [anHttpCall({ span: 1 })]],
    ['when it is empty', []],
  ])('%s', (_, spans) => {
    const payload = requestOf(spans)
    expect(new RunningGenai().send(payload, at(2))).toHaveProperty('payload', payload)
  })

  test('when it comes a second time as it was', () => {
    const genai = new RunningGenai()
    const payload = requestOf([anAgent('support', { span: 1 }), aTool('search', { span: 3 })])
    genai.send(payload, at(2))
    expect(genai.send(payload, at(3))).toHaveProperty('payload', payload)
  })
})

test('a span that comes a second time is normalised again, for it is forwarded again', () => {
  const genai = new RunningGenai()
  const first = attributesAfter(genai.send(spanRequest(openInference), at(2)))
  const second = attributesAfter(genai.send(spanRequest(openInference), at(3)))
  expect(second).toEqual(first)
})
