import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpInstrumentation } from '@traceloop/instrumentation-mcp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountOf } from './account.ts'
import { factsOf } from './facts.ts'
import { spansOf, tree } from './spans.ts'
import { agentRun, supportBot } from './support-bot.ts'
import { Tracing } from './tracing.ts'

let tracing: Tracing
beforeAll(async () => {
  tracing = await Tracing.start()
  new McpInstrumentation().manuallyInstrument({ Client })
})
afterAll(() => tracing.stop())

const { name, description, schema, run } = supportBot.tool

/** A client of a server that has the support bot's tool, and knows one order. */
async function connected(): Promise<Client> {
  const server = new McpServer({ name: 'orders', version: '1.0.0' })
  server.registerTool(name, { description, inputSchema: schema.shape }, (input) => {
    const isError = input.id !== '42'
    return { isError, content: [{ type: 'text', text: isError ? 'no such order' : run(input) }] }
  })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  await server.connect(theirs)
  const client = new Client({ name: supportBot.name, version: '1.0.0' })
  await client.connect(ours)
  return client
}

test('all requests of a session are below it, those of the client alone', async () => {
  await agentRun(async () => {
    const client = await connected()
    await client.listTools()
    await client.callTool({ name, arguments: { id: '42' } })
    await client.callTool({ name, arguments: { id: '43' } })
    await client.close()
  })

  const sent = await tracing.exported(6)
  // Sorted, as the SDK does not know the order of what takes less than a millisecond.
  expect(tree(spansOf(sent)).toSorted()).toEqual([
    '    get_order.tool',
    '    get_order.tool',
    '    initialize.mcp',
    '    tools/list.mcp',
    '  mcp.client.session',
    'invoke_agent support-bot',
  ])
  const { tools, tasks } = accountOf(await factsOf(sent))
  expect(tools.map((it) => `${it.tool} ${it.outcome}`).toSorted()).toEqual([
    'get_order bad',
    'get_order good',
  ])
  expect(tasks).toMatchObject([{ agent: 'support-bot', toolCalls: 2, failedToolCalls: 1 }])
})
