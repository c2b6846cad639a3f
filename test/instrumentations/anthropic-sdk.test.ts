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
})
afterAll(() => tracing.stop())

const secondUsage = {
  'gen_ai.usage.input_tokens': 1350,
  'gen_ai.usage.cache_read.input_tokens': 600,
  'gen_ai.usage.cache_write.input_tokens': 50,
  'gen_ai.usage.output_tokens': 12,
  'gen_ai.usage.reasoning.output_tokens': 4,
}

test('the SDK by itself adds up the inputs that its API keeps apart', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await ask(anthropicAt(server.url))

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  anthropic.messages.create',
    '  execute_tool get_order',
    '  anthropic.messages.create',
  ])
  expect(usages(spans)).toEqual([
    {
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.cache_read.input_tokens': 1024,
      'gen_ai.usage.cache_write.input_tokens': 100,
      'gen_ai.usage.output_tokens': 90,
      'gen_ai.usage.reasoning.output_tokens': 64,
    },
    secondUsage,
  ])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served))
})

test('a stream has the same', async () => {
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamed(anthropicAt(server.url))

  const sent = await tracing.exported(2)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['invoke_agent support-bot', '  anthropic.messages.create'])
  expect(usages(spans)).toEqual([secondUsage])
  expect(accountOf(await factsOf(sent))).toEqual(accountFor(server.served))
})

test('a call that fails says how, and the run is bad', async () => {
  await using server = await ScriptedServer.open([])

  await expect(ask(anthropicAt(server.url))).rejects.toThrow('400')

  const sent = await tracing.exported(2)
  expect(tree(spansOf(sent))).toEqual(['invoke_agent support-bot', '  anthropic.messages.create'])
  const { calls, tasks } = await factsOf(sent)
  expect(calls).toMatchObject([{ model: 'claude-sonnet-5', errorType: '400', usage: undefined }])
  expect(tasks).toMatchObject([{ agent: 'support-bot', outcome: 'bad', llmCalls: 1 }])
})
