import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel'
import {
  embed,
  generateText,
  isStepCount,
  type LanguageModel,
  streamText,
  type Telemetry,
  tool,
} from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFor, accountOf, noTokens } from './account.ts'
import { factsOf } from './facts.ts'
import { says } from './script.ts'
import { ScriptedServer } from './scripted-server.ts'
import { spansOf, tree, usages } from './spans.ts'
import { lookUpAndTell, supportBot } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
})
afterAll(() => tracing.stop())

/** The support bot as the AI SDK runs it, with the tool and a telemetry integration. */
function bot(model: LanguageModel, integrations: Telemetry) {
  const { description, schema, run } = supportBot.tool
  return {
    model,
    prompt: supportBot.question,
    tools: { get_order: tool({ description, inputSchema: schema, execute: run }) },
    stopWhen: isStepCount(3),
    telemetry: { functionId: supportBot.name, integrations },
  }
}

const openai = ({ url }: ScriptedServer) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })
const anthropic = ({ url }: ScriptedServer) =>
  createAnthropic({ baseURL: `${url}/v1`, apiKey: 'none' })

const total = {
  'gen_ai.usage.input_tokens': 2550,
  'gen_ai.usage.cache_read.input_tokens': 1624,
  'gen_ai.usage.output_tokens': 102,
}
const first = {
  'gen_ai.usage.input_tokens': 1200,
  'gen_ai.usage.cache_read.input_tokens': 1024,
  'gen_ai.usage.output_tokens': 90,
}
const second = {
  'gen_ai.usage.input_tokens': 1350,
  'gen_ai.usage.cache_read.input_tokens': 600,
  'gen_ai.usage.output_tokens': 12,
}
const unsaidOfOpenai = { cacheWriteTokens: undefined, reasoningTokens: undefined }

test('generateText: the agent adds up what its steps used', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await generateText(bot(openai(server)('gpt-5'), new OpenTelemetry()))

  const sent = await tracing.exported(6)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent gpt-5',
    '  step 1',
    '    chat gpt-5',
    '    execute_tool get_order',
    '  step 2',
    '    chat gpt-5',
  ])
  expect(usages(spans)).toEqual([total, first, second])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, unsaidOfOpenai))
})

test('streamText: the same, as the stream brought its usage', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await streamText(bot(openai(server).chat('gpt-5'), new OpenTelemetry())).text

  const sent = await tracing.exported(6)
  const spans = spansOf(sent)
  expect(usages(spans)).toEqual([total, first, second])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, unsaidOfOpenai))
})

test('generateText on Anthropic: inputs hold what came from the cache', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await generateText(bot(anthropic(server)('claude-sonnet-5'), new OpenTelemetry()))

  const sent = await tracing.exported(6)
  const spans = spansOf(sent)
  expect(usages(spans)).toEqual([
    { ...total, 'gen_ai.usage.cache_creation.input_tokens': 150 },
    { ...first, 'gen_ai.usage.cache_creation.input_tokens': 100 },
    { ...second, 'gen_ai.usage.cache_creation.input_tokens': 50 },
  ])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(server.served, { reasoningTokens: undefined }),
  )
})

test('the telemetry of older versions: the tool is below the call that asked for it', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await generateText(bot(openai(server)('gpt-5'), new LegacyOpenTelemetry()))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'ai.generateText',
    '  ai.generateText.doGenerate',
    '    ai.toolCall',
    '  ai.generateText.doGenerate',
  ])
  expect(usages(spans).map((it) => it['ai.usage.inputTokens'])).toEqual([2550, 1200, 1350])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(server.served, { cacheWriteTokens: undefined }),
  )
})

test('streams with the telemetry of older versions, on Anthropic', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await streamText(bot(anthropic(server)('claude-sonnet-5'), new LegacyOpenTelemetry())).text

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'ai.streamText',
    '  ai.streamText.doStream',
    '    ai.toolCall',
    '  ai.streamText.doStream',
  ])
  expect(usages(spans).map((it) => it['ai.usage.inputTokens'])).toEqual([2550, 1200, 1350])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served))
})

test('embed: two spans of one name, of which the inner one has the tokens', async () => {
  await using server = await ScriptedServer.open([says('', { inputTokens: 8 })])
  const model = openai(server).embedding('text-embedding-3-small')

  await embed({ model, value: 'refunds', telemetry: { integrations: new OpenTelemetry() } })

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'embeddings text-embedding-3-small',
    '  embeddings text-embedding-3-small',
  ])
  expect(usages(spans)).toEqual([{ 'gen_ai.usage.input_tokens': 8 }])
  const { calls, tasks } = accountOf(await factsOf(sent))
  expect(calls).toEqual([
    {
      ...noTokens,
      inputTokens: 8,
      model: 'text-embedding-3-small',
      requestModel: 'text-embedding-3-small',
      provider: 'openai',
      responseId: undefined,
      finishReasons: [],
    },
  ])
  expect(tasks).toEqual([])
})
