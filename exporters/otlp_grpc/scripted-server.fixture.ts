import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
} from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'

/** One call as a server saw it. */
export interface SeenCall {
  readonly path: string
  readonly body: Buffer
  readonly metadata: Metadata
  readonly host: string
}

type Callback = Parameters<handleUnaryCall<Buffer, Buffer>>[1]
export type Answering = (callback: Callback, call: ServerUnaryCall<Buffer, Buffer>) => void

const paths = ['trace.v1.Trace', 'logs.v1.Logs', 'metrics.v1.Metrics'].map(
  (it) => `/opentelemetry.proto.collector.${it}Service/Export`,
)

/** A gRPC server on 127.0.0.1 that gives one answer after the other and then repeats the last one. */
export async function scriptedServer(
  script: readonly Answering[],
  {
    address = '127.0.0.1:0',
    credentials = ServerCredentials.createInsecure(),
  }: { address?: string; credentials?: ServerCredentials } = {},
) {
  const calls: SeenCall[] = []
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  const bytes = (it: Buffer) => it
  for (const path of paths) {
    const handle: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
      calls.push({ path, body: call.request, metadata: call.metadata, host: call.getHost() })
      script[Math.min(calls.length, script.length) - 1]?.(callback, call)
    }
    server.register(path, handle, bytes, bytes, 'unary')
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (cause, bound) =>
      cause ? reject(cause) : resolve(bound),
    )
  })
  onTestFinished(() => server.forceShutdown())
  return { port, endpoint: `127.0.0.1:${port}`, calls, stop: () => server.forceShutdown() }
}

/** Every way to answer that a test may script. */
export const answers = {
  ok:
    (body: Uint8Array = Buffer.alloc(0)): Answering =>
    (callback) =>
      callback(null, Buffer.from(body)),
  failed:
    (code: number, message = '', status?: Uint8Array): Answering =>
    (callback) => {
      const metadata = new Metadata()
      if (status) metadata.set('grpc-status-details-bin', Buffer.from(status))
      callback({ code, details: message, metadata })
    },
  hang: (): void => {},
}

/** `google.rpc.Status` with a RetryInfo of so many milliseconds; 0 asks for nothing. */
export function statusWithRetry(code: number, delayMs: number): Buffer {
  const seconds = Math.floor(delayMs / 1000)
  const nanos = (delayMs % 1000) * 1e6
  const duration = [...varintField(1, seconds), ...varintField(2, nanos)]
  const info = delayMs === 0 ? [] : delimited(1, duration)
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo')
  const any = [...delimited(1, type), ...delimited(2, info)]
  return Buffer.from([...varintField(1, code), ...delimited(3, any)])
}

function delimited(field: number, content: Iterable<number>): number[] {
  const bytes = [...content]
  return [(field << 3) | 2, bytes.length, ...bytes]
}

function varintField(field: number, value: number): number[] {
  const bytes = [field << 3]
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return [...bytes, rest]
}

/** A port that does with every connection what it is told to. */
export async function rawPort(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
