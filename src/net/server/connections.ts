import type { Socket } from 'node:net'

/** The open connections of one server, and how many there may be. */
export class Connections {
  readonly #open = new Set<Socket>()
  readonly #max: number
  readonly #whenEmpty: (() => void)[] = []

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether there are so many that a further one is not even told so. */
  get isFull(): boolean {
    return this.#open.size >= this.#max + refusable
  }

  /** Remembers a connection until it closes; says whether it is one of those that may be served. */
  add(socket: Socket): boolean {
    this.#open.add(socket)
    socket.once('close', () => {
      this.#open.delete(socket)
      if (this.#open.size === 0) for (const done of this.#whenEmpty.splice(0)) done()
    })
    return this.#open.size <= this.#max
  }

  /** Cuts all of them, or all but those that are kept. */
  destroy(kept: ReadonlySet<Socket> = new Set()): void {
    for (const socket of this.#open) if (!kept.has(socket)) socket.destroy()
  }

  /** Resolves once none is open. */
  empty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenEmpty.push(resolve))
  }
}

/** Connections beyond the maximum that may be open for the moment in which they are refused. */
const refusable = 1000

/** How long a refused connection may stay, in milliseconds. */
export const refusedMs = 2000

/** Dead peers that keep a connection open for ever are found by the kernel's probes, from here on. */
export const probeAfterMs = 60_000
