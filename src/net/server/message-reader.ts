import type { ServerHttp2Stream } from 'node:http2'
import type { GrowingLease } from '../../component/memory.ts'
import type { BodyLimits } from './body-reader.ts'
import { Chunks, preparedBytes, roomFor } from './chunks.ts'
import { compressions, Inflater, noRoom, tooLarge } from './inflater.ts'

/** The message of a unary gRPC call with the room it takes, or why there is none. */
export type ReadMessage =
  | { readonly kind: 'read'; readonly body: Buffer; readonly lease: GrowingLease }
  | {
      readonly kind: 'too_large' | 'no_room' | 'broken' | 'unsupported' | 'too_slow'
      readonly reason: string
    }

export interface MessageLimits extends BodyLimits {
  /** Time for the whole message, in milliseconds; 0 is none. */
  readonly readMs: number
}

type Failure = Exclude<ReadMessage, { kind: 'read' }>

/** A message follows a flag for its compression and its length in four bytes. */
const prefixBytes = 5

/**
 * Reads one length-prefixed message from a stream that nobody else reads. What may come before there
 * is room is the first frame, 16 KiB; then the stream stands still until the ledger has admitted the
 * length that the prefix tells. Calls back once; the lease then belongs to the callee.
 */
export class MessageReader {
  readonly #stream: ServerHttp2Stream
  readonly #encoding: string
  readonly #limits: MessageLimits
  readonly #done: (message: ReadMessage) => void
  readonly #prefix = Buffer.alloc(prefixBytes)
  #prefixAt = 0
  #body: Buffer | Chunks | undefined
  #length = 0
  #at = 0
  #lease: GrowingLease | undefined
  #inflater: Inflater | undefined
  #deadline: NodeJS.Timeout | undefined
  #cancelWait = () => {}
  #isOver = false

  /** @param encoding the call's `grpc-encoding` */
  constructor(
    stream: ServerHttp2Stream,
    encoding: string,
    limits: MessageLimits,
    done: (message: ReadMessage) => void,
  ) {
    this.#stream = stream
    this.#encoding = encoding
    this.#limits = limits
    this.#done = done
  }

  start(): void {
    const { floorBytes, admission, readMs } = this.#limits
    this.#cancelWait = admission.enter(floorBytes, (lease) => {
      if (lease === undefined) return this.#fail({ kind: 'no_room', reason: noRoom })
      this.#lease = lease
      if (readMs > 0) this.#deadline = setTimeout(this.#tooSlow, readMs)
      this.#stream.on('data', this.#data)
      this.#stream.on('end', this.#end)
      this.#stream.resume()
    })
  }

  /** Stops reading and gives the room back. The callback is not called any more. */
  cancel(): void {
    if (!this.#isOver) this.#stop()
  }

  #data = (chunk: Buffer): void => {
    if (this.#isOver) return
    const rest = this.#body === undefined ? this.#readPrefix(chunk) : chunk
    if (rest.length === 0 && this.#prefixAt < prefixBytes) return
    if (this.#body !== undefined) this.#fill(this.#body, rest)
    else this.#admit(rest)
  }

  /** @returns what of the chunk is behind the prefix */
  #readPrefix(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.#prefix, this.#prefixAt)
    this.#prefixAt += taken
    return chunk.subarray(taken)
  }

  #admit(rest: Buffer): void {
    const length = this.#prefix.readUInt32BE(1)
    const { maxBytes, admission } = this.#limits
    if (length > Math.min(maxBytes, admission.limitBytes)) return this.#tooLarge()
    this.#length = length
    this.#body = length <= preparedBytes ? Buffer.allocUnsafeSlow(length) : new Chunks()
    this.#fill(this.#body, rest)
  }

  #fill(body: Buffer | Chunks, chunk: Buffer): void {
    if (this.#at + chunk.length > this.#length) {
      return this.#broken('more than one message was sent')
    }
    if (body instanceof Chunks) body.add(chunk)
    else body.set(chunk, this.#at)
    this.#at += chunk.length
    this.#grow()
  }

  /** Room is taken ahead of what comes; where there is none even for that, nothing is read. */
  #grow(): void {
    const lease = this.#lease
    if (lease === undefined || this.#at <= lease.sizeBytes) return
    if (lease.resize(roomFor(this.#at, this.#length))) return
    this.#stream.pause()
    this.#cancelWait = this.#limits.admission.grow(lease, this.#at, (isGrown) => {
      if (isGrown) this.#stream.resume()
      else this.#fail({ kind: 'no_room', reason: noRoom })
    })
  }

  #end = (): void => {
    const [gathered, lease] = [this.#body, this.#lease]
    if (this.#isOver || lease === undefined) return
    if (gathered === undefined || this.#at < this.#length) {
      setImmediate(this.#endedEarly)
      return
    }
    const body = gathered instanceof Chunks ? gathered.joined() : gathered
    if (this.#prefix[0] === 0) return this.#read(body, lease)
    const compression = compressions.find((it) => it === this.#encoding && it !== 'zlib')
    if (compression === undefined) return this.#unsupported()
    this.#inflater = new Inflater(body, compression, lease, this.#limits, (inflated) => {
      if (inflated.kind === 'read') this.#read(inflated.body, lease)
      else this.#fail(inflated)
    })
    this.#inflater.start()
  }

  /** A client that cancels ends its message too, a moment before; then there is nobody to answer. */
  #endedEarly = (): void => {
    if (!this.#stream.destroyed) this.#broken('the message ends before its length')
  }

  #read(body: Buffer, lease: GrowingLease): void {
    this.#isOver = true
    clearTimeout(this.#deadline)
    this.#done({ kind: 'read', body, lease })
  }

  #tooLarge(): void {
    this.#fail({ kind: 'too_large', reason: tooLarge(this.#limits) })
  }

  #broken(reason: string): void {
    this.#fail({ kind: 'broken', reason })
  }

  #unsupported(): void {
    if (this.#encoding === 'identity') {
      return this.#broken('the message is marked as compressed, and no grpc-encoding says how')
    }
    const reason = `unsupported grpc-encoding: ${this.#encoding.slice(0, 200)}`
    this.#fail({ kind: 'unsupported', reason })
  }

  #tooSlow = (): void => {
    const reason = `the message was not whole within ${this.#limits.readMs} ms`
    this.#fail({ kind: 'too_slow', reason })
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return
    this.#stop()
    this.#done(failure)
  }

  #stop(): void {
    this.#isOver = true
    this.#cancelWait()
    clearTimeout(this.#deadline)
    this.#inflater?.cancel()
    this.#lease?.release()
    this.#lease = undefined
    this.#body = undefined
  }
}
