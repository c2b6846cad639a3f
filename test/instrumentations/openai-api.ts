import type { Served, StreamEvent } from './script.ts'

/** Seconds since the epoch at which every answer was made. */
const created = 1_767_225_600

/** A body of `POST /v1/chat/completions`. */
export function chatCompletion(served: Served): object {
  const { text, toolUses } = served
  const message = {
    role: 'assistant',
    content: text || null,
    refusal: null,
    ...(toolUses.length > 0 && { tool_calls: toolUses.map(toolCall) }),
  }
  return {
    ...chatHead(served, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(served) }],
    usage: chatUsage(served),
  }
}

/** The same as a stream: every word a chunk, and at last one that has the usage and no choice. */
export function chatChunks(served: Served): object[] {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...chatHead(served, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  })
  const toolCalls = served.toolUses.map((it, index) => ({ index, ...toolCall(it) }))
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words(served.text).map((content) => chunk({ content })),
    ...toolCalls.map((it) => chunk({ tool_calls: [it] })),
    chunk({}, finishReason(served)),
    { ...chatHead(served, 'chat.completion.chunk'), choices: [], usage: chatUsage(served) },
  ]
}

/** A body of `POST /v1/responses`. */
export function response(served: Served): object {
  return { ...responseHead(served), status: 'completed', output: outputItems(served) }
}

/** The same as a stream: every word a delta, and at last the whole response. */
export function responseEvents(served: Served): StreamEvent[] {
  const begun = { ...responseHead(served), status: 'in_progress', output: [], usage: null }
  const events = [
    { type: 'response.created', response: begun },
    ...outputItems(served).flatMap(itemEvents),
    { type: 'response.completed', response: response(served) },
  ]
  return events.map((it, sequence_number) => ({ ...it, sequence_number }))
}

/** A body of `POST /v1/embeddings`. */
export function embeddings({ model, tokens }: Served): object {
  return {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.2, 0.3] }],
    model,
    usage: { prompt_tokens: tokens.inputTokens, total_tokens: tokens.inputTokens },
  }
}

function chatHead({ responseId, model }: Served, object: string) {
  return { id: responseId, object, created, model, service_tier: 'default' }
}

function chatUsage({ tokens }: Served) {
  return {
    prompt_tokens: tokens.inputTokens,
    completion_tokens: tokens.outputTokens,
    total_tokens: tokens.inputTokens + tokens.outputTokens,
    prompt_tokens_details: { cached_tokens: tokens.cacheReadTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: tokens.reasoningTokens, audio_tokens: 0 },
  }
}

function toolCall({ id, name, arguments: given }: Served['toolUses'][number]) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(given) } }
}

function finishReason({ toolUses }: Served): string {
  return toolUses.length > 0 ? 'tool_calls' : 'stop'
}

function responseHead({ responseId, model, tokens }: Served) {
  return {
    id: responseId,
    object: 'response',
    created_at: created,
    model,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: {
      input_tokens: tokens.inputTokens,
      input_tokens_details: { cached_tokens: tokens.cacheReadTokens },
      output_tokens: tokens.outputTokens,
      output_tokens_details: { reasoning_tokens: tokens.reasoningTokens },
      total_tokens: tokens.inputTokens + tokens.outputTokens,
    },
  }
}

function outputItems({ responseId, text, toolUses }: Served) {
  const calls = toolUses.map(({ id, name, arguments: given }) => ({
    id: `fc_${id}`,
    type: 'function_call',
    status: 'completed',
    call_id: id,
    name,
    arguments: JSON.stringify(given),
  }))
  if (text === '') return calls
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }]
  const id = `msg_${responseId}`
  return [{ id, type: 'message', status: 'completed', role: 'assistant', content }, ...calls]
}

function itemEvents(item: ReturnType<typeof outputItems>[number], output_index: number) {
  const begun = { ...item, status: 'in_progress', content: [] }
  const added = { type: 'response.output_item.added', output_index, item: begun }
  const done = { type: 'response.output_item.done', output_index, item }
  if (!('content' in item)) return [added, done]
  const at = { item_id: item.id, output_index, content_index: 0 }
  const deltas = item.content
    .flatMap((it) => words(it.text))
    .map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] }))
  return [added, ...deltas, done]
}

/** A text as the pieces of a stream. */
export function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? []
}
