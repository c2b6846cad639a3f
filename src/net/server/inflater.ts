import type { Transform } from 'node:stream'
import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { GrowingLease } from '../../component/memory.ts'
import type { Admission } from './admission.ts'
import { Chunks } from './chunks.ts'
import { headerBytes, maxWindowBytes, windowBytes } from './zstd-frame.ts'

/** Compressions that are understood; `deflate` means the zlib format, as HTTP says. */
export const compressions = ['gzip', 'zlib', 'deflate', 'zstd'] as const
export type Compression = (typeof compressions)[number]

/** The decompressed bytes, or why there are none. */
export type Inflated =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too_large' | 'no_room' | 'broken'; readonly reason: string }

export interface InflateLimits {
  /** Largest result. */
  readonly maxBytes: number
  readonly admission: Admission
}

type Decoder = Transform & { readonly bytesWritten: number }

const chunkSize = 64 * 1024
/** What any decoder takes beside a zstd window: tables, a window of 32 KiB, a chunk of output. */
const decoderBytes = 192 * 1024
/** Frames in one body. Node decodes one at a time; real senders write one, or one for each flush. */
const maxFrames = 256

const create: Readonly<Record<Compression, () => Decoder>> = {
  gzip: () => createGunzip({ chunkSize }),
  zlib: () => createInflate({ chunkSize }),
  deflate: () => createInflate({ chunkSize }),
  zstd: () =>
    createZstdDecompress({
      chunkSize,
      params: { [constants.ZSTD_d_windowLogMax]: Math.log2(maxWindowBytes) },
    }),
}

/**
 * Decompresses a body that is wholly here, beside the main thread. Room for the decoder and for each
 * piece of its output is taken before the next piece is made, so that a bomb costs no more than the
 * limit; the caller's lease holds it all, and in the end only the result.
 */
export class Inflater {
  readonly #body: Buffer
  readonly #compression: Compression
  readonly #lease: GrowingLease
  readonly #limits: InflateLimits
  readonly #done: (inflated: Inflated) => void
  readonly #chunks = new Chunks()
  #decoder: Decoder | undefined
  #frames = 0
  #workBytes = decoderBytes
  #cancelWait = () => {}
  #isOver = false

  /** @param lease holds the body already; it stays the caller's */
  constructor(
    body: Buffer,
    compression: Compression,
    lease: GrowingLease,
    limits: InflateLimits,
    done: (inflated: Inflated) => void,
  ) {
    this.#body = body
    this.#compression = compression
    this.#lease = lease
    this.#limits = limits
    this.#done = done
  }

  start(): void {
    this.#frame(this.#body)
  }

  /** Stops at once. The callback is not called any more. */
  cancel(): void {
    this.#isOver = true
    this.#cancelWait()
    this.#decoder?.destroy()
  }

  /** One zstd frame, or all there is of another compression. */
  #frame(rest: Buffer): void {
    if (++this.#frames > maxFrames) return this.#broken('too many frames')
    const window = this.#compression === 'zstd' ? windowBytes(rest.subarray(0, headerBytes)) : 0
    if (window > maxWindowBytes) return this.#broken(`a window of ${window} bytes is too large`)
    this.#workBytes = decoderBytes + window
    this.#withRoom(() => this.#decode(rest))
  }

  #decode(rest: Buffer): void {
    const decoder = create[this.#compression]()
    this.#decoder = decoder
    decoder.on('error', (cause) => this.#broken(cause.message))
    decoder.on('data', (chunk: Buffer) => {
      if (this.#isOver) return
      this.#chunks.add(chunk)
      if (this.#chunks.sizeBytes > this.#limits.maxBytes) return this.#tooLarge()
      if (this.#neededBytes() <= this.#lease.sizeBytes) return
      decoder.pause()
      this.#withRoom(() => decoder.resume())
    })
    decoder.on('end', () => this.#ended(rest.subarray(decoder.bytesWritten)))
    decoder.end(rest)
  }

  #ended(rest: Buffer): void {
    if (this.#isOver) return
    if (rest.length > 0 && this.#compression === 'zstd') return this.#frame(rest)
    const isPadded = this.#compression === 'gzip' && rest.every((it) => it === 0)
    if (rest.length > 0 && !isPadded) return this.#broken('bytes follow its end')
    this.#over({ kind: 'read', body: this.#chunks.joined() })
  }

  #neededBytes(): number {
    return this.#body.length + this.#workBytes + this.#chunks.sizeBytes
  }

  #withRoom(go: () => void): void {
    const needed = this.#neededBytes()
    const { admission } = this.#limits
    if (needed <= this.#lease.sizeBytes) return go()
    if (needed > admission.limitBytes) return this.#tooLarge()
    this.#cancelWait = admission.grow(this.#lease, needed, (isGrown) => {
      if (this.#isOver) return
      if (isGrown) go()
      else this.#over({ kind: 'no_room', reason: noRoom })
    })
  }

  #tooLarge(): void {
    this.#over({ kind: 'too_large', reason: tooLarge(this.#limits) })
  }

  #broken(why: string): void {
    this.#over({ kind: 'broken', reason: `the compressed body cannot be read: ${why}` })
  }

  #over(inflated: Inflated): void {
    if (this.#isOver) return
    this.cancel()
    this.#done(inflated)
  }
}

export const noRoom = 'no memory is free for this request; try again'

/** The sentence for a body beyond a limit, with the limit that counts. */
export function tooLarge({ maxBytes, admission }: InflateLimits): string {
  const limit = Math.min(maxBytes, admission.limitBytes)
  return `request body too large: the limit is ${limit} bytes`
}
