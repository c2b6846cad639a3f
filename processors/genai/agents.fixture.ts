import { aSpan, beginMs, type SpanSpec, type WrittenSpan } from './traces.fixture.ts'

/** What a test says of a span; what it is goes without saying. */
export type Part = Omit<SpanSpec, 'name'>

/** Time of a test, seconds after the traces begin. */
export function at(seconds: number): number {
  return beginMs + seconds * 1_000
}

/** A run of an agent. */
export function anAgent(agent: string, part: Part): WrittenSpan {
  const named = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent }
  return withAttributes(`invoke_agent ${agent}`, named, part)
}

/** A call of a model: 100 tokens in and 10 out. */
export function aChat(part: Part): WrittenSpan {
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 10,
  }
  return withAttributes('chat gpt-5', call, part)
}

/** An execution of a tool. */
export function aTool(tool: string, part: Part): WrittenSpan {
  const named = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool }
  return withAttributes(`execute_tool ${tool}`, named, part)
}

/** A span that has nothing to do with agents. */
export function anHttpCall(part: Part): WrittenSpan {
  return withAttributes('GET /', { 'http.request.method': 'GET' }, part)
}

function withAttributes(
  name: string,
  attributes: NonNullable<SpanSpec['attributes']>,
  part: Part,
): WrittenSpan {
  return aSpan({ ...part, name, attributes: { ...attributes, ...part.attributes } })
}
