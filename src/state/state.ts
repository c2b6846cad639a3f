import { Bags, type BagsOptions } from './bags.ts'
import type { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import { beginImage, endImage, openImage, wholly } from './checked-image.ts'
import { Counts } from './counts.ts'
import { Distinct } from './distinct.ts'
import { DueTimes } from './due-times.ts'
import { Extremes } from './extremes.ts'
import { Heartbeat } from './heartbeat.ts'
import { Histograms } from './histograms.ts'
import { IdSet } from './id-set.ts'
import { Latest } from './latest.ts'
import { Moments } from './moments.ts'
import { Money } from './money.ts'
import { Pairs } from './pairs.ts'
import { Parents, type ParentsOptions } from './parents.ts'
import { Ring, type RingOptions } from './ring.ts'
import {
  decodeSection,
  readSection,
  type Section,
  sectionKey,
  writeSummary,
  writeUnclaimed,
} from './sections.ts'
import { SpanTable, type SpanTableOptions } from './span-table.ts'
import type { Summary } from './summary.ts'
import { Union } from './union.ts'
import { Weights } from './weights.ts'

const image = { what: 'the image of a state', magic: 'ASst', format: 1 }

const defaultKeys = 10_000
const defaultWideKeys = 1_000

/**
 * What one component remembers: named summaries and due times. Folded from records only, so the
 * same records give the same state; every summary adds up in any order. Files and machines are not
 * its business. A component names what it remembers once, when it is made, and a fold changes it:
 *
 * ```ts
 * create({ window, settle_delay }, { state }) {
 *   const runs = state.ring('runs') // good and bad per time bucket, by agent
 *   const lengths = state.histogram('lengths') // quantiles, by agent
 *   const last = state.maxima('last') // when an agent last ended a task
 *
 *   return foldFacts('task', (task, { atMs }) => {
 *     if (task.outcome === 'ignored') return
 *     runs.add(task.agent, task.endMs, task.outcome, atMs)
 *     lengths.add(task.agent, task.endMs - task.startMs)
 *     last.put(task.agent, task.endMs)
 *     state.due.set(task.agent, atMs + settle_delay) // asked again when that record time has come
 *   }, {
 *     due: (agent, { atMs }) =>
 *       decide(agent, runs.tally(agent, window, atMs), lengths.quantile(agent, 0.95)),
 *   })
 * }
 * ```
 */
export class State {
  readonly due = new DueTimes()
  readonly #summaries = new Map<string, Summary>()
  readonly #unclaimed = new Map<string, Section>()
  readonly #out = new BinaryWriter()

  /** Integers by key. */
  counts(name: string, cap = defaultKeys): Counts {
    return this.#summary(name, new Counts(cap))
  }

  /** Weighted events by key, exact to a millionth of an event. */
  weights(name: string, cap = defaultKeys): Weights {
    return this.#summary(name, new Weights(cap))
  }

  /** Integer nano-USD by key, exact at any size. */
  money(name: string, cap = defaultKeys): Money {
    return this.#summary(name, new Money(cap))
  }

  /** Counts by key that are corrected later: what was added, and what of it was taken back. */
  pairs(name: string, cap = defaultKeys): Pairs {
    return this.#summary(name, new Pairs(cap))
  }

  /** The smallest number by key; of times, when something was first seen. */
  minima(name: string, cap = defaultKeys): Extremes<'minima'> {
    return this.#summary(name, new Extremes('minima', cap))
  }

  /** The largest number by key; of times, when something was last seen. */
  maxima(name: string, cap = defaultKeys): Extremes<'maxima'> {
    return this.#summary(name, new Extremes('maxima', cap))
  }

  /** The newest value by key, by (time, revision) or (term, version). */
  latest<T>(name: string, cap = defaultKeys): Latest<T> {
    return this.#summary(name, new Latest<T>(cap))
  }

  /** Values by id, joined by `merge`; beyond `cap` the oldest entry is given up and counted. */
  union<T>(name: string, merge: (kept: T, added: T) => T, cap: number): Union<T> {
    return this.#summary(name, new Union<T>(merge, cap))
  }

  /** A set of ids; beyond `cap` the oldest is given up and counted. */
  ids(name: string, cap: number): IdSet {
    return this.#summary(name, new IdSet(cap))
  }

  /** How many different ids there were, by key, within 1.6 %. */
  distinct(name: string, cap = defaultWideKeys): Distinct {
    return this.#summary(name, new Distinct(cap))
  }

  /** Distributions by key, with quantiles within 1.1 %. */
  histogram(name: string, cap = defaultWideKeys): Histograms {
    return this.#summary(name, new Histograms(cap))
  }

  /** Mean and variance by key. */
  moments(name: string, cap = defaultKeys): Moments {
    return this.#summary(name, new Moments(cap))
  }

  /** Good and bad events in time buckets, by series. */
  ring(name: string, options?: RingOptions): Ring {
    return this.#summary(name, new Ring(options))
  }

  /** When we were receiving at all, in time buckets. */
  heartbeat(name: string): Heartbeat {
    return this.#summary(name, new Heartbeat())
  }

  /** Spans counted lately, so that a repeat counts nothing. */
  spans(name: string, options?: SpanTableOptions): SpanTable {
    return this.#summary(name, new SpanTable(options))
  }

  /** Which span is whose parent, of all that passed lately. */
  parents(name: string, options?: ParentsOptions): Parents {
    return this.#summary(name, new Parents(options))
  }

  /** Values by id in bags by key, such as the spans of open traces; nothing is given up silently. */
  bags<T>(name: string, options: BagsOptions<T>): Bags<T> {
    return this.#summary(name, new Bags(options))
  }

  /** Everything remembered, as canonical plain data. */
  snapshot(): StateSnapshot {
    return {
      due: this.due.snapshot(),
      summaries: Object.fromEntries(this.#byName().map(([name, it]) => [name, it.snapshot()])),
    }
  }

  /** An image of everything remembered. */
  encode(): Uint8Array {
    return wholly(this.encodeSlices())
  }

  /**
   * Makes an image, pausing about every millisecond of work. Nothing may be folded until the last
   * slice, and one image is made at a time.
   */
  *encodeSlices(): Generator<undefined, Uint8Array> {
    const out = this.#out
    const waiting = [...this.#unclaimed.values()].filter((it) => !it.isUnclaimed)
    beginImage(out, image.magic, image.format)
    yield* this.due.encode(out)
    out.count(this.#summaries.size + waiting.length)
    for (const [name, summary] of this.#byName()) yield* writeSummary(out, name, summary)
    for (const section of waiting) writeUnclaimed(out, section)
    return yield* endImage(out)
  }

  /**
   * Takes the place of everything remembered. A summary that nobody has named yet waits for its
   * name and goes into further images; one that was waiting in the image already is dropped from
   * them. So what an earlier configuration remembered outlives one start without it.
   *
   * @throws NewerFormatError, DamagedStateError; nothing is remembered then
   */
  restore(bytes: Uint8Array): void {
    this.#clear()
    try {
      this.#read(openImage(bytes, image).from)
    } catch (cause) {
      this.#clear()
      throw cause
    }
  }

  /** Entries given up in all summaries. */
  get evicted(): number {
    let sum = 0
    for (const summary of this.#summaries.values()) sum += summary.evicted
    return sum
  }

  #read(from: BinaryReader): void {
    this.due.decode(from)
    const length = from.listLength(1)
    for (let at = 0; at < length; at++) {
      const section = readSection(from)
      const summary = this.#summaries.get(section.name)
      if (summary?.kind === section.kind) decodeSection(section, summary)
      else this.#unclaimed.set(sectionKey(section.name, section.kind), copied(section))
    }
    from.end()
  }

  #clear(): void {
    this.due.clearAll()
    this.#unclaimed.clear()
    for (const summary of this.#summaries.values()) summary.clear()
  }

  #byName(): (readonly [string, Summary])[] {
    const named = [...this.#summaries]
    return named.sort(([a], [b]) => (a < b ? -1 : 1))
  }

  #summary<S extends Summary>(name: string, summary: S): S {
    if (this.#summaries.has(name)) throw new Error(`state has a summary named ${name} already`)
    const key = sectionKey(name, summary.kind)
    const section = this.#unclaimed.get(key)
    if (section !== undefined) decodeSection(section, summary)
    this.#unclaimed.delete(key)
    this.#summaries.set(name, summary)
    return summary
  }
}

/** Its bytes must not keep the whole image in memory. */
function copied(section: Section): Section {
  return { ...section, body: Uint8Array.prototype.slice.call(section.body) }
}

export interface StateSnapshot {
  readonly due: readonly (readonly [key: string, atMs: number])[]
  readonly summaries: Readonly<Record<string, unknown>>
}
