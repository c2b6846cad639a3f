import { headerBytes } from './record.ts'

/** What an owner appends. */
export interface NewRecord {
  /** Whole, or in parts that are written one behind the other and not joined before. */
  readonly payload: Uint8Array | readonly Uint8Array[]
  /** Milliseconds since the Unix epoch. */
  readonly receivedMs: number
  readonly items: number
  /** 16 bits of the owner's. */
  readonly flags?: number
  /** May use the room that is kept free: for small records that help a full disk to drain. */
  readonly isVital?: boolean
}

export function partsOf({ payload }: NewRecord): readonly Uint8Array[] {
  return payload instanceof Uint8Array ? [payload] : payload
}

/** With its header. */
export function sizeOf(record: NewRecord): number {
  return partsOf(record).reduce((sum, it) => sum + it.length, headerBytes)
}
