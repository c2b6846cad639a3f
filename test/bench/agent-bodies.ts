import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { oracleEncode } from '../support/otlp-oracle.ts'
import { benchRequest } from './pdata.ts'

/** Requests of which no two have a trace or a call in common, all of one size. */
export interface UniqueBodies {
  readonly sizeBytes: number
  readonly spans: number
  next(): Uint8Array
}

/** Stands in a template where each request has a number of its own, in hexadecimal. */
const mark = '#unique#ids#'

/** Spans as the other rows have them: calls of a model without content, 500 bytes each. */
export function callBodies(spans: number): UniqueBodies {
  const template = Buffer.from(benchRequest(spans))
  return new Numbered(template, placesOf(template, 'abcdefghijkl'), spans)
}

/** The same bytes, of which no attribute is an agent's. */
export function plainBodies(spans: number): UniqueBodies {
  const text = Buffer.from(benchRequest(spans)).toString('latin1')
  const other = text.replaceAll('gen_ai.', 'my_app.').replaceAll('chat gpt', 'list gpt')
  return new Numbered(Buffer.from(other, 'latin1'), [], spans)
}

/** Whole tasks as agents with content send them: a run, three calls, two tools, two HTTP spans. */
export function taskBodies(tasks: number): UniqueBodies {
  const spans = Array.from({ length: tasks }, (_, task) => taskSpans(task)).flat()
  const attributes = [text('service.name', 'support-bot'), text('service.version', '1.4.2')]
  const scope = { name: 'opentelemetry.util.genai.handler', version: '0.4b0' }
  const request = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans }] }] }
  const template = Buffer.from(oracleEncode('traces', request))
  return new Numbered(template, placesOf(template, mark), spans.length)
}

class Numbered implements UniqueBodies {
  readonly #template: Buffer
  readonly #marks: readonly number[]
  readonly #traceIds: readonly number[]
  readonly spans: number
  #made = 0n

  constructor(template: Buffer, marks: readonly number[], spans: number) {
    this.#template = template
    this.#marks = marks
    this.spans = spans
    const traceIds: number[] = []
    forEachSpan(decode('traces', template), (span) => {
      traceIds.push(span.traceId().byteOffset - template.byteOffset)
    })
    this.#traceIds = traceIds
  }

  get sizeBytes(): number {
    return this.#template.length
  }

  next(): Uint8Array {
    const body = Buffer.from(this.#template)
    const number = this.#made++
    for (const at of this.#traceIds) body.writeBigUInt64LE(number, at)
    const digits = number.toString(16).padStart(mark.length, '0')
    for (const at of this.#marks) body.write(digits, at, 'latin1')
    return body
  }
}

function placesOf(template: Buffer, marked: string): number[] {
  const places: number[] = []
  for (let at = template.indexOf(marked); at >= 0; at = template.indexOf(marked, at + 1)) {
    places.push(at)
  }
  return places
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const count = (key: string, intValue: number) => ({ key, value: { intValue } })

function taskSpans(task: number) {
  const traceId = Buffer.alloc(16)
  traceId.writeUInt32BE(task + 1, 8)
  const span = (
    at: number,
    parent: number | undefined,
    name: string,
    attributes: readonly object[],
  ) => ({
    traceId,
    spanId: idOf(at),
    ...(parent === undefined ? {} : { parentSpanId: idOf(parent) }),
    name,
    kind: 3,
    startTimeUnixNano: `${1_790_000_000_000_000_000n + BigInt(at) * 1_000_000n}`,
    endTimeUnixNano: `${1_790_000_001_000_000_000n - BigInt(at) * 1_000_000n}`,
    attributes,
    status: { code: 1 },
    flags: 0x101,
  })
  const http = [text('http.request.method', 'POST'), text('url.path', '/chat')]
  return [
    span(0, undefined, 'POST /chat', http),
    span(1, 0, 'invoke_agent support-bot', [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.agent.name', 'support-bot'),
      text('gen_ai.agent.version', '7'),
      text('gen_ai.conversation.id', `conv_${task}`),
      text('user.id', `user_${task}`),
    ]),
    ...[2, 4, 6].map((at, nth) => span(at, 1, 'chat gpt-5-mini', call(task, nth))),
    ...[3, 5].map((at) => span(at, 1, 'execute_tool search_orders', tool(task, at))),
    span(7, 5, 'GET', http),
  ]
}

function idOf(at: number): Buffer {
  const id = Buffer.alloc(8)
  id.writeUInt32BE(at + 1, 4)
  return id
}

function call(task: number, nth: number): readonly object[] {
  return [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.provider.name', 'openai'),
    text('gen_ai.request.model', 'gpt-5-mini'),
    text('gen_ai.response.model', 'gpt-5-mini-2026-01-01'),
    text('gen_ai.response.id', `chatcmpl-${mark}-${task}-${nth}`),
    count('gen_ai.usage.input_tokens', 1_200 + 300 * nth),
    count('gen_ai.usage.output_tokens', 90 + task),
    count('gen_ai.usage.cache_read.input_tokens', 1_024),
    {
      key: 'gen_ai.response.finish_reasons',
      value: { arrayValue: { values: [{ stringValue: nth < 2 ? 'tool_calls' : 'stop' }] } },
    },
    { key: 'gen_ai.request.temperature', value: { doubleValue: 0.2 } },
    text('gen_ai.input.messages', messages(2 + 2 * nth)),
    text('gen_ai.output.messages', messages(1)),
    text('gen_ai.tool.definitions', definitions),
    text('server.address', 'api.openai.com'),
  ]
}

function tool(task: number, at: number): readonly object[] {
  return [
    text('gen_ai.operation.name', 'execute_tool'),
    text('gen_ai.tool.name', 'search_orders'),
    text('gen_ai.tool.call.id', `call_${task}_${at}`),
    text('gen_ai.tool.call.arguments', '{"customer":"c-1042","status":"open","limit":20}'),
    text('gen_ai.tool.call.result', messages(1)),
  ]
}

function messages(many: number): string {
  const content = 'Where is my order? I was told that it would come on Tuesday, and it has not. '
  const parts = [{ type: 'text', content: content.repeat(3) }]
  return JSON.stringify(Array.from({ length: many }, () => ({ role: 'user', parts })))
}

const definitions = JSON.stringify(
  ['search_orders', 'refund_order'].map((name) => ({
    type: 'function',
    name,
    description: 'Finds the orders of a customer, the newest first.',
    parameters: {
      type: 'object',
      properties: { customer: { type: 'string' }, status: { type: 'string' } },
      required: ['customer'],
    },
  })),
)
