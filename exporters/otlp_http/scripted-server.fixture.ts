import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** One request as a server saw it, its body decompressed. */
export interface SeenRequest {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly httpVersion: string
  readonly body: Buffer
}

export type Answering = (response: ServerResponse, request: SeenRequest) => void

export interface ScriptedServer {
  readonly url: string
  readonly port: number
  readonly requests: readonly SeenRequest[]
}

/** A server on 127.0.0.1 that gives one answer after the other and then repeats the last one. */
export async function scriptedServer(
  script: readonly Answering[],
  { tls, http2 = false }: { tls?: TlsOptions; http2?: boolean } = {},
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const seen = await see(request)
    if (seen === undefined) return
    requests.push(seen)
    script[Math.min(requests.length, script.length) - 1]?.(response, seen)
  }
  const server = serverOf(handle, tls, http2)
  const port = await listening(server)
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, requests }
}

/** Every way to answer that a test may script. */
export const answers = {
  status:
    (
      status: number,
      headers: Record<string, string> = {},
      body: string | Uint8Array = '',
    ): Answering =>
    (response) => {
      response.writeHead(status, headers).end(body)
    },
  hang: (): void => {},
  reset: (response: ServerResponse): void => {
    response.socket?.resetAndDestroy()
  },
  halfBody: (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{"partial', () => response.socket?.destroy())
  },
  halfHead: (response: ServerResponse): void => {
    response.socket?.write('HTTP/1.1 200 OK\r\ncontent-ty', () => response.socket?.destroy())
  },
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listening(server, false)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function serverOf(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  tls: TlsOptions | undefined,
  http2: boolean,
): Server {
  if (tls === undefined) return createServer(handle)
  if (!http2) return createHttpsServer(tls, handle)
  const server = createSecureServer({ ...tls, allowHTTP1: false })
  server.on('stream', (stream, headers) => {
    stream.resume()
    stream.respond({ ':status': headers[':path'] === '/v1/traces' ? 200 : 404 })
    stream.end()
  })
  return server
}

async function see(request: IncomingMessage): Promise<SeenRequest | undefined> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece)
  } catch {
    return undefined
  }
  const { method, url, headers, httpVersion } = request
  const bytes = Buffer.concat(pieces)
  return {
    method,
    path: url,
    headers,
    httpVersion,
    body: plain(bytes, headers['content-encoding']),
  }
}

function plain(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(bytes)
  return encoding === 'zstd' ? zstdDecompressSync(bytes) : bytes
}

async function listening(server: Server, isClosedLater = true): Promise<number> {
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  if (isClosedLater) {
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
  }
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
