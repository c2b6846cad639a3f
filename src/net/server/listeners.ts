import type { ListenAddress, Listeners } from '../../component/listeners.ts'
import { mayOverlap } from '../../config/fields.ts'
import { addressName } from './listen-address.ts'
import { SharedSocket } from './shared-socket.ts'

/**
 * The listening sockets of one process. Engines that follow one another share them, so that a
 * connection finds somebody at any time; within one engine an address belongs to one component.
 */
export class ListenerPool {
  readonly #sockets = new Map<string, SharedSocket>()
  #holds = 0

  /** For the components of one engine; that of a later one takes over what it has, too. */
  generation(): Listeners {
    const mine = new Set<string>()
    return {
      take: (address, key, owner, done) => {
        const name = nameOf(address, key)
        // A second owner in one engine is told by the system that the address is in use.
        const socket = mine.has(name)
          ? new SharedSocket(address, key, notHeld, () => {})
          : this.#socket(name, address, key, mine)
        mine.add(name)
        const part = socket.take(owner, done)
        return {
          leave: () => socket.leave(part),
          forget: () => socket.forget(part),
        }
      },
    }
  }

  /**
   * Keeps sockets open although their owners leave, until the returned function is called: by then
   * those who come after must have taken them.
   */
  hold(): () => void {
    let isOver = false
    this.#holds++
    return () => {
      if (isOver) return
      isOver = true
      this.#holds--
      if (this.#holds === 0) for (const socket of [...this.#sockets.values()]) socket.endHold()
    }
  }

  #socket(
    name: string,
    address: ListenAddress,
    key: string,
    mine: ReadonlySet<string>,
  ): SharedSocket {
    const found = this.#sockets.get(name)
    if (found !== undefined) return found
    const inTheWay = [...this.#sockets].filter(
      ([other, it]) => !mine.has(other) && overlap(it.address, address),
    )
    for (const [, it] of inTheWay) it.stepAside()
    const socket = new SharedSocket(
      address,
      key,
      () => this.#holds > 0,
      () => {
        if (this.#sockets.get(name) === socket) this.#sockets.delete(name)
        for (const [, it] of inTheWay) it.comeBack()
      },
    )
    this.#sockets.set(name, socket)
    return socket
  }
}

function notHeld(): boolean {
  return false
}

function overlap(a: ListenAddress, b: ListenAddress): boolean {
  return a.kind === 'tcp' && b.kind === 'tcp' && mayOverlap(a, b)
}

/** Equal for those who share a socket; with port 0, only for the same setting. */
function nameOf(address: ListenAddress, key: string): string {
  const name = addressName(address)
  return address.kind === 'tcp' && address.port === 0 ? `${name} ${key}` : name
}
