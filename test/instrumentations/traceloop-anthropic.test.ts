import * as sdk from '@anthropic-ai/sdk'
import { AnthropicInstrumentation } from '@traceloop/instrumentation-anthropic'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFor, accountOf } from './account.ts'
import { anthropicAt, ask, streamed } from './anthropic-agent.ts'
import { factsOf } from './facts.ts'
import { ScriptedServer } from './scripted-server.ts'
import { spansOf, tree, usages } from './spans.ts'
import { lookUpAndTell, tellAtOnce } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
  // @ts-expect-error: it wants the types of the CommonJS build; what it patches is in both
  new AnthropicInstrumentation().manuallyInstrument(sdk)
})
afterAll(() => tracing.stop())

/** The SDK's own spans off. */
const quiet = { openTelemetry: false as const }

const unsaid = { responseId: undefined, reasoningTokens: undefined }
const secondUsage = {
  'gen_ai.usage.input_tokens': 700,
  'gen_ai.usage.cache_read.input_tokens': 600,
  'gen_ai.usage.cache_creation.input_tokens': 50,
  'gen_ai.usage.output_tokens': 12,
  'gen_ai.usage.total_tokens': 712,
}

test('inputs are without what came from the cache, and so is their total', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await ask(anthropicAt(server.url, quiet))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  chat claude-sonnet-5',
    '  execute_tool get_order',
    '  chat claude-sonnet-5',
  ])
  expect(usages(spans)).toEqual([
    {
      'gen_ai.usage.input_tokens': 76,
      'gen_ai.usage.cache_read.input_tokens': 1024,
      'gen_ai.usage.cache_creation.input_tokens': 100,
      'gen_ai.usage.output_tokens': 90,
      'gen_ai.usage.total_tokens': 166,
    },
    secondUsage,
  ])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, unsaid))
})

test('a stream has the same', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamed(anthropicAt(server.url, quiet))

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  chat claude-sonnet-5'])
  expect(usages(spans)).toEqual([secondUsage])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(server.served, { ...unsaid, finishReasons: [] }),
  )
})

test('with the spans of the SDK: one in the other, and they disagree about the input', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamed(anthropicAt(server.url))

  const sent = await tracing.exported(3)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  chat claude-sonnet-5',
    '    anthropic.messages.create',
  ])
  expect(usages(spans).map((it) => it['gen_ai.usage.input_tokens'])).toEqual([700, 1350])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served))
})

test('a call that fails says how, and the run is bad', async () => {
  await using server = await ScriptedServer.open([])

  await expect(ask(anthropicAt(server.url, quiet))).rejects.toThrow('400')

  const sent = await tracing.exported(2)
  expect(tree(spansOf(sent))).toEqual(['invoke_agent support-bot', '  chat claude-sonnet-5'])
  const { calls, tasks } = await factsOf(sent)
  expect(calls).toMatchObject([{ model: 'claude-sonnet-5', errorType: 'Error', usage: undefined }])
  expect(tasks).toMatchObject([{ agent: 'support-bot', outcome: 'bad', llmCalls: 1 }])
})
