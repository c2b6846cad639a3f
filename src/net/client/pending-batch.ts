import type { TelemetryBatch } from '../../component/batch.ts'
import { concat, type Payload, splitByBytes, splitByItems } from '../../pdata/payload.ts'
import type { Signal } from '../../pdata/signal.ts'
import type { Batching } from './batch-config.ts'
import { OutgoingBatch, type Share } from './outgoing-batch.ts'
import type { QueueEntry } from './queue-entry.ts'

/** What is gathered for one batch, and the limits at which it is ready. */
export class PendingBatch {
  readonly #signal: Signal
  readonly #limits: Pick<Batching, 'min_size' | 'max_size' | 'sizer'>
  #payloads: Payload[] = []
  #shares: Share[] = []
  /** In units of the sizer. */
  #size = 0

  constructor(signal: Signal, limits: Pick<Batching, 'min_size' | 'max_size' | 'sizer'>) {
    this.#signal = signal
    this.#limits = limits
  }

  get isEmpty(): boolean {
    return this.#shares.length === 0
  }

  add(entry: QueueEntry, { payload }: TelemetryBatch): void {
    this.#keep(payload, [{ entry, items: payload.itemCount, isFirst: true }])
  }

  /** The batches that are large enough; a rest that is not stays. */
  takeFull(): OutgoingBatch[] {
    const { min_size, max_size } = this.#limits
    if (this.#size < min_size && (max_size === 0 || this.#size <= max_size)) return []
    return this.#take(min_size)
  }

  /** Everything, in batches that are not too large. */
  takeAll(): OutgoingBatch[] {
    return this.isEmpty ? [] : this.#take(0)
  }

  /** @param minSize a last part that is smaller stays, unless it is the only one */
  #take(minSize: number): OutgoingBatch[] {
    const parts = this.#parts()
    let shares: readonly Share[] = this.#shares
    this.#payloads = []
    this.#shares = []
    this.#size = 0
    const ready: OutgoingBatch[] = []
    for (const [at, payload] of parts.entries()) {
      const [mine, rest] = divide(shares, payload.itemCount)
      shares = rest
      const isRest = at > 0 && at === parts.length - 1 && this.#sizeOf(payload) < minSize
      if (isRest) this.#keep(payload, mine)
      else ready.push(new OutgoingBatch(batchOf(payload, mine), mine))
    }
    return ready
  }

  #parts(): Payload[] {
    const [first] = this.#payloads
    const isOne = this.#payloads.length === 1 && first !== undefined
    const whole = isOne ? first : concat(this.#signal, this.#payloads)
    const { max_size, sizer } = this.#limits
    if (max_size === 0 || this.#size <= max_size) return [whole]
    return sizer === 'items' ? splitByItems(whole, max_size) : splitByBytes(whole, max_size)
  }

  #keep(payload: Payload, shares: readonly Share[]): void {
    this.#payloads.push(payload)
    this.#shares.push(...shares)
    this.#size += this.#sizeOf(payload)
  }

  #sizeOf({ itemCount, sizeBytes }: Payload): number {
    return this.#limits.sizer === 'items' ? itemCount : sizeBytes
  }
}

/** The first so many items of shares, and what remains. */
function divide(shares: readonly Share[], items: number): [mine: Share[], rest: Share[]] {
  const mine: Share[] = []
  const rest: Share[] = []
  let left = items
  for (const share of shares) {
    const part = Math.min(left, share.items)
    left -= part
    if (part > 0) mine.push({ ...share, items: part })
    const remaining = share.items - part
    if (remaining > 0) {
      rest.push({ ...share, items: remaining, isFirst: share.isFirst && part === 0 })
    }
  }
  return [mine, rest]
}

/** Memory stays with the entries; facts go with the first items of theirs. */
function batchOf(payload: Payload, shares: readonly Share[]): TelemetryBatch {
  const sources = shares.map((it) => it.entry.batch)
  const facts = shares.flatMap(({ entry: { batch }, isFirst }) =>
    isFirst && batch.kind !== 'alerts' ? batch.facts : [],
  )
  const metadata = sources[0]?.metadata
  const isShared = sources.every((it) => it.metadata === metadata)
  return {
    kind: payload.signal,
    payload,
    facts,
    origins: sources.flatMap((it) => it.origins),
    leases: [],
    ...(isShared && metadata !== undefined ? { metadata } : {}),
  }
}
