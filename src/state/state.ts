import { Counts } from './counts.ts'
import { DueTimes } from './due-times.ts'
import { Union } from './union.ts'

/** One of the mergeable summaries that state is made of. */
export interface Summary {
  /** Canonical plain data: equal memory gives equal snapshots. */
  snapshot(): unknown
  /** Takes the place of what was remembered. */
  restore(snapshot: unknown): void
  /** Entries given up because a cap was reached. */
  readonly evicted: number
}

/**
 * What one component remembers: named summaries and due times. Folded from records only, so the
 * same records give the same state. Files and machines are not its business.
 */
export class State {
  readonly due = new DueTimes()
  readonly #summaries = new Map<string, Summary>()
  #restored: Readonly<Record<string, unknown>> = {}

  /** Counts by key; they add up in any order. */
  counts(name: string, cap = 10_000): Counts {
    return this.#summary(name, () => new Counts(cap))
  }

  /** Values by id, joined by `merge`; beyond `cap` the oldest entry is given up and counted. */
  union<T>(name: string, merge: (kept: T, added: T) => T, cap: number): Union<T> {
    return this.#summary(name, () => new Union<T>(merge, cap))
  }

  /** Everything remembered, as canonical plain data. */
  snapshot(): StateSnapshot {
    const names = [...this.#summaries.keys()].sort()
    return {
      due: this.due.snapshot(),
      summaries: Object.fromEntries(
        names.map((name) => [name, this.#summaries.get(name)?.snapshot()]),
      ),
    }
  }

  restore(snapshot: StateSnapshot): void {
    this.due.restore(snapshot.due)
    this.#restored = snapshot.summaries
    for (const [name, summary] of this.#summaries) {
      summary.restore(Object.hasOwn(snapshot.summaries, name) ? snapshot.summaries[name] : [])
    }
  }

  /** Entries given up in all summaries. */
  get evicted(): number {
    let sum = 0
    for (const summary of this.#summaries.values()) sum += summary.evicted
    return sum
  }

  #summary<S extends Summary>(name: string, make: () => S): S {
    if (this.#summaries.has(name)) throw new Error(`state has a summary named ${name} already`)
    const summary = make()
    if (Object.hasOwn(this.#restored, name)) summary.restore(this.#restored[name])
    this.#summaries.set(name, summary)
    return summary
  }
}

export interface StateSnapshot {
  readonly due: readonly (readonly [key: string, atMs: number])[]
  readonly summaries: Readonly<Record<string, unknown>>
}
