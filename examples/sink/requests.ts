import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { fromJson } from '../../src/pdata/json.ts'
import { decode, type Payload } from '../../src/pdata/payload.ts'
import { type Signal, signals } from '../../src/pdata/signal.ts'

const maxBytes = 64 * 1024 * 1024
const unzip = promisify(gunzip)

/** The signal of a path such as `/v1/traces`. */
export function signalOf(path: string | undefined): Signal | undefined {
  return signals.find((it) => path === `/v1/${it}`)
}

/** Whether a request speaks OTLP/JSON; else it speaks protobuf. */
export function isJson(request: IncomingMessage): boolean {
  return request.headers['content-type']?.startsWith('application/json') ?? false
}

/**
 * What a request carries, once its body is read, unpacked and decoded.
 *
 * @throws when it is too large or no OTLP
 */
export async function payloadOf(signal: Signal, request: IncomingMessage): Promise<Payload> {
  const sent = await bodyOf(request)
  const isZipped = request.headers['content-encoding'] === 'gzip'
  const body = isZipped ? await unzip(sent, { maxOutputLength: maxBytes }) : sent
  return decode(signal, isJson(request) ? fromJson(signal, body) : body)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > maxBytes) throw new Error(`the body is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
