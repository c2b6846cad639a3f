import { isObject, type Json, type JsonObject, listOf, textOf } from './json.ts'
import { mediaPart } from './media-parts.ts'
import type { Part } from './message.ts'
import { serverToolCall, serverToolCallResponse, toolCall, toolCallResponse } from './tool-parts.ts'
import { isWithheld } from './withheld.ts'

/**
 * The parts that one content block says. What is recognised by its `type`, then by its keys, is
 * a part of that kind; a bare string is text; a block of an unknown type is kept as `other`.
 */
export function toParts(block: Json): readonly Part[] {
  if (typeof block === 'string') return textParts(block)
  if (!isObject(block)) return []
  return knownParts(unwrapped(block)) ?? [{ kind: 'other', type: textOf(block.type), raw: block }]
}

/** Whether an object is a content block that we know, and not a message. */
export function isBlock(it: JsonObject): boolean {
  return knownParts(unwrapped(it)) !== undefined
}

/** Text that was withheld is no part. */
export function textParts(content: Json | undefined): readonly Part[] {
  if (typeof content !== 'string' || isWithheld(content)) return []
  return [{ kind: 'text', content }]
}

export function reasoningParts(content: Json | undefined, signature?: Json): readonly Part[] {
  const texts = listOf(content).flatMap((it) => (isObject(it) ? [it.text] : [it]))
  return texts
    .filter((it) => typeof it === 'string')
    .filter((it) => !isWithheld(it))
    .map((it) => ({ kind: 'reasoning', content: it, signature: textOf(signature) }))
}

type ReadBlock = (block: JsonObject) => readonly Part[]

const text: ReadBlock = (it) => textParts(it.text ?? it.content ?? it.refusal)
const call: ReadBlock = (it) => [toolCall(it)]
const response: ReadBlock = (it) => [toolCallResponse(it)]
const serverCall: ReadBlock = (it) => [serverToolCall(it)]
const serverResponse: ReadBlock = (it) => [serverToolCallResponse(it)]
/** The Responses API gives its `summary`, and the reasoning itself only where it is open. */
const reasoning: ReadBlock = (it) => {
  const content = it.content ?? it.text ?? it.thinking ?? it.reasoning ?? it.summary
  return reasoningParts(content, it.signature)
}
const media: ReadBlock = (it) => {
  const part = mediaPart(it)
  return [part ?? { kind: 'other', type: textOf(it.type), raw: it }]
}

/** By `type`: the GenAI conventions, OpenAI, Anthropic, the AI SDK, the Responses API. */
const byType: ReadonlyMap<string, ReadBlock> = new Map([
  ['text', text],
  ['input_text', text],
  ['output_text', text],
  ['summary_text', text],
  ['refusal', text],
  ['reasoning', reasoning],
  ['thinking', reasoning],
  ['tool_call', call],
  ['tool_use', call],
  ['tool-call', call],
  ['function', call],
  ['function_call', call],
  ['custom_tool_call', call],
  ['tool_call_response', response],
  ['tool_result', response],
  ['tool-result', response],
  ['function_call_output', response],
  ['custom_tool_call_output', response],
  ['server_tool_call', serverCall],
  ['server_tool_use', serverCall],
  ['mcp_tool_use', serverCall],
  ['mcp_call', serverCall],
  ['web_search_call', serverCall],
  ['file_search_call', serverCall],
  ['code_interpreter_call', serverCall],
  ['computer_call', serverCall],
  ['image_generation_call', serverCall],
  ['server_tool_call_response', serverResponse],
  ['mcp_tool_result', serverResponse],
  ['web_search_tool_result', serverResponse],
  ['web_fetch_tool_result', serverResponse],
  ['code_execution_tool_result', serverResponse],
  ['blob', media],
  ['uri', media],
  ['file', media],
  ['image', media],
  ['image_url', media],
  ['input_image', media],
  ['input_audio', media],
  ['input_file', media],
  ['audio', media],
  ['video', media],
  ['document', media],
])

/** By a key that holds the block: Bedrock and Gemini, which give no type. */
const byKey: readonly (readonly [key: string, read: ReadBlock])[] = [
  ['toolUse', call],
  ['toolResult', response],
  ['functionCall', call],
  ['function_call', call],
  ['functionResponse', response],
  ['function_response', response],
  ['reasoningContent', (it) => reasoning(isObject(it.reasoningText) ? it.reasoningText : it)],
]

const mediaKeys = ['inlineData', 'inline_data', 'fileData', 'file_data', 'image', 'document']

function knownParts(block: JsonObject): readonly Part[] | undefined {
  const read = typeof block.type === 'string' ? byType.get(block.type) : undefined
  if (read !== undefined) return read(block)
  for (const [key, readInner] of byKey) {
    const inner = block[key]
    if (isObject(inner)) return readInner(inner)
  }
  if (block.type !== undefined) return undefined
  if (typeof block.text === 'string') {
    return block.thought === true ? reasoningParts(block.text) : textParts(block.text)
  }
  return mediaKeys.some((key) => isObject(block[key])) ? media(block) : undefined
}

/** OpenInference wraps each piece in its own name. */
function unwrapped(block: JsonObject): JsonObject {
  const inner = block.message_content ?? block.tool_call
  return isObject(inner) ? inner : block
}
