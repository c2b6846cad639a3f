import { words } from './openai-api.ts'
import type { Served, StreamEvent, ToolUse } from './script.ts'

/** A body of `POST /v1/messages`. */
export function anthropicMessage(served: Served) {
  return {
    id: served.responseId,
    type: 'message',
    role: 'assistant',
    model: served.model,
    content: blocks(served),
    stop_reason: served.toolUses.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: usage(served),
  }
}

/** The same as a stream: each block in deltas, and the count of the output at the end. */
export function anthropicEvents(served: Served): StreamEvent[] {
  const message = anthropicMessage(served)
  const { stop_reason, stop_sequence } = message
  const { output_tokens, output_tokens_details } = message.usage
  const begun = {
    ...message,
    content: [],
    stop_reason: null,
    usage: { ...message.usage, output_tokens: 1 },
  }
  return [
    { type: 'message_start', message: begun },
    ...message.content.flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence },
      usage: { output_tokens, output_tokens_details },
    },
    { type: 'message_stop' },
  ]
}

/** Its three inputs are disjoint: what came from the cache is not in `input_tokens`. */
function usage({ tokens }: Served) {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = tokens
  return {
    input_tokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
    service_tier: 'standard',
  }
}

type Block = ReturnType<typeof textBlock> | ReturnType<typeof toolBlock>

function blocks({ text, toolUses }: Served): Block[] {
  const calls = toolUses.map(toolBlock)
  return text === '' ? calls : [textBlock(text), ...calls]
}

function textBlock(text: string) {
  return { type: 'text' as const, text, citations: null }
}

function toolBlock({ id, name, arguments: input }: ToolUse) {
  return { type: 'tool_use' as const, id, name, input, caller: { type: 'direct' } }
}

function blockEvents(block: Block, index: number): StreamEvent[] {
  const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} }
  const deltas =
    block.type === 'text'
      ? words(block.text).map((text) => ({ type: 'text_delta', text }))
      : [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }]
  return [
    { type: 'content_block_start', index, content_block: empty },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}
