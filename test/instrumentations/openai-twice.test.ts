import { OpenAIInstrumentation as OpenInference } from '@arizeai/openinference-instrumentation-openai'
import { OpenAIInstrumentation as Traceloop } from '@traceloop/instrumentation-openai'
import { OpenAI } from 'openai'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { askByChat, askByResponses, openaiAt, streamByChat } from './openai-agent.ts'
import { ScriptedServer } from './scripted-server.ts'
import { spansOf, tree } from './spans.ts'
import { lookUpAndTell, tellAtOnce } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
  new Traceloop().manuallyInstrument(OpenAI)
  new OpenInference().manuallyInstrument(OpenAI)
})
afterAll(() => tracing.stop())

for (const [ask, name] of [
  [askByChat, 'OpenAI Chat Completions'],
  [askByResponses, 'OpenAI Responses'],
] as const) {
  test(`${ask.name}: both have a span of each call, one in the other`, async () => {
    await using server = await ScriptedServer.open(lookUpAndTell)

    await ask(openaiAt(server.url))

    const spans = spansOf(await tracing.exported(6))
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      `  ${name}`,
      '    chat gpt-5',
      '  execute_tool get_order',
      `  ${name}`,
      '    chat gpt-5',
    ])
  })
}

test('a stream: OpenInference gives up, its span never ends, and the other has lost its parent', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamByChat(openaiAt(server.url))

  const spans = spansOf(await tracing.exported(2))
  expect(tree(spans).toSorted()).toEqual(['chat gpt-5', 'invoke_agent support-bot'])
  expect(warn).toHaveBeenCalledOnce()
})
