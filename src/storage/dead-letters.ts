import type { SegmentLogOptions } from './log-options.ts'
import type { Appended } from './pending.ts'
import { SegmentLog } from './segment-log.ts'

/** Something that can never be delivered as it is, with what the destination answered. */
export interface DeadLetter {
  readonly reason: string
  /** Whole, or in parts that are not joined before they are written. */
  readonly payload: Uint8Array | readonly Uint8Array[]
  /** When it was given up, in milliseconds since the Unix epoch. */
  readonly receivedMs: number
  readonly items: number
  readonly flags?: number
}

/** A dead letter as it is kept; `sequence` names it. */
export interface KeptDeadLetter extends DeadLetter {
  readonly sequence: number
  readonly payload: Uint8Array<ArrayBuffer>
  readonly flags: number
}

/** Dead letters in a log of their own, bounded: the oldest make room, and are counted. */
export class DeadLetters {
  readonly log: SegmentLog

  static async open(options: Omit<SegmentLogOptions, 'whenFull'>): Promise<DeadLetters> {
    return new DeadLetters(await SegmentLog.open({ ...options, whenFull: 'drop_oldest' }))
  }

  /** In a log that is open already, and drops its oldest when it is full. */
  static in(log: SegmentLog): DeadLetters {
    return new DeadLetters(log)
  }

  private constructor(log: SegmentLog) {
    this.log = log
  }

  keep({ reason, payload, ...rest }: DeadLetter): Promise<Appended> {
    const text = Buffer.from(reason)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(text.length)
    const parts = payload instanceof Uint8Array ? [payload] : payload
    return this.log.append({ ...rest, payload: [length, text, ...parts] })
  }

  /** Oldest first, one in memory at a time. */
  async *list(): AsyncGenerator<KeptDeadLetter> {
    const reader = this.log.reader()
    try {
      for (let it = await reader.next(); it; it = await reader.next()) {
        const bytes = Buffer.from(it.payload.buffer)
        const payloadAt = 4 + bytes.readUInt32LE(0)
        const reason = bytes.toString('utf8', 4, payloadAt)
        yield { ...it, reason, payload: bytes.subarray(payloadAt) }
      }
    } finally {
      await reader.close()
    }
  }

  /** It was sent again, or nobody wants it. */
  drop(sequence: number): void {
    this.log.acknowledge(sequence)
  }
}
