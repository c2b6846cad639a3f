import { connect } from 'node:http2'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import type { Signal } from '../../../src/pdata/signal.ts'
import { protobufOf } from './requests.ts'

export const paths: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

/** What a call was answered; `bytes` where it succeeded. */
export interface GrpcAnswer {
  readonly code: number
  readonly message: string
  readonly bytes?: Buffer
  /** Of `google.rpc.Status` in the trailers. */
  readonly retryAfterMs?: number
  readonly badField?: string
  readonly metadata: Metadata
}

interface Call {
  readonly path?: string
  readonly body?: Uint8Array
  readonly headers?: Record<string, string>
  readonly deadlineMs?: number
  /** 2 is gzip, as grpc-js numbers its compressions. */
  readonly compression?: 0 | 2
}

/** A client of grpc-js that sends bytes as they are. */
export class GrpcClient {
  readonly client: Client

  constructor(target: string, options: object = {}) {
    const own = { 'grpc.enable_retries': 0, 'grpc.use_local_subchannel_pool': 1, ...options }
    this.client = new Client(target, credentials.createInsecure(), own)
  }

  send({ path = paths.traces, body = protobufOf(), headers = {}, deadlineMs }: Call = {}) {
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(headers)) metadata.add(name, value)
    const same = (it: Uint8Array) => Buffer.from(it)
    const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs }
    return new Promise<GrpcAnswer>((resolve) => {
      this.client.makeUnaryRequest(path, same, same, body, metadata, options, (error, bytes) => {
        resolve(error === null ? succeeded(bytes) : failed(error))
      })
    })
  }

  [Symbol.dispose](): void {
    this.client.close()
  }
}

function succeeded(bytes: Buffer | undefined): GrpcAnswer {
  return { code: 0, message: '', metadata: new Metadata(), ...(bytes && { bytes }) }
}

function failed({ code, details, metadata }: ServiceError): GrpcAnswer {
  const [encoded] = metadata.get('grpc-status-details-bin')
  return { code, message: details, metadata, ...(Buffer.isBuffer(encoded) && detailsOf(encoded)) }
}

const root = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Violation { string field = 1; string description = 2; }
  message BadRequest { repeated Violation field_violations = 1; }
`).root

/** Reads a `google.rpc.Status` with a decoder that is not ours. */
export function detailsOf(encoded: Uint8Array): Pick<GrpcAnswer, 'retryAfterMs' | 'badField'> {
  const read = (type: string, bytes: Uint8Array) => {
    const it = root.lookupType(type)
    return it.toObject(it.decode(bytes), { longs: Number, defaults: true })
  }
  const found: { retryAfterMs?: number; badField?: string } = {}
  for (const { typeUrl, value } of read('Status', encoded).details) {
    if (typeUrl === 'type.googleapis.com/google.rpc.RetryInfo') {
      const { seconds, nanos } = read('RetryInfo', value).retryDelay
      found.retryAfterMs = seconds * 1000 + nanos / 1e6
    }
    if (typeUrl === 'type.googleapis.com/google.rpc.BadRequest') {
      found.badField = read('BadRequest', value).fieldViolations[0].field
    }
  }
  return found
}

/** A message with its prefix; `length` may lie. */
export function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(length, 1)
  return Buffer.concat([prefix, message])
}

/** A client that writes what it likes into a call. */
export function rawCall(target: string, headers: Record<string, string> = {}, path = paths.traces) {
  const session = connect(`http://${target}`)
  session.on('error', () => {})
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  stream.on('error', () => {})
  stream.resume()
  const status = new Promise<number>((resolve) => {
    const read = (it: object) => {
      const code: unknown = Reflect.get(it, 'grpc-status')
      if (code !== undefined) resolve(Number(code))
    }
    stream.once('response', read)
    stream.once('trailers', read)
  })
  return {
    session,
    stream,
    /** The code of gRPC, once it is known. */
    status,
    /** Resolves when the call is over. */
    closed: new Promise<void>((resolve) => stream.once('close', () => resolve())),
    /** Resolves when the connection is over. */
    ended: new Promise<void>((resolve) => session.once('close', () => resolve())),
    [Symbol.dispose]: () => session.destroy(),
  }
}
