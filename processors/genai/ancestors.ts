import type { SpanRecord } from '../../src/genai/span-record.ts'
import type { Ancestry } from '../../src/genai/trace/tree.ts'
import type { Parents } from '../../src/state/parents.ts'

/**
 * Where a walk through spans without records has come to, by the record it began at: two words of a
 * fingerprint, both 0 at the root.
 */
export type Reached = Record<string, readonly [number, number]>

/** What is next above a record. */
interface Above {
  readonly record: string | undefined
  readonly isRoot: boolean
}

const root: Above = { record: undefined, isRoot: true }
const nothingYet: Above = { record: undefined, isRoot: false }
/** No span has this fingerprint. */
const atRoot = [0, 0] as const

/** Longer chains are taken for ones whose root was never seen. */
const maxSteps = 10_000

/** Where a walk through spans without records ended. */
interface End {
  readonly above: Above
  readonly reached: readonly [number, number]
}

/**
 * Who is above whom in one trace. Between two spans of agents there may be any number of others:
 * of those only fingerprints are known, for as long as the table of parents has them. So how far a
 * walk came is written down, and goes on from there the next time. Walks that meet share the rest
 * of their way.
 */
export class Ancestors implements Ancestry {
  readonly #parents: Parents
  readonly #traceId: string
  readonly #records: ReadonlyMap<string, SpanRecord>
  readonly #reached: Reached
  readonly #at = new Uint32Array(2)
  readonly #next = new Uint32Array(2)
  /** Records by fingerprint, made when a walk leaves the records. */
  #byFingerprint: Map<string, string> | undefined
  /** Ends of walks by every fingerprint on the way. */
  readonly #ends = new Map<string, End>()

  /** @param reached is written to */
  constructor(
    parents: Parents,
    traceId: string,
    records: ReadonlyMap<string, SpanRecord>,
    reached: Reached,
  ) {
    this.#parents = parents
    this.#traceId = traceId
    this.#records = records
    this.#reached = reached
  }

  nearestRecord(spanId: string): string | undefined {
    return this.#above(spanId).record
  }

  isComplete(spanId: string): boolean {
    return this.#leadsUp(spanId, new Map())
  }

  /** Whether every record leads up to a root that was seen; walks from each as far as it can. */
  areAllComplete(): boolean {
    const known = new Map<string, boolean>()
    let areAll = true
    for (const spanId of this.#records.keys()) {
      if (!this.#leadsUp(spanId, known)) areAll = false
    }
    return areAll
  }

  /** Walks until a record is met that was asked for already. */
  #leadsUp(spanId: string, known: Map<string, boolean>): boolean {
    const path: string[] = []
    let at: string | undefined = spanId
    let answer: boolean | undefined
    while (at !== undefined && answer === undefined) {
      answer = known.get(at)
      if (answer !== undefined) break
      path.push(at)
      known.set(at, false) // met again on this walk, it is a cycle
      const above: Above = this.#above(at)
      if (above.isRoot) answer = true
      at = above.record
    }
    for (const it of path) known.set(it, answer ?? false)
    return answer ?? false
  }

  #above(spanId: string): Above {
    const record = this.#records.get(spanId)
    if (record === undefined) return nothingYet
    const { parentSpanId } = record
    if (parentSpanId === '') return root
    if (this.#records.has(parentSpanId)) return { record: parentSpanId, isRoot: false }
    return this.#aboveOthers(spanId, parentSpanId)
  }

  #aboveOthers(spanId: string, parentSpanId: string): Above {
    const reached = this.#reached[spanId]
    if (reached !== undefined && reached[0] === 0 && reached[1] === 0) return root
    if (reached === undefined) this.#parents.fingerprintOf(this.#traceId, parentSpanId, this.#at)
    else this.#at.set(reached)
    const end = this.#walked()
    this.#reached[spanId] = end.reached
    return end.above
  }

  /** Walks up from where we stand, to a record, the root, or the last span that is known. */
  #walked(): End {
    const path: string[] = []
    const isOnPath = new Set<string>()
    let end: End | undefined
    while (end === undefined) {
      const name = nameOf(this.#at)
      end = this.#ends.get(name)
      if (end !== undefined) break
      if (isOnPath.has(name) || path.length >= maxSteps) end = this.#endHere(nothingYet)
      else {
        path.push(name)
        isOnPath.add(name)
        end = this.#step(name)
      }
    }
    for (const name of path) this.#ends.set(name, end)
    return end
  }

  /** One span up; `undefined` where that is neither a record's nor the last. */
  #step(name: string): End | undefined {
    this.#byFingerprint ??= this.#fingerprints()
    const record = this.#byFingerprint.get(name)
    if (record !== undefined) return this.#endHere({ record, isRoot: false })
    const parentage = this.#parents.parentOf(this.#at, this.#next)
    if (parentage === 'root') return { above: root, reached: atRoot }
    if (parentage === 'unknown') return this.#endHere(nothingYet)
    this.#at.set(this.#next)
    return undefined
  }

  #endHere(above: Above): End {
    return { above, reached: [this.#at[0] ?? 0, this.#at[1] ?? 0] }
  }

  #fingerprints(): Map<string, string> {
    const words = new Uint32Array(2)
    const named = new Map<string, string>()
    for (const spanId of this.#records.keys()) {
      this.#parents.fingerprintOf(this.#traceId, spanId, words)
      named.set(nameOf(words), spanId)
    }
    return named
  }
}

function nameOf(words: Uint32Array): string {
  return `${words[0]}:${words[1]}`
}
