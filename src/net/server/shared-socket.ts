import { createServer, type Socket } from 'node:net'
import type { Delivery } from '../../component/delivery.ts'
import type { Heir, ListenAddress, Owner } from '../../component/listeners.ts'
import { probeAfterMs } from './connections.ts'
import { bind } from './listen-address.ts'

/**
 * An owner, and whether it has the address, has left it with nobody else there yet, or has made way
 * for another; in the end it serves only the connections that it has.
 */
interface Part {
  readonly owner: Owner
  state: 'present' | 'left' | 'retired'
}

/**
 * One listening socket, and those who have it. Connections go to the newest owner. Who leaves while
 * there is another, or while the socket is held for one, keeps the connections that it has, and what
 * it reads from them goes to whoever owns the socket then.
 */
export class SharedSocket {
  readonly #server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: probeAfterMs,
  })
  readonly #parts: Part[] = []
  readonly #unserved: Socket[] = []
  readonly #undelivered: Delivery[] = []
  readonly #isHeld: () => boolean
  readonly #closed: () => void
  readonly #bound: Promise<string | Error>
  #isClosed = false

  /** @param closed called when the address may be bound anew */
  constructor(address: ListenAddress, key: string, isHeld: () => boolean, closed: () => void) {
    this.#isHeld = isHeld
    this.#closed = closed
    this.#server.on('connection', this.#connected)
    this.#bound = new Promise((resolve) => {
      bind(this.#server, address, key, (bound) => {
        resolve(bound)
        if (typeof bound === 'string') this.#listening()
        else this.#close()
      })
    })
  }

  /** @param done gets `host:port` or `unix:` and the path, or why nothing listens */
  take(owner: Owner, done: (bound: string | Error) => void): Part {
    const part: Part = { owner, state: 'present' }
    this.#parts.push(part)
    for (const it of this.#parts) if (it.state === 'left') retire(it)
    for (const it of this.#undelivered.splice(0)) owner.inherit(it)
    for (const it of this.#unserved.splice(0)) if (!it.destroyed) owner.connected(it)
    void this.#bound.then(done)
    return part
  }

  /** An owner leaves; where nobody comes after it, the socket is closed at once. */
  leave(part: Part): Heir | undefined {
    if (part.state !== 'present' || !this.#parts.includes(part)) return undefined
    part.state = 'left'
    const isServed = this.#present !== undefined
    if (isServed) retire(part)
    if (isServed || this.#isHeld()) return this.#deliver
    this.forget(part)
    this.#close()
    return undefined
  }

  /** A former owner has no more connections. */
  forget(part: Part): void {
    const at = this.#parts.indexOf(part)
    if (at >= 0) this.#parts.splice(at, 1)
  }

  /** Nobody is expected any more; what nobody has taken is closed. */
  endHold(): void {
    if (this.#present === undefined) this.#close()
  }

  get #present(): Owner | undefined {
    return this.#parts.findLast((it) => it.state === 'present')?.owner
  }

  /** Until somebody comes, who left goes on. */
  get #serving(): Owner | undefined {
    return this.#present ?? this.#parts.findLast((it) => it.state === 'left')?.owner
  }

  /** While the socket is held and who came has failed, connections wait for the next. */
  #connected = (socket: Socket): void => {
    const serving = this.#serving
    if (serving !== undefined) return serving.connected(socket)
    socket.on('error', () => {})
    if (this.#isClosed || this.#unserved.length >= mostUnserved) socket.destroy()
    else this.#unserved.push(socket)
  }

  #deliver = (delivery: Delivery): void => {
    const owner = this.#present
    if (owner !== undefined) owner.inherit(delivery)
    else if (this.#isClosed) refuse(delivery)
    else this.#undelivered.push(delivery)
  }

  #listening(): void {
    if (this.#isClosed) this.#server.close()
    this.#server.on('error', (cause) => this.#serving?.acceptError(cause))
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#server.listening) this.#server.close()
    this.#closed()
    for (const socket of this.#unserved.splice(0)) socket.destroy()
    for (const delivery of this.#undelivered.splice(0)) refuse(delivery)
    for (const { owner, state } of this.#parts.splice(0)) if (state !== 'present') owner.ended()
  }
}

const mostUnserved = 1000

function retire(part: Part): void {
  part.state = 'retired'
  part.owner.retire()
}

function refuse({ settle }: Delivery): void {
  settle({ kind: 'retryable', reason: 'shutting down', retryAfterMs: 1_000 })
}
