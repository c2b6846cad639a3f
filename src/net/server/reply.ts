import type { IncomingMessage, ServerResponse } from 'node:http'

/** Headers as Node takes them fastest: name, value, name, value. */
export type RawHeaders = readonly string[]

export interface Reply {
  readonly status: number
  readonly headers: RawHeaders
  readonly body: Buffer
}

/** Unread bodies up to this size are read away, so that the connection can stay open. */
const worthReadingBytes = 256 * 1024

/** How long a client may go on sending after it was refused, before its connection is cut. */
const lingerMs = 1000

/**
 * Answers a request whose body was read. Does nothing where the client has left.
 *
 * @param isLast whether the connection closes after this answer
 */
export function reply(response: ServerResponse, { status, headers, body }: Reply, isLast: boolean) {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, [...headers, ...lengthOf(body), ...(isLast ? closing : [])])
  response.end(body)
}

/**
 * Answers a request whose body is not, or not wholly, read. A server that just closes would reset
 * the connection and the client would never see why; so what still comes is thrown away for a while.
 */
export function replyUnread(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Reply,
  isLast: boolean,
): void {
  if (response.destroyed || response.headersSent) return
  request.resume()
  if (request.complete || (isShort(request) && !isLast)) return reply(response, answer, isLast)
  const { status, headers, body } = answer
  response.writeHead(status, [...headers, ...lengthOf(body), ...closing])
  response.write(body)
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, lingerMs)
  request.once('end', end)
  request.once('close', end)
}

const closing: RawHeaders = ['Connection', 'close']

function lengthOf(body: Buffer): RawHeaders {
  return ['Content-Length', String(body.length)]
}

/** A client that waits for `100 Continue` may send its body or not; then nobody knows what follows. */
function isShort({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
  return length <= worthReadingBytes && headers.expect === undefined
}
