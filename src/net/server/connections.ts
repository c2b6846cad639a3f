import type { Socket } from 'node:net'

/** The open connections of one server, and how many there may be. */
export class Connections {
  readonly #open = new Set<Socket>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#open.size
  }

  /** Remembers a connection until it closes; says whether it is one of those that may be served. */
  add(socket: Socket): boolean {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return this.#open.size <= this.#max
  }

  /** Cuts all of them, or all but those that are kept. */
  destroy(kept: ReadonlySet<Socket> = new Set()): void {
    for (const socket of this.#open) if (!kept.has(socket)) socket.destroy()
  }
}

/** Connections beyond the maximum that may be open for the moment in which they are refused. */
export const refusable = 1000

/** How long a refused connection may stay, in milliseconds. */
export const refusedMs = 2000

/** Dead peers that keep a connection open for ever are found by the kernel's probes, from here on. */
export const probeAfterMs = 60_000
