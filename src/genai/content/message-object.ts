import { parsedText } from './decode.ts'
import {
  at,
  firstOf,
  isList,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  textOf,
} from './json.ts'
import { type Message, type Part, type Role, roleOf } from './message.ts'
import { isBlock, reasoningParts, textParts, toParts } from './parts.ts'
import { toolCall, toolCallResponse } from './tool-parts.ts'

/**
 * One message object: `{ role, parts }` of the GenAI conventions and of Gemini, `{ role, content,
 * tool_calls }` of OpenAI and OpenInference, `{ role, content: blocks }` of Anthropic, Bedrock and
 * the AI SDK. Some senders mix them; what is said twice is taken once.
 *
 * @param role whose message it is when the object does not say
 */
export function messageOf(it: JsonObject, role: Role): Message {
  const own = roleOf(it.role) ?? role
  const said = [...reasoningOf(it), ...contentOf(it)]
  return {
    role: own,
    name: textOf(it.name),
    parts: own === 'tool' ? answered(it, said) : [...said, ...callsBeside(it, said)],
    finishReason: finishReasonOf(it),
  }
}

export function finishReasonOf(it: JsonObject): string | undefined {
  const nested = at(it, 'content', 'finish_reason')
  return textOf(firstOf(it.finish_reason, it.finishReason, it.stop_reason, it.stopReason, nested))
}

function reasoningOf(it: JsonObject): readonly Part[] {
  return reasoningParts(firstOf(it.reasoning_content, it.reasoning))
}

function contentOf(it: JsonObject): readonly Part[] {
  const parts = listOf(it.parts).flatMap(toParts)
  if (parts.length > 0) return parts
  const content = unnested(firstOf(it.content, it.contents, it.text))
  const parsed = typeof content === 'string' ? blocksIn(content) : content
  const found = listOf(parsed).flatMap(toParts)
  return found.length > 0 ? found : textParts(it.refusal)
}

/** ADOT puts the fields of an event where its content was: `{ content: { message } }`. */
function unnested(content: Json | undefined): Json | undefined {
  if (!isObject(content) || isBlock(content)) return content
  return firstOf(content.content, content.message, content.parts) ?? content
}

/** Content blocks that were written as JSON into a text; any other text is itself. */
function blocksIn(text: string): Json {
  const parsed = parsedText(text)
  const isContent = isList(parsed) && parsed.some((it) => isObject(it) && isBlock(it))
  return isContent && parsed.every(isObject) ? parsed : text
}

/** Calls that stand beside the content and not in it. */
function callsBeside(it: JsonObject, said: readonly Part[]): readonly Part[] {
  const extra = isObject(it.additional_kwargs) ? it.additional_kwargs : {}
  const written = firstOf(it.tool_calls, it.toolCalls, extra.tool_calls)
  const listed = typeof written === 'string' ? parsedText(written) : written
  const single = firstOf(it.function_call, extra.function_call)
  const calls = [...listOf(listed), ...listOf(single)]
    .filter(isObject)
    .map((call) => toolCall(isObject(call.tool_call) ? call.tool_call : call))
  const known = new Set(said.map((part) => (part.kind === 'tool_call' ? part.id : undefined)))
  return calls.filter((call) => call.id === undefined || !known.has(call.id))
}

/** A tool's message is its answer, unless its blocks already say so. */
function answered(it: JsonObject, said: readonly Part[]): readonly Part[] {
  if (said.some((part) => part.kind !== 'text')) return said
  const id = firstOf(it.tool_call_id, it.tool_use_id, it.call_id, it.id) ?? null
  const result = firstOf(it.content, it.contents, it.text, it.parts)
  const name = firstOf(it.name) ?? null
  if (said.length === 0 && textOf(id) === undefined) return []
  return [toolCallResponse({ id, name, result: result ?? null, status: it.status ?? null })]
}
