import type { SpanView } from '../../pdata/spans.ts'
import { ContentKeys } from './content-keys.ts'
import { type Decoded, nothing } from './decode.ts'
import { at, firstOf, isObject, type Json } from './json.ts'
import type { Part } from './message.ts'
import { toMessages } from './message-shapes.ts'
import { looksLikeSchema } from './tool-definitions.ts'

/** What a tool answered. */
export interface ToolResult extends Decoded {
  /** What the result says of itself, as those of MCP do; `undefined` when it does not. */
  readonly isError: boolean | undefined
}

/** The arguments of the call that the span of a tool is. */
export function toolArguments(span: SpanView): Decoded {
  return firstFound(span, argumentPlaces)
}

/** The result of that call. An MCP result is given whole: `{ content, structuredContent, isError }`. */
export function toolResult(span: SpanView): ToolResult {
  const found = firstFound(span, resultPlaces)
  const said = firstOf(at(found.value, 'isError'), at(found.value, 'is_error'))
  return { ...found, isError: typeof said === 'boolean' ? said : undefined }
}

type ReadPlace = (span: SpanView) => Decoded

const argumentKeys = [
  'gen_ai.tool.call.arguments',
  'ai.toolCall.args',
  'ai.toolCall.input',
  'tool.parameters',
  'input.value',
  'traceloop.entity.input',
  'tool_arguments',
  'gcp.vertex.agent.tool_call_args',
  'gen_ai.tool.input',
  'gen_ai.tool.args',
  'mcp.tool.arguments',
  'request',
  'mcp.params',
  'mlflow.spanInputs',
  'langfuse.observation.input',
  'mastra.tool_call.input',
  'mastra.mcp_tool_call.input',
  'tool_parameters',
  'full_command',
  'file_path',
]

const resultKeys = [
  'gen_ai.tool.call.result',
  'ai.toolCall.result',
  'ai.toolCall.output',
  'output.value',
  'traceloop.entity.output',
  'tool_response',
  'gcp.vertex.agent.tool_response',
  'gen_ai.tool.output',
  'mcp.tool.result',
  'response',
  'mcp.result',
  'agent.tool.result',
  'mlflow.spanOutputs',
  'langfuse.observation.output',
  'mastra.tool_call.output',
  'mastra.mcp_tool_call.output',
]

const detailsEvent = 'gen_ai.client.inference.operation.details'

const argumentPlaces: readonly ReadPlace[] = [
  ...argumentKeys.map(
    (key): ReadPlace =>
      (span) =>
        argumentsUnder(span, key),
  ),
  (span) => inEvent(span, 'gen_ai.tool.message', 'content'),
  (span) => inPart(span, 'gen_ai.input.messages', callArguments),
]

const resultPlaces: readonly ReadPlace[] = [
  ...resultKeys.map(
    (key): ReadPlace =>
      (span) =>
        keys.decode(span, key),
  ),
  (span) => inEvent(span, 'gen_ai.choice', 'message'),
  (span) => inEvent(span, 'gen_ai.choice', 'tool.result'),
  (span) => inPart(span, 'gen_ai.output.messages', callResult),
  (span) => inEvent(span, 'tool.output', 'output'),
  (span) => inEvent(span, 'tool.output', 'content'),
]

const keys = new ContentKeys([...argumentKeys, ...resultKeys])

const eventKeys = new ContentKeys([
  'content',
  'message',
  'output',
  'tool.result',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
])

function firstFound(span: SpanView, places: readonly ReadPlace[]): Decoded {
  let cut = nothing
  for (const read of places) {
    const found = read(span)
    if (found.value !== undefined && !found.truncated) return found
    if (cut.value === undefined && found.truncated) cut = found
  }
  return cut
}

function argumentsUnder(span: SpanView, key: string): Decoded {
  const found = keys.decode(span, key)
  if (key === 'tool.parameters' && looksLikeSchema(found.value)) return nothing
  return { ...found, value: innerArguments(found.value) }
}

/**
 * The arguments in a whole MCP request (`params.arguments`), and in what OpenLLMetry makes of one
 * (`tool_name` and `arguments`).
 */
function innerArguments(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value
  if (isObject(value.params)) return value.params.arguments ?? undefined
  const isCall = 'arguments' in value && ('tool_name' in value || 'name' in value)
  return isCall && Object.keys(value).every((key) => callFields.includes(key))
    ? (value.arguments ?? undefined)
    : value
}

const callFields = ['tool_name', 'name', 'arguments', '_meta', 'meta']

/** Strands writes the arguments as a message of the tool, and its result as the choice. */
function inEvent(span: SpanView, name: string, key: string): Decoded {
  let found = nothing
  span.forEachEvent((event) => {
    if (found.value === undefined && event.name() === name) found = eventKeys.decode(event, key)
  })
  return found
}

/** Later Strands writes both as parts of messages. */
function inPart(span: SpanView, key: string, contentOf: (part: Part) => Json | undefined): Decoded {
  const { value, truncated } = inEvent(span, detailsEvent, key)
  const parts = toMessages(value, 'tool').flatMap((message) => message.parts)
  return { value: parts.map(contentOf).find((content) => content !== undefined), truncated }
}

function callArguments(part: Part): Json | undefined {
  return part.kind === 'tool_call' ? part.arguments : undefined
}

function callResult(part: Part): Json | undefined {
  return part.kind === 'tool_call_response' ? part.result : undefined
}
