import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { errorCode, type FileSystem } from './file-system.ts'

/** What was remembered at one moment, and up to where the logs were folded into it. */
export interface Snapshot {
  /** Of the configuration. */
  readonly epoch: number
  /** For each source log, the next sequence to fold. */
  readonly offsets: readonly number[]
  readonly payload: Uint8Array
}

/**
 * What a start finds. `lost`: there were snapshots, and none of them can be read. With a damaged
 * slot the snapshot may be the one before the newest.
 */
export type FoundSnapshot =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly damagedSlots: number }
  | { readonly kind: 'empty'; readonly lost: boolean }
  | { readonly kind: 'newer'; readonly version: number }

/** What is true of one of the two files. */
export interface SlotCheck {
  readonly file: string
  readonly bytes: number
  readonly isDamaged: boolean
  /** The greater one is newer; `undefined` where it is damaged. */
  readonly generation: number | undefined
}

const slots = ['snapshot-a', 'snapshot-b'] as const
const magic = 0x534e4150
const version = 1
const fixedBytes = 32

/** Two files written in turn, so that a whole snapshot is there whatever happens to the other. */
export class Snapshots {
  readonly #files: FileSystem
  readonly #directory: string
  #generation = 0

  constructor(files: FileSystem, directory: string) {
    this.#files = files
    this.#directory = directory
  }

  /** The newest snapshot that is whole; read before the first write. */
  async read(): Promise<FoundSnapshot> {
    await this.#files.makeDirectory(this.#directory)
    const names = await this.#files.readDirectory(this.#directory)
    const there = slots.filter((it) => names.includes(it))
    const found: Slot[] = []
    for (const name of there) {
      const slot = await this.#slot(name)
      if (slot) found.push(slot)
    }
    const damagedSlots = there.length - found.length
    const newest = found.sort((a, b) => b.generation - a.generation)[0]
    if (!newest) return { kind: 'empty', lost: there.length > 0 }
    this.#generation = newest.generation
    if (newest.version > version) return { kind: 'newer', version: newest.version }
    return { kind: 'snapshot', snapshot: newest.snapshot(), damagedSlots }
  }

  /** What each slot holds, without a write and whether or not it can be used. */
  async check(): Promise<readonly SlotCheck[]> {
    const names = await this.#files.readDirectory(this.#directory)
    const checks: SlotCheck[] = []
    for (const file of slots.filter((it) => names.includes(it))) {
      const bytes = await this.#files.sizeBytes(join(this.#directory, file))
      const slot = await this.#slot(file)
      checks.push({ file, bytes, isDamaged: slot === undefined, generation: slot?.generation })
    }
    return checks
  }

  /** Resolves when the snapshot is durable; the one before it stays in the other slot. */
  async write(snapshot: Snapshot): Promise<void> {
    const generation = this.#generation + 1
    const path = join(this.#directory, slots[generation % 2 === 0 ? 0 : 1])
    const file = await this.#files.open(`${path}.new`, 'replace')
    try {
      const bytes = encode(snapshot, generation)
      const written = await file.write([bytes], 0)
      if (written < bytes.length) throw new Error(`wrote ${written} of ${bytes.length} bytes`)
      await file.datasync()
    } finally {
      await file.close()
    }
    await this.#files.rename(`${path}.new`, path)
    await this.#files.syncDirectory(this.#directory)
    this.#generation = generation
  }

  /** What the disk does not give back is as good as damaged; any other failure is not. */
  async #slot(name: string): Promise<Slot | undefined> {
    try {
      return decode(await this.#bytes(name))
    } catch (cause) {
      if (errorCode(cause) === 'EIO') return undefined
      throw cause
    }
  }

  async #bytes(name: string): Promise<Buffer> {
    const path = join(this.#directory, name)
    const bytes = Buffer.alloc(await this.#files.sizeBytes(path))
    const file = await this.#files.open(path, 'read')
    await file.read(bytes, 0).finally(() => file.close())
    return bytes
  }
}

interface Slot {
  readonly generation: number
  readonly version: number
  readonly snapshot: () => Snapshot
}

/** Magic 4, version 2, number of offsets 2, generation 8, epoch 8, length 8, offsets, payload, CRC 4. */
function encode({ epoch, offsets, payload }: Snapshot, generation: number): Buffer {
  const bytes = Buffer.alloc(fixedBytes + offsets.length * 8 + payload.length + 4)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt16LE(version, 4)
  bytes.writeUInt16LE(offsets.length, 6)
  bytes.writeBigUInt64LE(BigInt(generation), 8)
  bytes.writeBigUInt64LE(BigInt(epoch), 16)
  bytes.writeBigUInt64LE(BigInt(payload.length), 24)
  for (const [at, it] of offsets.entries()) bytes.writeBigUInt64LE(BigInt(it), fixedBytes + at * 8)
  bytes.set(payload, fixedBytes + offsets.length * 8)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
  return bytes
}

function decode(bytes: Buffer): Slot | undefined {
  if (bytes.length < fixedBytes + 4 || bytes.readUInt32LE(0) !== magic) return undefined
  if (crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(bytes.length - 4)) return undefined
  const count = bytes.readUInt16LE(6)
  const at = (position: number) => Number(bytes.readBigUInt64LE(position))
  return {
    version: bytes.readUInt16LE(4),
    generation: at(8),
    snapshot: () => ({
      epoch: at(16),
      offsets: Array.from({ length: count }, (_, it) => at(fixedBytes + it * 8)),
      payload: bytes.subarray(fixedBytes + count * 8, -4),
    }),
  }
}
