import { OpenAI } from 'openai'
import { agentRun, supportBot, toolRun } from './support-bot.ts'

const { question, tool } = supportBot
const { name, description, jsonSchema: parameters } = tool
const model = 'gpt-5'

/** OpenAI's client for a server at another address. */
export function openaiAt(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })
}

/** The support bot on chat completions. */
export function askByChat({ chat }: OpenAI): Promise<string> {
  const tools = [{ type: 'function' as const, function: { name, description, parameters } }]
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }]
  return agentRun(async () => {
    const first = await chat.completions.create({ model, messages, tools })
    for (const { message } of first.choices) {
      messages.push(message)
      for (const call of message.tool_calls ?? []) {
        if (call.type !== 'function') continue
        const content = await toolRun(call.id, JSON.parse(call.function.arguments))
        messages.push({ role: 'tool', tool_call_id: call.id, content })
      }
    }
    const second = await chat.completions.create({ model, messages, tools })
    return second.choices[0]?.message.content ?? ''
  })
}

/** One question without tools, answered as a stream that has the usage at its end. */
export function streamByChat({ chat }: OpenAI): Promise<string> {
  return agentRun(async () => {
    const stream = await chat.completions.create({
      model,
      messages: [{ role: 'user', content: question }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    return text
  })
}

/** The support bot on the Responses API. */
export function askByResponses({ responses }: OpenAI): Promise<string> {
  const tools = [{ type: 'function' as const, name, description, parameters, strict: true }]
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }]
  return agentRun(async () => {
    const first = await responses.create({ model, input, tools })
    for (const call of first.output) {
      if (call.type !== 'function_call') continue
      const output = await toolRun(call.call_id, JSON.parse(call.arguments))
      input.push(call, { type: 'function_call_output', call_id: call.call_id, output })
    }
    const second = await responses.create({ model, input, tools })
    return second.output_text
  })
}

/** One question without tools, answered as a stream of events. */
export function streamByResponses({ responses }: OpenAI): Promise<string> {
  return agentRun(async () => {
    const stream = await responses.create({ model, input: question, stream: true })
    let text = ''
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') text += event.delta
    }
    return text
  })
}
