interface Change {
  readonly atBytes: number
  /** What was written; `undefined` for a truncation to `atBytes`. */
  readonly bytes: Uint8Array | undefined
}

/** The bytes of one simulated file, and which of its changes a power loss may undo. */
export class SimulatedFile {
  #bytes = Buffer.alloc(0)
  #durable = Buffer.alloc(0)
  #unsynced: Change[] = []

  get sizeBytes(): number {
    return this.#bytes.length
  }

  write(bytes: Uint8Array, atBytes: number): void {
    this.#apply({ atBytes, bytes: Uint8Array.from(bytes) })
  }

  truncate(lengthBytes: number): void {
    this.#apply({ atBytes: lengthBytes, bytes: undefined })
  }

  read(into: Uint8Array, atBytes: number): number {
    const found = this.#bytes.subarray(atBytes, atBytes + into.length)
    into.set(found)
    return found.length
  }

  sync(): void {
    this.#durable = this.#bytes
    this.#unsynced = []
  }

  /** The file that a restart finds; each unsynced change, and each half of a write, may survive. */
  afterCrash(survives: () => boolean): SimulatedFile {
    const found = new SimulatedFile()
    found.#bytes = this.#durable
    for (const change of this.#unsynced.flatMap(halves)) if (survives()) found.#apply(change)
    found.sync()
    return found
  }

  #apply(change: Change): void {
    this.#bytes = changed(this.#bytes, change)
    this.#unsynced.push(change)
  }
}

function halves({ atBytes, bytes }: Change): Change[] {
  if (!bytes) return [{ atBytes, bytes }]
  const middle = bytes.length >> 1
  return [
    { atBytes, bytes: bytes.subarray(0, middle) },
    { atBytes: atBytes + middle, bytes: bytes.subarray(middle) },
  ]
}

/** A hole, left by a write that did not survive before one that did, reads as zeros. */
function changed(before: Buffer<ArrayBuffer>, { atBytes, bytes }: Change): Buffer<ArrayBuffer> {
  const lengthBytes = bytes ? Math.max(before.length, atBytes + bytes.length) : atBytes
  const after = Buffer.alloc(lengthBytes)
  after.set(before.subarray(0, lengthBytes))
  if (bytes) after.set(bytes, atBytes)
  return after
}
