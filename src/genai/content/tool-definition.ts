import { parsedText } from './decode.ts'
import {
  at,
  firstOf,
  isList,
  isObject,
  type Json,
  type JsonObject,
  newObject,
  textOf,
} from './json.ts'

/** A tool as a model, or a client of an MCP server, was told of it. */
export interface ToolDefinition {
  readonly name: string
  /** `function` unless the sender says something else. */
  readonly type: string
  readonly description: string | undefined
  /** JSON Schema; types in lower case. */
  readonly inputSchema: JsonObject | undefined
  readonly outputSchema: JsonObject | undefined
  /** Without it nothing is known of the input: it was not captured, which is no change of it. */
  readonly schemaKnown: boolean
  readonly strict: boolean | undefined
  /** The id of a tool that the provider has, as `openai.mcp`. */
  readonly providerToolId: string | undefined
  /** Hints of an MCP server: `readOnlyHint` and the like. */
  readonly annotations: JsonObject | undefined
  readonly origin: ToolOrigin
}

/** Offered to a model; listed by an MCP server; told by the span of the tool itself. */
export type ToolOrigin = 'offered' | 'mcp_list' | 'span_local'

/**
 * One tool as OpenAI (nested and flat), Anthropic, Bedrock, Gemini, the AI SDK, pydantic-ai or MCP
 * write it; or just its name. `undefined` when it has none.
 */
export function toolDefinition(written: Json, origin: ToolOrigin): ToolDefinition | undefined {
  if (typeof written === 'string') return nameOnly(written, origin)
  if (!isObject(written)) return undefined
  const it = inner(written)
  const name = textOf(firstOf(it.name, written.name, written.id))
  if (name === undefined) return undefined
  const inputSchema = schemaIn(it, inputNames) ?? schemaIn(written, inputNames)
  return {
    name,
    type: textOf(written.type) ?? 'function',
    description: textOf(firstOf(it.description, written.description)),
    inputSchema,
    outputSchema: schemaIn(it, outputNames),
    schemaKnown: inputSchema !== undefined,
    strict: booleanOf(firstOf(it.strict, written.strict)),
    providerToolId: it === written ? textOf(it.id) : undefined,
    annotations: objectOf(it.annotations),
    origin,
  }
}

/** Tools of one place. */
export interface ToolList {
  readonly tools: readonly ToolDefinition[]
  /**
   * It is known that there are no others. Not so when something was cut off, or when the list of a
   * server goes on behind a cursor: a tool that is missing then was not removed.
   */
  readonly isComplete: boolean
}

/**
 * The tools in a value: a list, a request that has `tools`, or the declarations that Gemini puts
 * into one of them. Elements that are JSON texts are parsed. Complete when each element is a tool.
 */
export function toolsIn(value: Json | undefined, origin: ToolOrigin): ToolList {
  const written = parsedText(value ?? null)
  if (typeof written === 'string') return { tools: [], isComplete: false }
  const elements = toolObjects(written, 0)
  const tools = elements
    .map((element) => toolDefinition(element, origin))
    .filter((tool) => tool !== undefined)
  return { tools, isComplete: tools.length === elements.length }
}

/** Lists in `tools` in a request: no sender nests deeper. */
const maxLists = 4

const declarationNames = ['function_declarations', 'functionDeclarations', 'functions', 'tools']

function toolObjects(value: Json, level: number): readonly Json[] {
  if (value === null || level > maxLists) return []
  const parsed = parsedText(value)
  if (isList(parsed)) return parsed.flatMap((item) => toolObjects(item, level + 1))
  if (!isObject(parsed)) return [parsed]
  const declared = declarationNames.map((name) => parsed[name]).find(isList)
  return declared === undefined ? [parsed] : toolObjects(declared, level + 1)
}

const longestName = 256

/** A longer text, or one that begins like JSON, is the rest of a definition that was cut off. */
function nameOnly(name: string, origin: ToolOrigin): ToolDefinition | undefined {
  const isName = name !== '' && name.length <= longestName && !/^\s*[{["]/.test(name)
  return isName ? toolDefinition({ name }, origin) : undefined
}

/** Where OpenAI and Bedrock put the definition; elsewhere the object is the definition. */
function inner(written: JsonObject): JsonObject {
  return [written.function, written.toolSpec, written.custom].find(isObject) ?? written
}

const inputNames = [
  'parameters',
  'inputSchema',
  'input_schema',
  'parameters_json_schema',
  'parametersJsonSchema',
  'jsonSchema',
]

const outputNames = ['outputSchema', 'output_schema', 'response_json_schema', 'response']

function schemaIn(it: JsonObject, names: readonly string[]): JsonObject | undefined {
  return names.map((name) => schemaOf(it[name])).find((schema) => schema !== undefined)
}

/** A schema, out of the wrappers of Bedrock (`json`) and the AI SDK (`jsonSchema`). */
function schemaOf(value: Json | undefined): JsonObject | undefined {
  const written = typeof value === 'string' ? parsedText(value) : value
  const parsed = firstOf(at(written, 'json'), at(written, 'jsonSchema'), written)
  const schema = typeof parsed === 'string' ? parsedText(parsed) : parsed
  return isObject(schema) ? withLowerTypes(schema) : undefined
}

/** Gemini writes `OBJECT` and `STRING`. Only the word under a schema's `type` is changed. */
function withLowerTypes(schema: JsonObject): JsonObject {
  const lowered = newObject()
  for (const [key, value] of Object.entries(schema)) {
    lowered[key] =
      key === 'type' && typeof value === 'string' ? lowerType(value) : nested(key, value)
  }
  return lowered
}

const types = ['OBJECT', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'NULL']

function lowerType(type: string): string {
  return types.includes(type) ? type.toLowerCase() : type
}

const schemaMaps = ['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas']
const schemaLists = ['anyOf', 'oneOf', 'allOf', 'prefixItems', 'any_of', 'one_of', 'all_of']
const schemaFields = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames']

/** What stands in a schema and is one, so that a default or an example stays as it is. */
function nested(key: string, value: Json): Json {
  if (schemaMaps.includes(key) && isObject(value)) return mapped(value)
  if (schemaLists.includes(key) && isList(value)) return value.map(loweredIfObject)
  return schemaFields.includes(key) ? loweredIfObject(value) : value
}

function mapped(schemas: JsonObject): JsonObject {
  const lowered = newObject()
  for (const [name, schema] of Object.entries(schemas)) lowered[name] = loweredIfObject(schema)
  return lowered
}

function loweredIfObject(value: Json): Json {
  return isObject(value) ? withLowerTypes(value) : value
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined
}

function booleanOf(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}
