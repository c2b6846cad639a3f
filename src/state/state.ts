import type { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import { beginImage, endImage, openImage, wholly } from './checked-image.ts'
import { Counts } from './counts.ts'
import { DueTimes } from './due-times.ts'
import {
  decodeSection,
  readSection,
  type Section,
  sectionKey,
  writeSummary,
  writeUnclaimed,
} from './sections.ts'
import type { Summary } from './summary.ts'
import { Union } from './union.ts'

const image = { what: 'the image of a state', magic: 'ASst', format: 1 }

/**
 * What one component remembers: named summaries and due times. Folded from records only, so the
 * same records give the same state. Files and machines are not its business.
 */
export class State {
  readonly due = new DueTimes()
  readonly #summaries = new Map<string, Summary>()
  readonly #unclaimed = new Map<string, Section>()
  readonly #out = new BinaryWriter()

  /** Counts by key; they add up in any order. */
  counts(name: string, cap = 10_000): Counts {
    return this.#summary(name, new Counts(cap))
  }

  /** Values by id, joined by `merge`; beyond `cap` the oldest entry is given up and counted. */
  union<T>(name: string, merge: (kept: T, added: T) => T, cap: number): Union<T> {
    return this.#summary(name, new Union<T>(merge, cap))
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
