import type { GrowingLease, MemoryLedger } from '../../component/memory.ts'
import type { Scheduler } from '../../component/scheduler.ts'

interface Waiter {
  /** Takes the room and says whether it was there. */
  take(): boolean
  /** Called once, after the room was taken or the time to wait for it was over. */
  done(isAdmitted: boolean): void
  cancelDeadline(): void
}

const nothingToCancel = () => {}

/**
 * Room in the memory ledger for bodies that come from a network: at once where there is some, else
 * in the order of arrival, for a short time. Bodies that are being read already go before new ones,
 * since only their end frees room.
 */
export class Admission {
  readonly #memory: MemoryLedger
  readonly #scheduler: Scheduler
  readonly #timeoutMs: number
  readonly #maxWaiting: number
  readonly #growing = new Set<Waiter>()
  readonly #entering = new Set<Waiter>()
  #forgetRoom: (() => void) | undefined

  /**
   * @param timeoutMs how long a request waits for room
   * @param maxWaiting requests that may wait; a further one is refused at once
   */
  constructor(memory: MemoryLedger, scheduler: Scheduler, timeoutMs: number, maxWaiting = 1000) {
    this.#memory = memory
    this.#scheduler = scheduler
    this.#timeoutMs = timeoutMs
    this.#maxWaiting = maxWaiting
  }

  /** Requests that wait for room now. */
  get waiting(): number {
    return this.#growing.size + this.#entering.size
  }

  /** The most that could ever be admitted. */
  get limitBytes(): number {
    return this.#memory.status().limit_bytes
  }

  /**
   * Reserves room for a new body. `done` is called within the call where nobody has to wait, and
   * gets `undefined` when there was no room in time.
   *
   * @returns gives up waiting; does nothing once `done` was called
   */
  enter(bytes: number, done: (lease: GrowingLease | undefined) => void): () => void {
    let lease: GrowingLease | undefined
    const take = () => {
      lease = this.#memory.reserve(bytes)
      return lease !== undefined
    }
    if (this.waiting > 0 || !this.#hasRoom(bytes)) {
      return this.#wait(this.#entering, bytes, take, () => done(lease))
    }
    take()
    done(lease)
    return nothingToCancel
  }

  /** Makes a lease larger, as `enter` does. `done` hears whether it is. */
  grow(lease: GrowingLease, bytes: number, done: (isGrown: boolean) => void): () => void {
    if (lease.resize(bytes)) {
      done(true)
      return nothingToCancel
    }
    return this.#wait(this.#growing, bytes - lease.sizeBytes, () => lease.resize(bytes), done)
  }

  /** Asks before reserving, so that the ledger counts as refused only what was refused in the end. */
  #hasRoom(bytes: number): boolean {
    const { limit_bytes, reserved_bytes } = this.#memory.status()
    return reserved_bytes + bytes <= limit_bytes
  }

  #wait(
    queue: Set<Waiter>,
    bytes: number,
    take: () => boolean,
    done: (isAdmitted: boolean) => void,
  ): () => void {
    const isHopeless = this.#timeoutMs <= 0 || this.waiting >= this.#maxWaiting
    if (isHopeless) {
      done(take())
      return nothingToCancel
    }
    const waiter: Waiter = {
      take: () => this.#hasRoom(bytes) && take(),
      done,
      cancelDeadline: this.#scheduler.schedule(() => {
        this.#leave(queue, waiter)
        done(take())
        this.#serve()
      }, this.#timeoutMs),
    }
    queue.add(waiter)
    this.#listen()
    return () => {
      this.#leave(queue, waiter)
      this.#serve()
    }
  }

  #listen(): void {
    this.#forgetRoom ??= this.#memory.onRoom(() => {
      this.#forgetRoom = undefined
      this.#serve()
      if (this.waiting > 0) this.#listen()
    })
  }

  /** Admits from the front, as long as what stands there fits; also when the front has left. */
  #serve(): void {
    for (const queue of [this.#growing, this.#entering]) {
      for (const waiter of queue) {
        if (!waiter.take()) return
        this.#leave(queue, waiter)
        waiter.done(true)
      }
    }
  }

  #leave(queue: Set<Waiter>, waiter: Waiter): void {
    if (!queue.delete(waiter)) return
    waiter.cancelDeadline()
    if (this.waiting > 0) return
    this.#forgetRoom?.()
    this.#forgetRoom = undefined
  }
}
