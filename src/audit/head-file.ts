import { join } from 'node:path'
import canonicalize from 'canonicalize'
import { z } from 'zod'
import { errorCode, type FileSystem, type OpenFile } from '../storage/file-system.ts'
import { type Head, hashOf } from './entry.ts'

/** What the head file says; one that cannot be read was not left so by a crash. */
export type FoundHead =
  | { readonly kind: 'head'; readonly head: Head; readonly slot: number }
  | { readonly kind: 'missing' | 'unreadable' }

export const headName = 'head'
const slotBytes = 160
const slotSchema = z.strictObject({
  check: z.string(),
  hash: z.string(),
  seq: z.int().min(-1),
})

/** Reads the newer of the two slots. */
export async function readHead(files: FileSystem, directory: string): Promise<FoundHead> {
  const bytes = Buffer.alloc(2 * slotBytes)
  try {
    const file = await files.open(join(directory, headName), 'read')
    await file.read(bytes, 0).finally(() => file.close().catch(() => undefined))
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return { kind: 'missing' }
    throw cause
  }
  const slots = [0, 1].flatMap((slot) => {
    const head = decodeSlot(bytes.subarray(slot * slotBytes, (slot + 1) * slotBytes))
    return head ? [{ kind: 'head' as const, head, slot }] : []
  })
  return slots.sort((a, b) => b.head.seq - a.head.seq)[0] ?? { kind: 'unreadable' }
}

/**
 * The file `head`: the newest entry, noted after it is safe in the chain, so that a cut at the end
 * of the chain is seen. After a crash it may be behind the chain, never ahead. Two slots are written
 * in turn, the second only when the first is safe, so that one is whole whatever happens.
 */
export class HeadFile {
  readonly #files: FileSystem
  readonly #directory: string
  readonly #onFailure: (cause: unknown) => void
  #file: OpenFile | undefined
  #slot: number | undefined
  #wanted: Head | undefined
  #writing: Promise<void> | undefined

  constructor(
    files: FileSystem,
    directory: string,
    found: FoundHead,
    onFailure: (cause: unknown) => void,
  ) {
    this.#files = files
    this.#directory = directory
    this.#onFailure = onFailure
    this.#slot = found.kind === 'head' ? found.slot : undefined
  }

  /** Writes it soon; the newest wins. */
  note(head: Head): void {
    this.#wanted = head
    this.#writing ??= this.#write()
  }

  /** Resolves when what was noted is written, or has failed. */
  async settled(): Promise<void> {
    await this.#writing
  }

  async close(): Promise<void> {
    await this.settled()
    await this.#file?.close().catch(() => undefined)
    this.#file = undefined
  }

  async #write(): Promise<void> {
    try {
      for (let head = this.#wanted; head; head = this.#wanted) {
        this.#wanted = undefined
        await (this.#slot === undefined ? this.#create(head) : this.#update(head, 1 - this.#slot))
      }
    } catch (cause) {
      this.#onFailure(cause)
    } finally {
      this.#writing = undefined
    }
  }

  async #create(head: Head): Promise<void> {
    await this.#file?.close().catch(() => undefined)
    this.#file = await this.#files.open(this.#path, 'replace')
    const slot = encodeSlot(head)
    await writeSlots(this.#file, Buffer.concat([slot, slot]), 0)
    await this.#files.syncDirectory(this.#directory)
    this.#slot = 0
  }

  async #update(head: Head, slot: number): Promise<void> {
    this.#file ??= await this.#files.open(this.#path, 'update')
    await writeSlots(this.#file, encodeSlot(head), slot * slotBytes)
    this.#slot = slot
  }

  get #path(): string {
    return join(this.#directory, headName)
  }
}

async function writeSlots(file: OpenFile, bytes: Uint8Array, atBytes: number): Promise<void> {
  const written = await file.write([bytes], atBytes)
  if (written < bytes.length) throw new Error(`wrote ${written} of ${bytes.length} bytes`)
  await file.datasync()
}

function encodeSlot({ seq, hash }: Head): Buffer {
  const text = canonicalize({ check: checkOf({ seq, hash }), hash, seq }) ?? ''
  return Buffer.from(`${text.padEnd(slotBytes - 1)}\n`)
}

function decodeSlot(bytes: Uint8Array): Head | undefined {
  try {
    const { check, hash, seq } = slotSchema.parse(JSON.parse(Buffer.from(bytes).toString()))
    return check === checkOf({ seq, hash }) ? { seq, hash } : undefined
  } catch {
    return undefined
  }
}

/** Tells a torn slot; it protects from nobody who can write the file. */
function checkOf({ seq, hash }: Head): string {
  return hashOf(Buffer.from(`${seq}:${hash}`)).slice(0, 16)
}
