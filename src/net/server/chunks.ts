/** What is gathered from small chunks goes into blocks of at most this size. */
const blockBytes = 64 * 1024
const firstBlockBytes = 4 * 1024

/**
 * Pieces of a body that comes bit by bit, until they are one. Small chunks are copied together, as
 * each would cost many times its size; large ones are kept as they are.
 */
export class Chunks {
  readonly #chunks: Buffer[] = []
  /** The block that is being filled, and how far. */
  #block: Buffer | undefined
  #blockAt = 0
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(chunk: Buffer): void {
    this.#sizeBytes += chunk.length
    if (chunk.length >= blockBytes / 4) {
      this.#seal()
      this.#chunks.push(chunk)
    } else this.#copy(chunk)
  }

  /** All pieces as one buffer that owns its memory. The pieces live a moment longer than this call. */
  joined(): Buffer {
    this.#seal()
    const [first] = this.#chunks
    if (this.#chunks.length === 1 && first !== undefined && ownsItsMemory(first)) return first
    const whole = Buffer.allocUnsafeSlow(this.#sizeBytes)
    let at = 0
    for (const chunk of this.#chunks) {
      whole.set(chunk, at)
      at += chunk.length
    }
    return whole
  }

  #copy(chunk: Buffer): void {
    if (this.#block !== undefined && this.#blockAt + chunk.length > this.#block.length) this.#seal()
    if (this.#block === undefined) {
      const wanted = Math.max(firstBlockBytes, chunk.length, this.#sizeBytes)
      this.#block = Buffer.allocUnsafeSlow(Math.min(blockBytes, wanted))
    }
    this.#block.set(chunk, this.#blockAt)
    this.#blockAt += chunk.length
  }

  #seal(): void {
    if (this.#block !== undefined && this.#blockAt > 0) {
      this.#chunks.push(this.#block.subarray(0, this.#blockAt))
    }
    this.#block = undefined
    this.#blockAt = 0
  }
}

/** Whether keeping a buffer keeps nothing else; a slice of a pool would keep the pool. */
export function ownsItsMemory(chunk: Buffer): boolean {
  return chunk.byteLength === chunk.buffer.byteLength
}

/** A body up to this length has its buffer made at once; a longer one grows as it comes. */
export const preparedBytes = 512 * 1024

/** Room that is taken before the first byte has come, and the least step in which it grows. */
const firstRoomBytes = 64 * 1024

/**
 * Room for a body of which `receivedBytes` have come: twice that, up to its length. A client that
 * only says how much it will send holds little.
 *
 * @param lengthBytes of the whole, where it is known, or the most that it may be
 */
export function roomFor(receivedBytes: number, lengthBytes: number): number {
  return Math.min(lengthBytes, Math.max(firstRoomBytes, 2 * receivedBytes))
}
