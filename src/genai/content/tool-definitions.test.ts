import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSpan } from './content.fixture.ts'
import { decodeText } from './decode.ts'
import { toolDefinition } from './tool-definition.ts'
import { listedTools, looksLikeSchema, offeredToolList, offeredTools } from './tool-definitions.ts'

const schema = { type: 'object', properties: { city: { type: 'string' } } }
const description = 'Says the weather'

test.each([
  ['flat', { type: 'function', name: 'weather', description, parameters: schema }],
  ['OpenAI', { type: 'function', function: { name: 'weather', description, parameters: schema } }],
  ['Anthropic', { name: 'weather', description, input_schema: schema }],
  ['Bedrock', { toolSpec: { name: 'weather', description, inputSchema: { json: schema } } }],
  ['AI SDK 5', { type: 'function', name: 'weather', description, inputSchema: schema }],
  ['zod of the AI SDK', { name: 'weather', description, parameters: { jsonSchema: schema } }],
  ['bare jsonSchema', { name: 'weather', description, jsonSchema: schema }],
  ['pydantic-ai', { name: 'weather', description, parameters_json_schema: schema }],
  ['a schema in a text', { name: 'weather', description, parameters: JSON.stringify(schema) }],
  [
    'a Python repr',
    {
      name: 'weather',
      description,
      parameters: "{'type': 'object', 'properties': {'city': {'type': 'string'}}}",
    },
  ],
])('%s: one tool has one form', (_, written) => {
  const [tool] = offeredTools(aSpan({ 'gen_ai.tool.definitions': JSON.stringify([written]) }))
  expect(tool).toMatchObject({
    name: 'weather',
    type: 'function',
    description,
    inputSchema: schema,
    schemaKnown: true,
  })
})

test('the declarations that Gemini puts into one tool are tools, their types in lower case', () => {
  const parameters = {
    type: 'OBJECT',
    properties: {
      type: { type: 'STRING', enum: ['OBJECT', 'STRING'], default: { type: 'STRING' } },
      days: { type: 'ARRAY', items: { type: 'INTEGER' } },
      where: { anyOf: [{ type: 'NUMBER' }, { type: 'NULL' }] },
    },
  }
  for (const field of ['function_declarations', 'functionDeclarations']) {
    const written = [{ [field]: [{ name: 'a', parameters }, { name: 'b' }] }]
    const tools = offeredTools(aSpan({ 'gen_ai.tool.definitions': JSON.stringify(written) }))
    expect(tools.map((tool) => tool.name)).toEqual(['a', 'b'])
    expect(tools[0]?.inputSchema).toEqual({
      type: 'object',
      properties: {
        type: { type: 'string', enum: ['OBJECT', 'STRING'], default: { type: 'STRING' } },
        days: { type: 'array', items: { type: 'integer' } },
        where: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      },
    })
  }
})

test.each([
  ['gen_ai.tool.definitions', '["weather","time"]'],
  ['gen_ai.agent.tools', '["weather","time"]'],
  ['sk.available_functions', 'weather, time'],
])('%s may have names only, and nothing is known of their schemas', (key, value) => {
  const { tools, isComplete } = offeredToolList(aSpan({ [key]: value }))
  expect(tools.map(({ name, schemaKnown }) => [name, schemaKnown])).toEqual([
    ['weather', false],
    ['time', false],
  ])
  expect(isComplete).toBe(true)
})

const nested = { type: 'function', function: { name: 'weather', description, parameters: schema } }

test.each([
  ['gen_ai.tool.definitions', [nested]],
  ['ai.prompt.tools', [JSON.stringify(nested)]],
  ['request_data', JSON.stringify({ tools: [nested] })],
  ['mlflow.chat.tools', JSON.stringify(JSON.stringify([nested]))],
  ['mlflow.spanInputs', JSON.stringify({ tools: [nested] })],
  ['gen_ai.prompt', JSON.stringify({ invocation_params: { tools: [nested] } })],
  ['llm.invocation_parameters', JSON.stringify({ tools: [nested] })],
  ['langfuse.observation.input', JSON.stringify({ messages: [], tools: [nested] })],
  ['langfuse.observation.model.parameters', JSON.stringify({ tools: [nested] })],
  ['gen_ai.tool.definitions.0.function.name', 'weather'],
  ['llm.request.functions.0.name', 'weather'],
  ['llm.tools.0.tool.json_schema', JSON.stringify(nested)],
])('%s offers a tool', (key, value) => {
  const tools = offeredTools(aSpan({ [key]: value }))
  expect(tools.map(({ name, origin }) => [name, origin])).toEqual([['weather', 'offered']])
})

test('an event with the details of a call offers tools', () => {
  const attributes = { 'gen_ai.tool.definitions': [{ type: 'function', name: 'weather' }] }
  const span = aSpan({}, [{ name: 'gen_ai.client.inference.operation.details', attributes }])
  expect(offeredTools(span)).toMatchObject([{ name: 'weather' }])
})

test('strictness, annotations and the id at the provider are kept', () => {
  const openAi = { type: 'function', function: { name: 'a', strict: true, parameters: schema } }
  expect(toolDefinition(plain(openAi), 'offered')).toMatchObject({ strict: true })
  const mcp = { name: 'a', annotations: { readOnlyHint: true }, outputSchema: { type: 'object' } }
  expect(toolDefinition(plain(mcp), 'mcp_list')).toMatchObject({
    annotations: { readOnlyHint: true },
    outputSchema: { type: 'object' },
    schemaKnown: false,
    origin: 'mcp_list',
  })
  const provider = { type: 'provider-defined', id: 'anthropic.computer', args: {} }
  expect(toolDefinition(plain(provider), 'offered')).toMatchObject({
    name: 'anthropic.computer',
    type: 'provider-defined',
    providerToolId: 'anthropic.computer',
  })
})

test('the span of a tool tells of itself', () => {
  const own = { 'tool.name': 'weather', 'tool.description': description }
  const withSchema = aSpan({ ...own, 'tool.parameters': JSON.stringify(schema) })
  const withArguments = aSpan({ ...own, 'tool.parameters': '{"city":"Rome"}' })
  const whole = aSpan({ ...own, 'tool.json_schema': JSON.stringify(nested) })
  const bare = aSpan({ ...own, 'tool.json_schema': JSON.stringify(schema) })
  for (const span of [withSchema, whole, bare]) {
    expect(offeredToolList(span)).toMatchObject({
      tools: [{ name: 'weather', description, inputSchema: schema, origin: 'span_local' }],
      isComplete: false,
    })
  }
  expect(offeredTools(withArguments)).toMatchObject([{ name: 'weather', schemaKnown: false }])
  expect(offeredTools(aSpan({ 'gen_ai.tool.name': 'weather' }))).toEqual([])
})

test('a schema is told from the arguments of a call', () => {
  const bySchema = [
    schema,
    { type: 'object' },
    { city: { type: 'string' }, day: { type: 'integer' } },
  ]
  const byArguments = [
    {},
    { city: 'Rome' },
    { type: 'pizza' },
    { a: { type: 'x' }, b: 1 },
    [1],
    'x',
  ]
  expect(bySchema.map((it) => looksLikeSchema(plain(it)))).toEqual([true, true, true])
  expect(byArguments.map((it) => looksLikeSchema(plain(it)))).toEqual(byArguments.map(() => false))
})

test('tools that were cut off are no complete list', () => {
  const text = JSON.stringify([nested, nested])
  const cut = aSpan({ 'gen_ai.tool.definitions': text.slice(0, -20) })
  expect(offeredToolList(cut)).toEqual({ tools: [], isComplete: false })
  expect(offeredToolList(aSpan({ 'gen_ai.tool.definitions': '<REDACTED>' })).isComplete).toBe(false)
  expect(offeredToolList(aSpan({})).isComplete).toBe(false)
})

test('one tool of a flattened list that was cut off leaves the others, and no tool of its text', () => {
  const whole = JSON.stringify(nested)
  const span = aSpan({
    'llm.tools.0.tool.json_schema': whole,
    'llm.tools.1.tool.json_schema': whole.slice(0, 30),
  })
  expect(offeredToolList(span)).toMatchObject({ tools: [{ name: 'weather' }], isComplete: false })
  expect(offeredTools(span)).toHaveLength(1)
})

test('where the SDK dropped attributes, a flattened list is not complete', () => {
  const attributes = { 'llm.tools.0.tool.json_schema': JSON.stringify(nested) }
  expect(offeredToolList(aSpan(attributes, [], 0)).isComplete).toBe(true)
  expect(offeredToolList(aSpan(attributes, [], 3)).isComplete).toBe(false)
})

test('a text that is no list is no tool', () => {
  expect(offeredTools(aSpan({ 'gen_ai.tool.definitions': 'weather' }))).toEqual([])
})

const listed = [{ name: 'add', inputSchema: schema }]

test.each([
  ['response', JSON.stringify({ tools: listed })],
  ['response', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: listed } })],
  ['mcp.result', JSON.stringify(listed)],
  ['mcp.result', JSON.stringify({ tools: listed, nextCursor: null })],
  ['traceloop.entity.output', JSON.stringify({ tools: listed.map((it) => JSON.stringify(it)) })],
])('%s has what a server lists', (key, value) => {
  expect(listedTools(aSpan({ [key]: value }))).toMatchObject({
    tools: [{ name: 'add', inputSchema: schema, origin: 'mcp_list' }],
    isComplete: true,
  })
})

test('a page before the last, and one that was cut off, are not complete', () => {
  const page = JSON.stringify({ tools: listed, nextCursor: 'more' })
  expect(listedTools(aSpan({ response: page }))).toMatchObject({ isComplete: false })
  expect(listedTools(aSpan({ response: page.slice(0, 40) }))).toBeUndefined()
})

test('an empty list is a list, and other results are none', () => {
  expect(listedTools(aSpan({ response: '{"tools":[]}' }))).toEqual({ tools: [], isComplete: true })
  for (const response of [
    '{"content":[{"type":"text","text":"x"}]}',
    '{"capabilities":{"tools":{}}}',
    'x',
  ]) {
    expect(listedTools(aSpan({ response }))).toBeUndefined()
  }
})

test('whatever is offered, every tool has a name and nothing throws', () => {
  const key = fc.constantFrom('name', 'function', 'parameters', 'tools', 'toolSpec', 'type', 'id')
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      const text = JSON.stringify(value)
      const span = aSpan({ 'gen_ai.tool.definitions': text, response: text })
      for (const tool of [...offeredTools(span), ...(listedTools(span)?.tools ?? [])]) {
        expect(tool.name).not.toBe('')
        expect(tool.schemaKnown).toBe(tool.inputSchema !== undefined)
      }
    }),
    { numRuns: 500 },
  )
})

/** Plain data, as the decoder gives it. */
function plain(value: unknown) {
  return decodeText(JSON.stringify(value)).value ?? null
}
