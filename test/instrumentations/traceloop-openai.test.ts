import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai'
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

const treeWithTool = [
  'invoke_agent support-bot',
  '  chat gpt-5',
  '  execute_tool get_order',
  '  chat gpt-5',
]
const firstUsage = {
  'gen_ai.usage.input_tokens': 1200,
  'gen_ai.usage.output_tokens': 90,
  'gen_ai.usage.total_tokens': 1290,
}
const secondUsage = {
  'gen_ai.usage.input_tokens': 1350,
  'gen_ai.usage.output_tokens': 12,
  'gen_ai.usage.total_tokens': 1362,
}
const unsaid = {
  cacheReadTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
}

test('chat completions: tokens without a word on cache and reasoning', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await askByChat(openaiAt(server.url))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(treeWithTool)
  expect(usages(spans)).toEqual([firstUsage, secondUsage])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, unsaid))
})

test('the Responses API: nor on the tool that was asked for', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await askByResponses(openaiAt(server.url))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(treeWithTool)
  expect(usages(spans)).toEqual([firstUsage, secondUsage])
  const known = { ...unsaid, finishReasons: ['stop'] }
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, known))
})

test('a stream of chat completions has no tokens, although the server sent them', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamByChat(openaiAt(server.url))

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  chat gpt-5'])
  expect(usages(spans)).toEqual([])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, noTokens))
})

test('a stream of the Responses API has nothing of the answer', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamByResponses(openaiAt(server.url))

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  chat gpt-5'])
  expect(usages(spans)).toEqual([])
  const known = { ...noTokens, model: 'gpt-5', responseId: undefined, finishReasons: [] }
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served, known))
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
