import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain'
import * as callbackManager from '@langchain/core/callbacks/manager'
import { type BaseMessage, HumanMessage } from '@langchain/core/messages'
import { type RunnableConfig, RunnableLambda } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFor, accountOf } from './account.ts'
import { factsOf } from './facts.ts'
import { ScriptedServer } from './scripted-server.ts'
import { spansOf, tree, usages } from './spans.ts'
import { agentRun, lookUpAndTell, supportBot } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
  new LangChainInstrumentation().manuallyInstrument(callbackManager)
})
afterAll(() => tracing.stop())

/** The support bot as a runnable of LangChain. */
function botAt(url: string) {
  const { name, description, schema, run } = supportBot.tool
  const getOrder = tool(run, { name, description, schema })
  const configuration = { baseURL: `${url}/v1` }
  const model = new ChatOpenAI({ model: 'gpt-5', apiKey: 'none', configuration }).bindTools([
    getOrder,
  ])
  return RunnableLambda.from(async (question: string, config: RunnableConfig) => {
    const messages: BaseMessage[] = [new HumanMessage(question)]
    const first = await model.invoke(messages, config)
    messages.push(first)
    for (const call of first.tool_calls ?? []) {
      messages.push(await getOrder.invoke({ ...call, type: 'tool_call' }, config))
    }
    return model.invoke(messages, config)
  }).withConfig({ runName: supportBot.name })
}

test('a runnable is a chain, and a tool has no id of its call', async () => {
  await using server = await ScriptedServer.open(lookUpAndTell)

  await agentRun(() => botAt(server.url).invoke(supportBot.question))

  const sent = await tracing.exported(5)
  const spans = spansOf(sent)
  expect(tree(spans)).toEqual([
    'invoke_agent support-bot',
    '  support-bot',
    '    ChatOpenAI',
    '    get_order',
    '    ChatOpenAI',
  ])
  expect(usages(spans)).toEqual([
    {
      'llm.token_count.prompt': 1200,
      'llm.token_count.prompt_details.cache_read': 1024,
      'llm.token_count.completion': 90,
      'llm.token_count.completion_details.reasoning': 64,
      'llm.token_count.total': 1290,
    },
    {
      'llm.token_count.prompt': 1350,
      'llm.token_count.prompt_details.cache_read': 600,
      'llm.token_count.completion': 12,
      'llm.token_count.completion_details.reasoning': 4,
      'llm.token_count.total': 1362,
    },
  ])
  expect(accountOf(await factsOf(sent))).toEqual(
    accountFor(
      server.served,
      { model: 'gpt-5', responseId: undefined, cacheWriteTokens: undefined },
      { callId: undefined },
    ),
  )
})
