import fc from 'fast-check'
import type { Payload } from '../../src/pdata/payload.ts'
import { request } from './running.fixture.ts'

/** A span as a test makes it, in the JSON of OTLP. */
export interface WrittenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly scope: string
  readonly json: object
}

type Value = string | number | boolean

/** What matters of a span; everything else has a default. */
export interface SpanSpec {
  readonly trace?: number
  readonly span: number
  readonly parent?: number
  readonly name?: string
  readonly scope?: string
  readonly startMs?: number
  readonly durationMs?: number
  readonly isError?: boolean
  readonly attributes?: Readonly<Record<string, Value>>
}

/** When the traces of tests begin. */
export const beginMs = Date.UTC(2026, 0, 1)

export const traceIdOf = (trace: number) => (trace + 1).toString(16).padStart(32, '0')
export const spanIdOf = (span: number) => (span + 1).toString(16).padStart(16, '0')

export function aSpan(spec: SpanSpec): WrittenSpan {
  const { trace = 0, span, parent, scope = 'test', isError = false } = spec
  const startMs = beginMs + (spec.startMs ?? 0)
  const traceId = traceIdOf(trace)
  const spanId = spanIdOf(span)
  const attributes = Object.entries(spec.attributes ?? {}).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { intValue: String(value) },
  }))
  const json = {
    traceId,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: spanIdOf(parent) }),
    name: spec.name ?? 'span',
    kind: 1,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + (spec.durationMs ?? 100)}000000`,
    attributes,
    ...(isError ? { status: { code: 2 } } : {}),
  }
  return { traceId, spanId, scope, json }
}

/** A request with these spans, each in its scope. */
export function requestOf(spans: readonly WrittenSpan[]): Payload {
  const byScope = Map.groupBy(spans, (it) => it.scope)
  const scopeSpans = Array.from(byScope, ([name, ofScope]) => ({
    scope: { name },
    spans: ofScope.map((it) => it.json),
  }))
  const attributes = [{ key: 'service.name', value: { stringValue: 'support' } }]
  return request('traces', { resourceSpans: [{ resource: { attributes }, scopeSpans }] })
}

const agents = ['triage', 'billing', 'search']

/** One kind of span in a generated trace; `http` stands for whatever is between agents. */
const kinds = ['http', 'agent', 'agent', 'chat', 'chat', 'chat', 'tool', 'evaluator'] as const

const node = fc.record({
  kind: fc.constantFrom(...kinds),
  /** Its parent is one of the spans before it, or none. */
  above: fc.double({ min: 0, max: 1, noNaN: true }),
  agent: fc.constantFrom(...agents),
  startMs: fc.nat(2_000),
  durationMs: fc.nat(2_000),
  input: fc.nat(500),
  output: fc.nat(50),
  /** Few, so that two spans may report one call. */
  response: fc.option(fc.nat(6), { nil: undefined }),
  isError: fc.boolean(),
  dialect: fc.constantFrom('otel', 'openinference', 'traceloop'),
})

type Node = typeof node extends fc.Arbitrary<infer N> ? N : never

/** A few traces of agents, calls, tools, and spans of other things between them. */
export const someTraces: fc.Arbitrary<readonly WrittenSpan[]> = fc
  .array(fc.array(node, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 3 })
  .map((traces) =>
    traces.flatMap((nodes, trace) => nodes.map((it, span) => spanOf(it, trace, span))),
  )

function spanOf(it: Node, trace: number, span: number): WrittenSpan {
  const parent = span === 0 ? undefined : Math.floor(it.above * span)
  const { startMs, durationMs, isError, dialect } = it
  const place = { trace, span, startMs, durationMs, isError, scope: `scope.${dialect}` }
  return aSpan({
    ...place,
    ...(parent === undefined || parent >= span ? {} : { parent }),
    ...described(it),
  })
}

function described(it: Node): Pick<SpanSpec, 'name' | 'attributes'> {
  switch (it.kind) {
    case 'http':
      return { name: 'GET /', attributes: { 'http.request.method': 'GET' } }
    case 'agent':
      return { name: `invoke_agent ${it.agent}`, attributes: agentAttributes(it) }
    case 'tool':
      return {
        name: 'execute_tool search',
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' },
      }
    case 'evaluator':
      return { name: 'judge', attributes: { 'openinference.span.kind': 'EVALUATOR' } }
    default:
      return { name: 'chat gpt-5', attributes: chatAttributes(it) }
  }
}

function agentAttributes(it: Node): Readonly<Record<string, Value>> {
  const usage = { 'gen_ai.usage.input_tokens': it.input, 'gen_ai.usage.output_tokens': it.output }
  const named = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': it.agent }
  return it.response === 0 ? { ...named, ...usage } : named
}

/** Reports of one call agree in what the model gave. */
function outputOf({ response, output }: Node): number {
  return response === undefined ? output : 100 + response
}

function chatAttributes(it: Node): Readonly<Record<string, Value>> {
  const response: Record<string, Value> =
    it.response === undefined ? {} : { 'gen_ai.response.id': `resp-${it.response}` }
  if (it.dialect === 'openinference') {
    return {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'openai',
      'llm.model_name': 'gpt-5',
      'llm.token_count.prompt': it.input,
      'llm.token_count.completion': outputOf(it),
    }
  }
  if (it.dialect === 'traceloop') {
    return {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.prompt_tokens': it.input,
      'gen_ai.usage.completion_tokens': outputOf(it),
      ...response,
    }
  }
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.usage.input_tokens': it.input,
    'gen_ai.usage.output_tokens': outputOf(it),
    ...response,
  }
}
