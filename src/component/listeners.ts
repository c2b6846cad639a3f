import type { Socket } from 'node:net'
import type { Delivery } from './delivery.ts'

/** Where a server listens: a TCP endpoint, of one address family where that was asked for, or a path. */
export type ListenAddress =
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      readonly family?: 4 | 6 | undefined
    }
  | { readonly kind: 'unix'; readonly path: string }

/** Who serves the connections of an address. */
export interface Owner {
  connected(socket: Socket): void
  /** A connection could not be taken, such as for want of file descriptors. */
  acceptError(cause: Error): void
  /** Takes what an owner before has still read from its connections. */
  inherit(delivery: Delivery): void
  /** Another serves the address from here on: connections should end with their next answer. */
  retire(): void
  /** The address is closed: whatever is left of a former owner ends. */
  ended(): void
}

/** Takes what a former owner has still read; where nobody is there yet, it waits for somebody. */
export type Heir = (delivery: Delivery) => void

/** An owner's part in a listening socket. */
export interface Place {
  /**
   * Takes no more connections, as soon as somebody else does.
   *
   * @returns who gets what is still read from the connections that are open, which then go on being
   *   served; `undefined` where nobody comes after: then the socket is closed
   */
  leave(): Heir | undefined
  /** Nothing is left of this owner, nor will be. */
  forget(): void
}

/** The listening sockets that the components of one engine may have. */
export interface Listeners {
  /**
   * Listens, or shares the socket of an earlier engine that listens there.
   *
   * @param key the setting that names the endpoint, for the sentence of a failure
   * @param done gets `host:port` or `unix:` and the path, or why nothing listens
   */
  take(
    address: ListenAddress,
    key: string,
    owner: Owner,
    done: (bound: string | Error) => void,
  ): Place
}
