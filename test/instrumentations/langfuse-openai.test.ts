import { observeOpenAI } from '@langfuse/openai'
import { startActiveObservation } from '@langfuse/tracing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFor, accountOf } from './account.ts'
import { factsOf } from './facts.ts'
import { openaiAt } from './openai-agent.ts'
import { ScriptedServer } from './scripted-server.ts'
import { spansOf, tree, usages } from './spans.ts'
import { lookUpAndTell, supportBot } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
})
afterAll(() => tracing.stop())

const { question, tool } = supportBot
const { name, description, jsonSchema: parameters, schema, run } = tool

/** The support bot with every step observed by Langfuse's SDK. */
function ask(url: string): Promise<string> {
  const { chat } = observeOpenAI(openaiAt(url), { generationName: 'answer' })
  const tools = [{ type: 'function' as const, function: { name, description, parameters } }]
  return startActiveObservation(
    supportBot.name,
    async () => {
      const user = { role: 'user' as const, content: question }
      const first = await chat.completions.create({ model: 'gpt-5', messages: [user], tools })
      const message = first.choices[0]?.message
      const call = message?.tool_calls?.[0]
      if (message === undefined || call?.type !== 'function') throw new Error('no tool call')
      const content = startActiveObservation(
        name,
        () => run(schema.parse(JSON.parse(call.function.arguments))),
        { asType: 'tool' },
      )
      const result = { role: 'tool' as const, tool_call_id: call.id, content }
      const messages = [user, message, result]
      const second = await chat.completions.create({ model: 'gpt-5', messages, tools })
      return second.choices[0]?.message.content ?? ''
    },
    { asType: 'agent' },
  )
}

test('buckets of tokens that do not overlap', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await ask(server.url)

  const sent = await tracing.exported(4)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual(['support-bot', '  answer', '  get_order', '  answer'])
  expect(usages(spans).map((it) => JSON.parse(String(Object.values(it)[0])))).toEqual([
    {
      input: 176,
      input_cached_tokens: 1024,
      input_audio_tokens: 0,
      output: 26,
      output_reasoning_tokens: 64,
      output_audio_tokens: 0,
      total: 1290,
    },
    {
      input: 750,
      input_cached_tokens: 600,
      input_audio_tokens: 0,
      output: 8,
      output_reasoning_tokens: 4,
      output_audio_tokens: 0,
      total: 1362,
    },
  ])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(
      server.served,
      {
        requestModel: 'gpt-5-2026-01-15',
        responseId: undefined,
        finishReasons: [],
        cacheWriteTokens: undefined,
      },
      { callId: undefined },
    ),
  )
})
