import { Anthropic } from '@anthropic-ai/sdk'
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic'
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
  new AnthropicInstrumentation().manuallyInstrument(Anthropic)
})
afterAll(() => tracing.stop())

/** The SDK's own spans off. */
const quiet = { openTelemetry: false as const }

const unsaid = { responseId: undefined, reasoningTokens: undefined }
const secondUsage = {
  'llm.token_count.prompt': 1350,
  'llm.token_count.prompt_details.cache_read': 600,
  'llm.token_count.prompt_details.cache_write': 50,
  'llm.token_count.completion': 12,
  'llm.token_count.total': 1362,
}

test('inputs hold what came from the cache', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await ask(anthropicAt(server.url, quiet))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  Anthropic Messages',
    '  execute_tool get_order',
    '  Anthropic Messages',
  ])
  expect(usages(spans)).toEqual([
    {
      'llm.token_count.prompt': 1200,
      'llm.token_count.prompt_details.cache_read': 1024,
      'llm.token_count.prompt_details.cache_write': 100,
      'llm.token_count.completion': 90,
      'llm.token_count.total': 1290,
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
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  Anthropic Messages'])
  expect(usages(spans)).toEqual([secondUsage])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, unsaid))
})

test('a call that fails says how, and the run is bad', async () => {
  await using server = await ScriptedServer.open([])

  await expect(ask(anthropicAt(server.url, quiet))).rejects.toThrow('400')

  const sent = await tracing.exported(2)
  expect(tree(spansOf(sent))).toEqual(['invoke_agent support-bot', '  Anthropic Messages'])
  const { calls, tasks } = await factsOf(sent)
  expect(calls).toMatchObject([{ model: 'claude-sonnet-5', errorType: 'Error', usage: undefined }])
  expect(tasks).toMatchObject([{ agent: 'support-bot', outcome: 'bad', llmCalls: 1 }])
})
