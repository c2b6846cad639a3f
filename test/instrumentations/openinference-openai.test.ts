import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { OpenAI } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFor, accountOf, noTokens } from './account.ts'
import { factsOf } from './facts.ts'
import {
  askByChat,
  askByResponses,
  openaiAt,
  streamByChat,
  streamByResponses,
} from './openai-agent.ts'
import { ScriptedServer } from './scripted-server.ts'
import { spansOf, tree, usages } from './spans.ts'
import { lookUpAndTell, tellAtOnce } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
  new OpenAIInstrumentation().manuallyInstrument(OpenAI)
})
afterAll(() => tracing.stop())

const firstUsage = {
  'llm.token_count.prompt': 1200,
  'llm.token_count.prompt_details.cache_read': 1024,
  'llm.token_count.completion': 90,
  'llm.token_count.completion_details.reasoning': 64,
  'llm.token_count.total': 1290,
}
const secondUsage = {
  'llm.token_count.prompt': 1350,
  'llm.token_count.prompt_details.cache_read': 600,
  'llm.token_count.completion': 12,
  'llm.token_count.completion_details.reasoning': 4,
  'llm.token_count.total': 1362,
}
const unsaid = { responseId: undefined, cacheWriteTokens: undefined }
const noAudio = {
  'llm.token_count.prompt_details.audio': 0,
  'llm.token_count.completion_details.audio': 0,
}

test('chat completions: tokens with what came from the cache, and no id of the answer', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await askByChat(openaiAt(server.url))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  OpenAI Chat Completions',
    '  execute_tool get_order',
    '  OpenAI Chat Completions',
  ])
  expect(usages(spans)).toEqual([
    { ...firstUsage, ...noAudio },
    { ...secondUsage, ...noAudio },
  ])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, unsaid))
})

test('the Responses API: the same', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await askByResponses(openaiAt(server.url))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  OpenAI Responses',
    '  execute_tool get_order',
    '  OpenAI Responses',
  ])
  expect(usages(spans)).toEqual([firstUsage, secondUsage])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(server.served, { ...unsaid, finishReasons: [] }),
  )
})

test('a stream of chat completions has no tokens, although the server sent them', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamByChat(openaiAt(server.url))

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  OpenAI Chat Completions'])
  expect(usages(spans)).toEqual([])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(server.served, { ...unsaid, ...noTokens, model: 'gpt-5' }),
  )
})

test('a stream of the Responses API has its tokens', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamByResponses(openaiAt(server.url))

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  OpenAI Responses'])
  expect(usages(spans)).toEqual([secondUsage])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(server.served, { ...unsaid, finishReasons: [] }),
  )
})

test('a call that fails has no span at all: only the run is known to be bad', async () => {
  await using server = await ScriptedServer.open([])

  await expect(askByChat(openaiAt(server.url))).rejects.toThrow('400')

  const sent = await tracing.exported(1)
  expect(tree(spansOf(sent))).toEqual(['invoke_agent support-bot'])
  const { calls, tasks } = accountOf(await factsOf(sent))
  expect(calls).toEqual([])
  expect(tasks).toMatchObject([{ agent: 'support-bot', outcome: 'bad', llmCalls: 0 }])
})
