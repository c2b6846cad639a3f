import { createHash } from 'node:crypto'
import { encodePieces, type Payload } from '../pdata/payload.ts'
import type { RequestWindow } from '../state/request-window.ts'

const hashBytes = 16
/** Requests that are committed and not folded; beyond it the fold alone recognises repeats. */
const maxCommitted = 65_536

/**
 * Recognises a request that a client sends again because our answer did not reach it. What was
 * folded is in the window, which is remembered; what is only committed is known until it is folded.
 */
export class RequestsSeen {
  readonly #window: RequestWindow
  readonly #committed = new Map<string, number>()

  constructor(window: RequestWindow) {
    this.#window = window
  }

  /**
   * Offset of the committed record that holds the same request, if there is one. Changes nothing
   * that is remembered: the time of arrival may be far ahead of the records that are being folded.
   *
   * @param atMs when it arrived, which is the time of the record that it would become
   */
  find(hash: Buffer, atMs: number): number | undefined {
    return this.#committed.get(hash.toString('latin1')) ?? this.#window.peek(hash, atMs)
  }

  committed(hash: Buffer, offset: number): void {
    if (this.#committed.size < maxCommitted) this.#committed.set(hash.toString('latin1'), offset)
  }

  /**
   * Folds a request into the window.
   *
   * @param atMs time of its record; only records move the window on
   * @returns offset of the record that it repeats, if it does
   */
  fold(hash: Buffer, offset: number, atMs: number): number | undefined {
    const key = hash.toString('latin1')
    if (this.#committed.get(key) === offset) this.#committed.delete(key)
    const earlier = this.#window.find(hash, atMs)
    if (earlier === undefined) this.#window.add(hash, offset, atMs)
    return earlier
  }
}

/** 128 bits of the SHA-256 of a request: who received it, its signal, its bytes. */
export function requestHash(receiver: string, payload: Payload): Buffer {
  const hash = createHash('sha256').update(`${receiver}\n${payload.signal}\n`)
  for (const piece of encodePieces(payload)) hash.update(piece)
  return hash.digest().subarray(0, hashBytes)
}
