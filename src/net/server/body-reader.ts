import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import type { GrowingLease } from '../../component/memory.ts'
import type { Admission } from './admission.ts'
import { Chunks, ownsItsMemory } from './chunks.ts'

/** A whole body with the room it takes, or why there is none. */
export type ReadBody =
  | { readonly kind: 'read'; readonly body: Buffer; readonly lease: GrowingLease }
  | { readonly kind: 'too_large' | 'no_room' | 'broken' | 'gone'; readonly reason: string }

export interface BodyLimits {
  /** Largest body, both as sent and decompressed. */
  readonly maxBytes: number
  /** Least room that a request takes, however small its body; holds for its objects too. */
  readonly floorBytes: number
  readonly admission: Admission
}

type Failure = Exclude<ReadBody, { kind: 'read' }>

/**
 * Reads one body: reserves room first, then reads no more than fits. Where the length is known the
 * body becomes one buffer with no copy of copies. Calls back once; the lease then belongs to the
 * callee. After a failure the rest of the request is still unread.
 */
export class BodyReader {
  readonly #request: IncomingMessage
  readonly #limits: BodyLimits
  readonly #done: (body: ReadBody) => void
  #decoder: Transform | undefined
  #lease: GrowingLease | undefined
  #cancelWait = () => {}
  #isOver = false

  constructor(request: IncomingMessage, limits: BodyLimits, done: (body: ReadBody) => void) {
    this.#request = request
    this.#limits = limits
    this.#done = done
  }

  /**
   * @param decoder decompresses the body, where it is compressed
   * @param onAdmitted called before the first byte is read, to tell a client that waits to go on
   */
  start(decoder?: Transform, onAdmitted: () => void = () => {}): void {
    const { maxBytes, floorBytes, admission } = this.#limits
    const header = this.#request.headers['content-length']
    const length = header === undefined ? undefined : Number(header)
    const least = Math.max(length ?? 0, floorBytes)
    if ((length ?? 0) > maxBytes || least > admission.limitBytes) return this.#tooLarge()
    this.#decoder = decoder
    this.#request.on('error', ignored)
    this.#request.on('close', this.#gone)
    this.#cancelWait = admission.enter(least, (lease) => {
      if (lease === undefined) return this.#noRoom()
      this.#lease = lease
      onAdmitted()
      if (decoder !== undefined) this.#inflate(decoder)
      else if (length !== undefined) this.#fill(length)
      else this.#gather(this.#request)
    })
  }

  /** Stops reading and gives the room back. The callback is not called any more. */
  cancel(): void {
    if (!this.#isOver) this.#stop()
  }

  /** Length known: one buffer, or the only chunk itself where the parser made it for us. */
  #fill(length: number): void {
    let body: Buffer | undefined
    let at = 0
    this.#request.on('data', (chunk: Buffer) => {
      if (chunk.length === length && ownsItsMemory(chunk)) body = chunk
      else {
        body ??= Buffer.allocUnsafeSlow(length)
        body.set(chunk, at)
      }
      at += chunk.length
    })
    this.#request.on('end', () => this.#finish(body ?? Buffer.alloc(0)))
  }

  #inflate(decoder: Transform): void {
    let sentBytes = 0
    this.#request.on('data', (chunk: Buffer) => {
      sentBytes += chunk.length
      if (sentBytes > this.#limits.maxBytes) this.#tooLarge()
    })
    decoder.on('error', (cause) => this.#fail({ kind: 'broken', reason: brokenStream(cause) }))
    this.#gather(decoder)
    this.#request.pipe(decoder)
  }

  /** Length unknown: room is taken chunk by chunk, and while there is none nothing is read. */
  #gather(source: Readable): void {
    const chunks = new Chunks()
    source.on('data', (chunk: Buffer) => {
      if (this.#isOver || this.#lease === undefined) return
      chunks.add(chunk)
      if (chunks.sizeBytes > this.#limits.maxBytes) this.#tooLarge()
      else if (chunks.sizeBytes > this.#lease.sizeBytes) {
        this.#grow(this.#lease, chunks.sizeBytes, source)
      }
    })
    source.on('end', () => {
      if (!this.#isOver) this.#finish(chunks.joined())
    })
  }

  #grow(lease: GrowingLease, sizeBytes: number, source: Readable): void {
    if (lease.resize(sizeBytes)) return
    const { admission } = this.#limits
    if (sizeBytes > admission.limitBytes) return this.#tooLarge()
    source.pause()
    this.#cancelWait = admission.grow(lease, sizeBytes, (isGrown) => {
      if (isGrown) source.resume()
      else this.#noRoom()
    })
  }

  #finish(body: Buffer): void {
    const lease = this.#lease
    if (this.#isOver || lease === undefined) return
    this.#isOver = true
    this.#done({ kind: 'read', body, lease })
  }

  #tooLarge(): void {
    const limit = Math.min(this.#limits.maxBytes, this.#limits.admission.limitBytes)
    this.#fail({ kind: 'too_large', reason: `request body too large: the limit is ${limit} bytes` })
  }

  #noRoom(): void {
    this.#fail({ kind: 'no_room', reason: 'no memory is free for this request; try again' })
  }

  /** Requests also close after their end, while their decoder is still at work. */
  #gone = (): void => {
    if (this.#request.readableEnded) return
    this.#fail({ kind: 'gone', reason: 'the client left before its request was whole' })
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return
    this.#stop()
    this.#done(failure)
  }

  #stop(): void {
    this.#isOver = true
    this.#cancelWait()
    const decoder = this.#decoder
    if (decoder !== undefined) {
      this.#request.unpipe(decoder)
      decoder.destroy()
    }
    this.#request.removeAllListeners('data')
    this.#lease?.release()
    this.#lease = undefined
  }
}

/** A lost connection is told by `close`; an error without a listener would end the process. */
function ignored(): void {}

function brokenStream(cause: Error): string {
  return `the compressed body cannot be read: ${cause.message}`
}
