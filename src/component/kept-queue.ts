import type { PipelineKind } from './batch.ts'

/** What waits for a destination, or what was given up. */
export type KeptPart = 'queue' | 'dead_letters'
export const keptParts: readonly KeptPart[] = ['queue', 'dead_letters']

/** Records that are meant: one, by its sequence, or all. */
export type Chosen = number | 'all'

export interface KeptSummary {
  readonly part: KeptPart
  readonly records: number
  readonly items: number
  readonly bytes: number
  /** When the oldest was received or given up, as ISO 8601. */
  readonly oldest: string | null
}

/** One record, as people see it. */
export interface KeptEntry {
  readonly sequence: number
  /** When it was received; of a dead letter, when it was given up. */
  readonly at: string
  /** Missing where the record cannot be read. */
  readonly kind: PipelineKind | null
  readonly items: number
  readonly bytes: number
  /** Of a dead letter, as is all that follows. */
  readonly reason?: string | undefined
  readonly error?: string | undefined
  readonly attempts?: number | undefined
  /** What the destination wrote. */
  readonly response?: string | undefined
  /** What was to be sent, where it was asked for; it may be private. */
  readonly payload?: unknown
}

/** The oldest records of a part. */
export interface KeptEntries {
  readonly entries: readonly KeptEntry[]
  /** Whether there are more; payloads are shown up to {@link shownPayloadBytes}. */
  readonly has_more: boolean
}

/** Enough for people; what is shown is in memory as a whole. */
export const shownPayloadBytes = 16 * 2 ** 20

/** What became of dead letters that were to be sent again. */
export interface Replayed {
  readonly records: number
  readonly items: number
  /** Those that nobody can read stay where they are. */
  readonly unreadable: number
}

/** Records that are gone now. */
export interface Forgotten {
  readonly records: number
  readonly items: number
}

/** What an exporter keeps on disk, for people to look at and to change. */
export interface KeptQueue {
  summary(): Promise<readonly KeptSummary[]>
  /** The oldest, at most so many, and of payloads at most so much, but one at least. */
  entries(
    part: KeptPart,
    options: { readonly limit: number; readonly payload: boolean },
  ): Promise<KeptEntries>
  /** Puts dead letters back into the queue; rejects with a sentence where it has no room. */
  replay(chosen: Chosen): Promise<Replayed>
  /** Forgets records for good. */
  drop(part: KeptPart, chosen: Chosen): Promise<Forgotten>
}
