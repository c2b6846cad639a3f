import { decodeText } from './decode.ts'
import { at, firstOf, isObject, type Json, type JsonObject, textOf } from './json.ts'
import type {
  ServerToolCallPart,
  ServerToolCallResponsePart,
  ToolCallPart,
  ToolCallResponsePart,
} from './message.ts'

/** A tool call, whoever spells its fields. */
export function toolCall(it: JsonObject): ToolCallPart {
  const inner = isObject(it.function) ? it.function : isObject(it.custom) ? it.custom : it
  return {
    kind: 'tool_call',
    id: callId(it),
    name: toolName(inner) ?? toolName(it),
    arguments: parsed(firstOf(inner.arguments, it.arguments, it.args, inner.input, it.parameters)),
  }
}

/** What a tool answered, whoever spells its fields. */
export function toolCallResponse(it: JsonObject): ToolCallResponsePart {
  const result = firstOf(it.response, it.result, it.output, it.content, it.toolResult)
  return {
    kind: 'tool_call_response',
    id: callId(it),
    name: toolName(it),
    result: parsed(outputValue(result)),
    isError: isError(it),
  }
}

export function serverToolCall(it: JsonObject): ServerToolCallPart {
  const call = firstOf(it.server_tool_call, it.input, it.arguments, it.action, it.queries, it.code)
  return {
    kind: 'server_tool_call',
    id: callId(it),
    name: toolName(it) ?? textOf(it.type)?.replace(/_call$/, ''),
    call: parsed(call),
  }
}

export function serverToolCallResponse(it: JsonObject): ServerToolCallResponsePart {
  const response = firstOf(it.server_tool_call_response, it.content, it.output, it.response)
  return { kind: 'server_tool_call_response', id: callId(it), response: parsed(response) }
}

/** Arguments and results come as data or as text that encodes it. */
function parsed(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? decodeText(value).value : value
}

/** The AI SDK wraps an output with its type: `{ type: 'json', value }`. */
function outputValue(value: Json | undefined): Json | undefined {
  const isWrapped = isObject(value) && 'value' in value && typeof value.type === 'string'
  return isWrapped ? value.value : value
}

function callId(it: JsonObject): string | undefined {
  const ids = [it.tool_call_id, it.tool_use_id, it.toolUseId, it.toolCallId, it.call_id, it.id]
  return textOf(firstOf(...ids))
}

function toolName(it: JsonObject): string | undefined {
  return textOf(firstOf(it.name, it.toolName, it.tool_name))
}

function isError(it: JsonObject): boolean | undefined {
  const said = firstOf(it.is_error, it.isError, at(it, 'output', 'isError'))
  if (typeof said === 'boolean') return said
  if (it.status === 'error' || it.status === 'success') return it.status === 'error'
  return undefined
}
