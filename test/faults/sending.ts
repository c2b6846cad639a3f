import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { onTestFinished } from 'vitest'

/** What became of one attempt: an answer of ours with its hint, or none at all. */
export type Answer = 'taken' | 'refused' | 'none'

/** Sends a request once. */
export type Send = (body: Uint8Array) => Promise<Answer>

/** Over OTLP/HTTP; throws on an answer that no client may get. */
export function overHttp(url: () => string): Send {
  return async (body) => {
    const headers = { 'content-type': 'application/x-protobuf' }
    const answer = await fetch(`${url()}/v1/traces`, { method: 'POST', headers, body }).catch(
      () => undefined,
    )
    // Without the body an answer may be half of one, cut by the end of the process.
    const isWhole = await answer?.arrayBuffer().then(
      () => true,
      () => false,
    )
    if (answer === undefined || !isWhole) return 'none'
    if (answer.status === 200) return 'taken'
    if (answer.status === 503) return 'refused'
    throw new Error(`HTTP ${answer.status}`)
  }
}

/** Headers of a call. */
export const exportTraces = {
  ':method': 'POST',
  ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  'content-type': 'application/grpc',
  te: 'trailers',
}
const ok = '0'
const unavailable = '14'

/** Over OTLP/gRPC, on one connection while it lasts; throws on a status that no client may get. */
export function overGrpc(address: () => string): Send {
  let session: ClientHttp2Session | undefined
  let connectedTo = ''
  onTestFinished(() => session?.destroy())
  return async (body) => {
    if (session === undefined || session.destroyed || session.closed || connectedTo !== address()) {
      session?.destroy()
      connectedTo = address()
      session = connect(`http://${connectedTo}`)
      session.on('error', () => {})
    }
    const status = await callOnce(session, body)
    if (status === undefined) return 'none'
    if (status === ok) return 'taken'
    if (status === unavailable) return 'refused'
    throw new Error(`gRPC ${status}`)
  }
}

/** The status of a call; `undefined` where the connection ended before it came. */
async function callOnce(
  session: ClientHttp2Session,
  body: Uint8Array,
): Promise<string | undefined> {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(body.length, 1)
  const stream = session.request(exportTraces)
  let status: string | undefined
  const read = (headers: object) => {
    const found: unknown = Reflect.get(headers, 'grpc-status')
    if (found !== undefined) status = String(found)
  }
  stream
    .on('response', read)
    .on('trailers', read)
    .on('error', () => {})
  stream.resume()
  stream.end(Buffer.concat([prefix, body]))
  await once(stream, 'close').catch(() => {})
  return status
}
