import { crc32 } from 'node:zlib'
import type { OpenFile } from './file-system.ts'
import { decodeHeader, headerBytes, magic, type RecordHeader } from './record.ts'
import type { Segment } from './segment.ts'

/** A record as it lies in a segment; `payload` only where it was asked for. */
export interface FoundRecord {
  readonly kind: 'record'
  readonly header: RecordHeader
  readonly atBytes: number
  readonly payload: Uint8Array<ArrayBuffer> | undefined
}

/** Bytes that hold no record, and how many records are gone with them. */
export interface Damage {
  readonly kind: 'damaged'
  readonly fromBytes: number
  readonly toBytes: number
  readonly firstSequence: number
  readonly records: number
}

/** The rest of a write that never finished: nobody was told that it is safe. */
export interface TornTail {
  readonly kind: 'torn'
  readonly fromBytes: number
}

const windowBytes = 64 * 1024

/**
 * Walks the records of one file in order with flat memory. Without payloads it reads headers and
 * jumps; behind damage it goes on with the next header that holds.
 */
export class SegmentCursor {
  readonly #file: OpenFile
  readonly #segment: Segment
  readonly #window = Buffer.allocUnsafe(windowBytes)
  #windowAt = 0
  #windowLength = 0
  #at = 0
  #expected: number

  /** @param segment its `endBytes` and `nextSequence` bound what is read, and may grow meanwhile */
  constructor(file: OpenFile, segment: Segment) {
    this.#file = file
    this.#segment = segment
    this.#expected = segment.name.base
  }

  /** The sequence that the next record should have. */
  get expected(): number {
    return this.#expected
  }

  get atEnd(): boolean {
    return this.#at >= this.#segment.endBytes
  }

  /** What comes next, or `undefined` at the end. */
  async next(
    wantsPayload: (sequence: number) => boolean,
  ): Promise<FoundRecord | Damage | TornTail | undefined> {
    if (this.atEnd) return undefined
    const header = await this.#header(this.#at)
    if (!header) return this.#resynchronise()
    const endsAt = this.#at + headerBytes + header.payloadBytes
    const isLeftOver = header.sequence >= this.#segment.nextSequence
    if (isLeftOver || endsAt > this.#segment.endBytes) return this.#torn()
    return this.#record(header, wantsPayload(header.sequence))
  }

  async #record(header: RecordHeader, wanted: boolean): Promise<FoundRecord | Damage> {
    const atBytes = this.#at
    const payload = wanted
      ? await this.#payload(atBytes + headerBytes, header.payloadBytes)
      : undefined
    this.#at += headerBytes + header.payloadBytes
    this.#expected = header.sequence + 1
    if (!payload || crc32(payload) === header.payloadCrc) {
      return { kind: 'record', header, atBytes, payload }
    }
    const firstSequence = header.sequence
    return { kind: 'damaged', fromBytes: atBytes, toBytes: this.#at, firstSequence, records: 1 }
  }

  #torn(): TornTail {
    const fromBytes = this.#at
    this.#at = this.#segment.endBytes
    return { kind: 'torn', fromBytes }
  }

  async #resynchronise(): Promise<Damage | TornTail> {
    const [fromBytes, firstSequence] = [this.#at, this.#expected]
    let empty = true
    for (let at = fromBytes; at < this.#segment.endBytes; ) {
      const bytes = await this.#bytes(at, Math.min(windowBytes, this.#segment.endBytes - at))
      empty &&= bytes.every((it) => it === 0)
      const found = bytes.indexOf(magic, at === fromBytes ? 1 : 0)
      const header = found < 0 ? undefined : await this.#header(at + found)
      if (header) {
        this.#at = at + found
        const records = Math.max(1, header.sequence - firstSequence)
        return { kind: 'damaged', fromBytes, toBytes: this.#at, firstSequence, records }
      }
      at += found < 0 ? Math.max(1, bytes.length - magic.length + 1) : found + 1
    }
    const toBytes = this.#segment.endBytes
    if (empty || toBytes - fromBytes < headerBytes) return this.#torn()
    this.#at = toBytes
    return { kind: 'damaged', fromBytes, toBytes, firstSequence, records: 1 }
  }

  async #header(atBytes: number): Promise<RecordHeader | undefined> {
    const header = decodeHeader(await this.#bytes(atBytes, headerBytes), this.#segment.name.salt)
    return header && header.sequence >= this.#expected ? header : undefined
  }

  /** What the window has of it is not read again. */
  async #payload(atBytes: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const payload = new Uint8Array(lengthBytes)
    if (lengthBytes <= windowBytes) {
      payload.set(await this.#bytes(atBytes, lengthBytes))
      return payload
    }
    const from = atBytes - this.#windowAt
    const known = this.#window.subarray(from, Math.min(from + lengthBytes, this.#windowLength))
    payload.set(known)
    await this.#file.read(payload.subarray(known.length), atBytes + known.length)
    return payload
  }

  /** Bytes of the file, fewer than asked for only at its end; valid until the next call. */
  async #bytes(atBytes: number, lengthBytes: number): Promise<Buffer> {
    const from = atBytes - this.#windowAt
    if (from < 0 || from + lengthBytes > this.#windowLength) {
      const bytes = Math.min(windowBytes, this.#segment.endBytes - atBytes)
      this.#windowLength = 0
      this.#windowLength = await this.#file.read(this.#window.subarray(0, bytes), atBytes)
      this.#windowAt = atBytes
      return this.#window.subarray(0, Math.min(lengthBytes, this.#windowLength))
    }
    return this.#window.subarray(from, from + lengthBytes)
  }
}
