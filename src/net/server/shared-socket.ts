import { createServer, type Server, type Socket } from 'node:net'
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
  readonly address: ListenAddress
  readonly #key: string
  readonly #parts: Part[] = []
  readonly #unserved: Socket[] = []
  readonly #undelivered: Delivery[] = []
  readonly #isHeld: () => boolean
  readonly #closed: () => void
  #server: Server
  #bound: Promise<string | Error>
  #isClosed = false
  #isAside = false

  /** @param closed called when the address may be bound anew */
  constructor(address: ListenAddress, key: string, isHeld: () => boolean, closed: () => void) {
    this.address = address
    this.#key = key
    this.#isHeld = isHeld
    this.#closed = closed
    this.#server = createServer(options, this.#connected)
    this.#bound = this.#bind()
    void this.#bound.then((bound) => {
      if (typeof bound !== 'string') this.#close()
    })
  }

  /** @param done gets `host:port` or `unix:` and the path, or why nothing listens */
  take(owner: Owner, done: (bound: string | Error) => void): Part {
    this.comeBack()
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

  /** Stops listening in favour of an address that overlaps with this one; all else stays. */
  stepAside(): void {
    this.#isAside = true
    this.#server.close()
  }

  /** Listens again. */
  comeBack(): void {
    if (!this.#isAside || this.#isClosed) return
    this.#isAside = false
    this.#server = createServer(options, this.#connected)
    this.#bound = this.#bind()
    void this.#bound.then((bound) => {
      if (typeof bound !== 'string') this.#serving?.acceptError(bound)
    })
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

  #bind(): Promise<string | Error> {
    const server = this.#server
    return new Promise((resolve) => {
      bind(server, this.address, this.#key, (bound) => {
        if (this.#isClosed || this.#isAside) server.close()
        server.on('error', (cause) => this.#serving?.acceptError(cause))
        resolve(bound)
      })
    })
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

const options = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: probeAfterMs,
}
const mostUnserved = 1000

function retire(part: Part): void {
  part.state = 'retired'
  part.owner.retire()
}

function refuse({ settle }: Delivery): void {
  settle({ kind: 'retryable', reason: 'shutting down', retryAfterMs: 1_000 })
}
