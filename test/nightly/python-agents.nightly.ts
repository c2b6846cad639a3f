import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect } from 'vitest'
import { accountFor, accountOf } from '../instrumentations/account.ts'
import { factsOf } from '../instrumentations/facts.ts'
import { ScriptedServer } from '../instrumentations/scripted-server.ts'
import { spansOf, tree, usages } from '../instrumentations/spans.ts'
import { lookUpAndTell } from '../instrumentations/support-bot.ts'
import { needs } from '../support/needs.ts'
import { OtlpServer } from '../support/otlp-server.ts'
import { buildTimeoutMs, pythonWithAgents } from './tools.ts'

const script = join(import.meta.dirname, 'python-agents.py')
const scriptTimeoutMs = 60_000
const run = promisify(execFile)

const it = needs('python3')

describe('agents in Python', () => {
  let python = ''
  beforeAll(async () => {
    python = await pythonWithAgents()
  }, buildTimeoutMs)

  /** Runs one of the agents, and gives the export requests that it sent and what it was served. */
  async function ran(agent: string) {
    await using model = await ScriptedServer.open(lookUpAndTell)
    const backend = await OtlpServer.open()
    const { stdout } = await run(python, [script, agent, model.url, backend.url], {
      timeout: scriptTimeoutMs,
    })
    await backend.close()
    expect(stdout.trim()).toBe('It ships tomorrow.')
    return { sent: backend.got.map((it) => it.body), served: model.served }
  }

  it('OpenInference on OpenAI: tokens with what came from the cache', async () => {
    const { sent, served } = await ran('openinference-openai')

    const spans = spansOf(sent)
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      '  ChatCompletion',
      '  execute_tool get_order',
      '  ChatCompletion',
    ])
    expect(usages(spans).map((it) => it['llm.token_count.prompt'])).toEqual([1200, 1350])
    const unsaid = { responseId: undefined, cacheWriteTokens: undefined }
    expect(accountOf(await factsOf(sent))).toEqual(accountFor(served, unsaid))
  })

  it('OpenInference on Anthropic: the span of the SDK is in its own', async () => {
    const { sent, served } = await ran('openinference-anthropic')

    expect(tree(spansOf(sent))).toEqual([
      'invoke_agent support-bot',
      '  messages.create',
      '    anthropic.messages.create',
      '  execute_tool get_order',
      '  messages.create',
      '    anthropic.messages.create',
    ])
    expect(accountOf(await factsOf(sent))).toEqual(accountFor(served))
  })

  it('OpenLLMetry on OpenAI: tokens with what came from the cache', async () => {
    const { sent, served } = await ran('openllmetry-openai')

    const spans = spansOf(sent)
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      '  openai.chat',
      '  execute_tool get_order',
      '  openai.chat',
    ])
    expect(usages(spans).map((it) => it['gen_ai.usage.input_tokens'])).toEqual([1200, 1350])
    const unsaid = { cacheWriteTokens: undefined }
    expect(accountOf(await factsOf(sent))).toEqual(accountFor(served, unsaid))
  })

  it('OpenLLMetry on Anthropic: the span of the SDK is beside its own', async () => {
    const { sent, served } = await ran('openllmetry-anthropic')

    const spans = spansOf(sent)
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      '  anthropic.chat',
      '  anthropic.messages.create',
      '  execute_tool get_order',
      '  anthropic.chat',
      '  anthropic.messages.create',
    ])
    expect(usages(spans).map((it) => it['gen_ai.usage.input_tokens'])).toEqual([
      1200, 1200, 1350, 1350,
    ])
    expect(accountOf(await factsOf(sent))).toEqual(accountFor(served))
  })

  it('pydantic-ai: the agent adds up what its calls used', async () => {
    const { sent, served } = await ran('pydantic-ai')

    const spans = spansOf(sent)
    expect(tree(spans)).toEqual([
      'invoke_agent support-bot',
      '  chat gpt-5',
      '  execute_tool get_order',
      '  chat gpt-5',
    ])
    expect(usages(spans).map((it) => it['gen_ai.usage.input_tokens'])).toEqual([
      undefined,
      1200,
      1350,
    ])
    const unsaid = { cacheWriteTokens: undefined }
    expect(accountOf(await factsOf(sent))).toEqual(accountFor(served, unsaid))
  })
})
