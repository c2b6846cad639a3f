import { OpenAIInstrumentation as OpenInference } from '@arizeai/openinference-instrumentation-openai'
import { OpenAIInstrumentation as Traceloop } from '@traceloop/instrumentation-openai'
import { OpenAI } from 'openai'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { accountFor, accountOf, noTokens } from './account.ts'
import { factsOf } from './facts.ts'
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

for (const [ask, name, known] of [
  [askByChat, 'OpenAI Chat Completions', {}],
  // OpenLLMetry has not seen that a tool was asked for, and OpenInference does not say.
  [askByResponses, 'OpenAI Responses', { finishReasons: ['stop'] }],
] as const) {
  test(`${ask.name}: both have a span of each call, one in the other`, async () => {
    await using server = await ScriptedServer.open(lookUpAndTell)

    await ask(openaiAt(server.url))

    const sent = await tracing.exported(6)
    const spans = spansOf(sent)
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      `  ${name}`,
      '    chat gpt-5',
      '  execute_tool get_order',
      `  ${name}`,
      '    chat gpt-5',
    ])
    const facts = await factsOf(sent)
    expect(facts.calls.map((it) => it.notCounted).toSorted()).toEqual([
      'duplicate',
      'duplicate',
      undefined,
      undefined,
    ])
    expect(accountOf(facts)).toEqual(
      accountFor(server.served, { cacheWriteTokens: undefined, ...known }),
    )
  })
}

test('a stream: OpenInference gives up, its span never ends, and the other has lost its parent', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  await using server = await ScriptedServer.open(tellAtOnce)

  await streamByChat(openaiAt(server.url))

  const sent = await tracing.exported(2)
  expect(tree(spansOf(sent)).toSorted()).toEqual(['chat gpt-5', 'invoke_agent support-bot'])
  expect(warn).toHaveBeenCalledOnce()
  const { calls } = accountFor(server.served, noTokens)
  expect(accountOf(await factsOf(sent)).calls).toEqual(calls)
})
