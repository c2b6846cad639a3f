import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai'
import { OpenAI } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

for (const ask of [askByChat, askByResponses]) {
  test(`${ask.name}: tokens without a word on cache and reasoning`, async () => {
    await using server = await ScriptedServer.open(lookUpAndTell)

    await ask(openaiAt(server.url))

    const spans = spansOf(await tracing.exported(4))
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      '  chat gpt-5',
      '  execute_tool get_order',
      '  chat gpt-5',
    ])
    expect(usages(spans)).toEqual([
      {
        'gen_ai.usage.input_tokens': 1200,
        'gen_ai.usage.output_tokens': 90,
        'gen_ai.usage.total_tokens': 1290,
      },
      {
        'gen_ai.usage.input_tokens': 1350,
        'gen_ai.usage.output_tokens': 12,
        'gen_ai.usage.total_tokens': 1362,
      },
    ])
  })
}

for (const ask of [streamByChat, streamByResponses]) {
  test(`${ask.name}: no tokens, although the server sent them`, async () => {
    await using server = await ScriptedServer.open(tellAtOnce)

    await ask(openaiAt(server.url))

    const spans = spansOf(await tracing.exported(2))
    expect(tree(spans)).toEqual(['invoke_agent support-bot', '  chat gpt-5'])
    expect(usages(spans)).toEqual([])
  })
}
