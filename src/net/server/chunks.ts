/** Pieces of a body whose length nobody told, until they are one. */
export class Chunks {
  readonly #chunks: Buffer[] = []
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#sizeBytes += chunk.length
  }

  /** All pieces as one buffer that owns its memory. The pieces live a moment longer than this call. */
  joined(): Buffer {
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
}

/** Whether keeping a buffer keeps nothing else; a slice of a pool would keep the pool. */
export function ownsItsMemory(chunk: Buffer): boolean {
  return chunk.byteLength === chunk.buffer.byteLength
}
