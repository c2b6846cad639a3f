import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A client that writes what it likes. */
export class RawClient {
  readonly socket: Socket
  #text = ''

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('error', () => {})
    socket.on('data', (text: string) => {
      this.#text += text
      socket.emit('told')
    })
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  /** Head of a POST of protobuf spans; ends the headers. */
  head(headers: Record<string, string | number>, path = '/v1/traces'): this {
    const all = { host: 'test', 'content-type': 'application/x-protobuf', ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    return this.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  }

  write(data: string | Uint8Array): this {
    this.socket.write(data)
    return this
  }

  /** Everything the server said, as soon as it contains `part`. */
  async said(part: string): Promise<string> {
    while (!this.#text.includes(part)) await once(this.socket, 'told')
    return this.#text
  }

  /** Everything the server said until it closed its half. */
  async ended(): Promise<string> {
    if (!this.socket.readableEnded && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'end'), once(this.socket, 'close')])
    }
    this.socket.destroy()
    return this.#text
  }
}
