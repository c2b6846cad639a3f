import type { SpanView } from '../../pdata/spans.ts'
import { ContentKeys } from './content-keys.ts'
import { type Decoded, nothing, parsedText, splitJoined } from './decode.ts'
import { at, firstOf, isList, isObject, type Json, textOf } from './json.ts'
import {
  type ToolDefinition,
  type ToolList,
  type ToolOrigin,
  toolDefinition,
  toolsIn,
} from './tool-definition.ts'
import { unflatten } from './unflatten.ts'

export type { ToolDefinition, ToolList, ToolOrigin } from './tool-definition.ts'

/** The tools that a span offers to its model, or that the span of a tool tells of itself. */
export function offeredTools(span: SpanView): readonly ToolDefinition[] {
  return offeredToolList(span).tools
}

/** As `offeredTools`, and whether these are all. */
export function offeredToolList(span: SpanView): ToolList {
  let cut = noTools
  for (const read of places) {
    const found = toolList(read(span), 'offered')
    if (found.tools.length > 0 && found.isComplete) return found
    if (found.tools.length > cut.tools.length) cut = found
  }
  return cut.tools.length > 0 ? cut : ownDefinition(span)
}

function toolList({ value, truncated }: Decoded, origin: ToolOrigin): ToolList {
  const { tools, isComplete } = toolsIn(value, origin)
  return { tools, isComplete: isComplete && !truncated }
}

/** What an MCP server answered to `tools/list`; `undefined` when the span has no such answer. */
export function listedTools(span: SpanView): ToolList | undefined {
  for (const key of listKeys) {
    const { value, truncated } = keys.decode(span, key)
    const result = firstOf(at(value, 'result'), value)
    const list = parsedText(at(result, 'tools') ?? result ?? null)
    if (!isList(list) || !list.map(parsedText).every(hasName)) continue
    const goesOn = firstOf(at(result, 'nextCursor'), at(result, 'next_cursor')) !== undefined
    return toolList({ value: list, truncated: truncated || goesOn }, 'mcp_list')
  }
  return undefined
}

/** Results of other methods are lists too. */
function hasName(element: Json): boolean {
  return textOf(at(element, 'name')) !== undefined
}

const noTools: ToolList = { tools: [], isComplete: false }

type ReadPlace = (span: SpanView) => Decoded

/** In the order of trust: definitions, then requests that have them, then bare names. */
const places: readonly ReadPlace[] = [
  (span) => keys.decode(span, 'gen_ai.tool.definitions'),
  (span) => keys.decode(span, 'ai.prompt.tools'),
  (span) => indexed(span, 'llm.tools'),
  (span) => indexed(span, 'gen_ai.tool.definitions'),
  (span) => indexed(span, 'llm.request.functions'),
  inDetails,
  (span) => within(span, 'model_request_parameters', ['function_tools']),
  (span) => within(span, 'gcp.vertex.agent.llm_request', ['config', 'tools']),
  (span) => within(span, 'request_data', ['tools']),
  (span) => keys.decode(span, 'mlflow.chat.tools'),
  (span) => within(span, 'gen_ai.prompt', ['invocation_params', 'tools']),
  (span) => within(span, 'llm.invocation_parameters', ['tools']),
  (span) => within(span, 'langfuse.observation.input', ['tools']),
  (span) => within(span, 'langfuse.observation.model.parameters', ['tools']),
  (span) => within(span, 'langfuse.observation.metadata', ['tools']),
  (span) => within(span, 'mlflow.spanInputs', ['tools']),
  (span) => keys.decode(span, 'gen_ai.agent.tools'),
  (span) => joined(span, 'sk.available_functions'),
]

/** Logfire; OpenLIT; OpenLLMetry. */
const listKeys = ['response', 'mcp.result', 'traceloop.entity.output']

const keys = new ContentKeys([
  'gen_ai.tool.definitions',
  'ai.prompt.tools',
  'model_request_parameters',
  'gcp.vertex.agent.llm_request',
  'request_data',
  'mlflow.chat.tools',
  'gen_ai.prompt',
  'llm.invocation_parameters',
  'langfuse.observation.input',
  'langfuse.observation.model.parameters',
  'langfuse.observation.metadata',
  'mlflow.spanInputs',
  'gen_ai.agent.tools',
  'sk.available_functions',
  ...listKeys,
])

const localKeys = new ContentKeys([
  'tool.json_schema',
  'tool.name',
  'tool.description',
  'tool.parameters',
  'gen_ai.tool.name',
  'gen_ai.tool.description',
])

const eventKeys = new ContentKeys(['gen_ai.tool.definitions'])

function inDetails(span: SpanView): Decoded {
  let found = nothing
  span.forEachEvent((event) => {
    if (event.name() !== 'gen_ai.client.inference.operation.details') return
    if (found.value === undefined) found = eventKeys.decode(event, 'gen_ai.tool.definitions')
  })
  return found
}

/** The elements, out of the names that OpenInference puts around each: `tool.json_schema`. */
function indexed(span: SpanView, prefix: string): Decoded {
  const { value, truncated } = unflatten(span, prefix)
  if (!isList(value)) return { value, truncated }
  const tools = value.map((it) => firstOf(at(it, 'tool', 'json_schema'), at(it, 'tool')) ?? it)
  return { value: tools, truncated }
}

function within(span: SpanView, key: string, path: readonly string[]): Decoded {
  const { value, truncated } = keys.decode(span, key)
  return { value: at(value, ...path), truncated }
}

function joined(span: SpanView, key: string): Decoded {
  const found = keys.decode(span, key)
  return typeof found.value === 'string' ? { ...found, value: splitJoined(found.value) } : found
}

/** What the span of a tool says of itself: OpenInference and the GenAI conventions. */
function ownDefinition(span: SpanView): ToolList {
  const plain = (key: string) => localKeys.plain(span, key).value ?? null
  const name = firstOf(plain('tool.name'), plain('gen_ai.tool.name')) ?? null
  const description = firstOf(plain('tool.description'), plain('gen_ai.tool.description')) ?? null
  const schema = localKeys.decode(span, 'tool.json_schema').value
  const own = isObject(schema) && toolDefinition(schema, 'span_local')
  if (own) return { tools: [own], isComplete: false }
  const parameters = firstOf(schema, schemaIn(localKeys.decode(span, 'tool.parameters').value))
  if (description === null && parameters === undefined) return noTools
  const told = toolDefinition({ name, description, parameters: parameters ?? null }, 'span_local')
  return { tools: told === undefined ? [] : [told], isComplete: false }
}

function schemaIn(value: Json | undefined): Json | undefined {
  return looksLikeSchema(value) ? value : undefined
}

/**
 * Whether `tool.parameters` is a schema; some packages write the arguments of the call there. A
 * schema has `properties`, or is an object by its `type`, or every value of it has a `type`.
 */
export function looksLikeSchema(value: Json | undefined): boolean {
  if (!isObject(value)) return false
  if (isObject(value.properties) || value.type === 'object') return true
  const members = Object.values(value)
  return members.length > 0 && members.every((it) => isObject(it) && 'type' in it)
}
