import { Anthropic, type ClientOptions } from '@anthropic-ai/sdk'
import { agentRun, supportBot, toolRun } from './support-bot.ts'

const { question, tool } = supportBot
const tools = [
  { name: tool.name, description: tool.description, input_schema: tool.jsonSchema },
] satisfies Anthropic.Tool[]

/** Anthropic's client for a server at another address. */
export function anthropicAt(url: string, options: ClientOptions = {}): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: 'none', ...options })
}

const common = { model: 'claude-sonnet-5', max_tokens: 1024 }

/** The support bot on the Messages API. */
export function ask({ messages: api }: Anthropic): Promise<string> {
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }]
  return agentRun(async () => {
    const first = await api.create({ ...common, messages, tools })
    messages.push({ role: 'assistant', content: first.content })
    for (const block of first.content) {
      if (block.type !== 'tool_use') continue
      const content = await toolRun(block.id, block.input)
      const result = { type: 'tool_result' as const, tool_use_id: block.id, content }
      messages.push({ role: 'user', content: [result] })
    }
    const second = await api.create({ ...common, messages, tools })
    return second.content.map((it) => (it.type === 'text' ? it.text : '')).join('')
  })
}

/** One question without tools, answered as a stream. */
export function streamed({ messages: api }: Anthropic): Promise<string> {
  return agentRun(async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }]
    const stream = await api.create({ ...common, messages, stream: true })
    let text = ''
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        text += event.delta.text
      }
    }
    return text
  })
}
