import { Readable } from 'node:stream'
import { request } from 'undici'
import { fromJson } from '../../../src/pdata/json.ts'
import type { Signal } from '../../../src/pdata/signal.ts'

const span = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'eee19b7ec3c1b174',
  name: 'chat',
  kind: 2,
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000000000',
}

/** An export request in OTLP/JSON. */
export function aRequest(signal: Signal = 'traces', items = 1): object {
  const many = <T>(item: T): T[] => Array.from({ length: items }, () => item)
  if (signal === 'traces') return { resourceSpans: [{ scopeSpans: [{ spans: many(span) }] }] }
  if (signal === 'logs') {
    const logRecords = many({ body: { stringValue: 'hello' } })
    return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] }
  }
  const dataPoints = many({ asInt: '1' })
  const metrics = [{ name: 'runs', gauge: { dataPoints } }]
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }
}

/** The same as protobuf. */
export function protobufOf(signal: Signal = 'traces', items = 1): Uint8Array {
  return fromJson(signal, JSON.stringify(aRequest(signal, items)))
}

interface Post {
  readonly path?: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'OPTIONS'
  readonly type?: string
  readonly headers?: Record<string, string>
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
}

/** Sends one request, protobuf spans unless told otherwise. */
export async function post(url: string, options: Post = {}) {
  const { path = '/v1/traces', method = 'POST', type = 'application/x-protobuf' } = options
  const { body = protobufOf() } = options
  const answer = await request(`${url}${path}`, {
    method,
    headers: { 'content-type': type, ...options.headers },
    body: method === 'GET' ? null : typeof body === 'string' ? body : asBody(body),
  })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  return {
    status: answer.statusCode,
    headers: answer.headers,
    type: answer.headers['content-type'],
    bytes,
    text: bytes.toString(),
    json: () => JSON.parse(bytes.toString()),
  }
}

function asBody(body: Uint8Array | AsyncIterable<Uint8Array>) {
  return body instanceof Uint8Array ? body : Readable.from(body)
}
