import type { IncomingMessage } from 'node:http'
import type { GrowingLease } from '../../component/memory.ts'
import { Chunks, ownsItsMemory, preparedBytes, roomFor } from './chunks.ts'
import { type Compression, type InflateLimits, Inflater, noRoom, tooLarge } from './inflater.ts'

/** A whole body with the room it takes, or why there is none. */
export type ReadBody =
  | { readonly kind: 'read'; readonly body: Buffer; readonly lease: GrowingLease }
  | { readonly kind: 'too_large' | 'no_room' | 'broken' | 'gone'; readonly reason: string }

/** `maxBytes` holds for a body both as sent and decompressed. */
export interface BodyLimits extends InflateLimits {
  /** Least room that a request takes, however small its body; holds for its objects too. */
  readonly floorBytes: number
}

type Failure = Exclude<ReadBody, { kind: 'read' }>

/**
 * Reads one body: reserves room ahead of what comes, and reads no more than fits. A body of known,
 * moderate length becomes one buffer with no copy of copies. What is compressed is decompressed once it is
 * whole, so that a slow client holds no decoder. Calls back once; the lease then belongs to the
 * callee. After a failure the rest of the request is still unread.
 */
export class BodyReader {
  readonly #request: IncomingMessage
  readonly #limits: BodyLimits
  readonly #done: (body: ReadBody) => void
  #compression: Compression | undefined
  #inflater: Inflater | undefined
  #lease: GrowingLease | undefined
  #cancelWait = () => {}
  /** Length of the body, or the most that it may be. */
  #lengthBytes = 0
  #isOver = false

  constructor(request: IncomingMessage, limits: BodyLimits, done: (body: ReadBody) => void) {
    this.#request = request
    this.#limits = limits
    this.#done = done
  }

  /**
   * @param compression of the body, where it has one
   * @param onAdmitted called before the first byte is read, to tell a client that waits to go on
   */
  start(compression?: Compression, onAdmitted: () => void = () => {}): void {
    const { maxBytes, floorBytes, admission } = this.#limits
    const header = this.#request.headers['content-length']
    const length = header === undefined ? undefined : Number(header)
    this.#lengthBytes = length ?? maxBytes
    if ((length ?? 0) > Math.min(maxBytes, admission.limitBytes)) return this.#tooLarge()
    const least = Math.max(length === undefined ? 0 : roomFor(0, length), floorBytes)
    this.#compression = compression
    this.#request.on('error', ignored)
    this.#request.on('close', this.#gone)
    this.#cancelWait = admission.enter(least, (lease) => {
      if (lease === undefined) return this.#fail({ kind: 'no_room', reason: noRoom })
      this.#lease = lease
      onAdmitted()
      if (length !== undefined && length <= preparedBytes) this.#fill(length)
      else this.#gather()
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
      this.#received(at)
    })
    this.#request.on('end', () => this.#finish(body ?? Buffer.alloc(0)))
  }

  /** Length unknown, or large: the body grows as it comes. */
  #gather(): void {
    const chunks = new Chunks()
    this.#request.on('data', (chunk: Buffer) => {
      if (this.#isOver) return
      chunks.add(chunk)
      this.#received(chunks.sizeBytes)
    })
    this.#request.on('end', () => {
      if (!this.#isOver) this.#finish(chunks.joined())
    })
  }

  /** Room is taken ahead of what comes; where there is none even for that, nothing is read. */
  #received(sizeBytes: number): void {
    const lease = this.#lease
    if (this.#isOver || lease === undefined) return
    if (sizeBytes > this.#limits.maxBytes) return this.#tooLarge()
    if (sizeBytes <= lease.sizeBytes) return
    if (!lease.resize(roomFor(sizeBytes, this.#lengthBytes))) this.#grow(lease, sizeBytes)
  }

  #grow(lease: GrowingLease, sizeBytes: number): void {
    if (lease.resize(sizeBytes)) return
    const { admission } = this.#limits
    if (sizeBytes > admission.limitBytes) return this.#tooLarge()
    this.#request.pause()
    this.#cancelWait = admission.grow(lease, sizeBytes, (isGrown) => {
      if (isGrown) this.#request.resume()
      else this.#fail({ kind: 'no_room', reason: noRoom })
    })
  }

  #finish(body: Buffer): void {
    const lease = this.#lease
    if (this.#isOver || lease === undefined) return
    if (this.#compression === undefined) return this.#read(body, lease)
    this.#inflater = new Inflater(body, this.#compression, lease, this.#limits, (inflated) => {
      if (inflated.kind === 'read') this.#read(inflated.body, lease)
      else this.#fail(inflated)
    })
    this.#inflater.start()
  }

  #read(body: Buffer, lease: GrowingLease): void {
    this.#isOver = true
    this.#done({ kind: 'read', body, lease })
  }

  #tooLarge(): void {
    this.#fail({ kind: 'too_large', reason: tooLarge(this.#limits) })
  }

  /** Requests also close after their end, while they are still being decompressed. */
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
    this.#inflater?.cancel()
    this.#request.removeAllListeners('data')
    this.#lease?.release()
    this.#lease = undefined
  }
}

/** A lost connection is told by `close`; an error without a listener would end the process. */
function ignored(): void {}
