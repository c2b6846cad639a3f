import type { Attributes, Counter, Meter } from '@opentelemetry/api'
import type { Fact } from '../../src/facts/fact.ts'
import { names } from '../../src/facts/names.ts'
import type { SettledBy } from './open-traces.ts'

/** What is read when somebody looks. */
export interface Levels {
  readonly openTraces: number
  readonly openSpans: number
}

/** What the processor counts of its own work; restarts with the process. */
export class Counters {
  readonly #processor: string
  readonly #spans: Counter
  readonly #ignored: Counter
  readonly #settled: Counter
  readonly #tasks: Counter
  readonly #late: Counter
  readonly #lateTops: Counter
  readonly #beyondTrace: Counter
  readonly #beyondCap: Counter
  readonly #repeats: Counter
  readonly #skew: Counter

  constructor(meter: Meter, processor: string) {
    const counter = (name: string, unit: string, description: string) =>
      meter.createCounter(name, { unit, description })
    this.#processor = processor
    this.#spans = counter(names.spansUnderstood, '{span}', 'Agent spans understood.')
    this.#ignored = counter(names.itemsIgnored, '{item}', 'Items of agents that say nothing.')
    this.#settled = counter(names.tracesSettled, '{trace}', 'Traces that settled.')
    this.#tasks = counter(names.tasks, '{task}', 'Tasks told of.')
    this.#late = counter(names.lateSpans, '{span}', 'Spans whose trace had settled.')
    this.#lateTops = counter(names.lateTops, '{trace}', 'Traces whose top came too late.')
    this.#beyondTrace = counter(names.spansBeyondTrace, '{span}', 'Spans of traces too large.')
    this.#beyondCap = counter(names.namesBeyondCap, '{name}', 'Names told as __other__.')
    this.#repeats = counter(names.dedupHits, '{hit}', 'What came a second time.')
    this.#skew = counter(names.clockSkewEvents, '{event}', 'Times that were not believed.')
  }

  /** Has what is open read at each collection. */
  watch(meter: Meter, levels: () => Levels): void {
    const gauge = (name: string, unit: string, description: string, of: keyof Levels) =>
      meter
        .createObservableGauge(name, { unit, description })
        .addCallback((result) => result.observe(levels()[of], { processor: this.#processor }))
    gauge(names.openTraces, '{trace}', 'Traces that are kept.', 'openTraces')
    gauge(names.openSpans, '{span}', 'Agent spans that are kept.', 'openSpans')
  }

  understood(dialect: string, spans: number): void {
    this.#add(this.#spans, spans, { dialect })
  }

  ignored(reason: string, items: number): void {
    this.#add(this.#ignored, items, { reason })
  }

  settled(reason: SettledBy, facts: readonly Fact[]): void {
    this.#add(this.#settled, 1, { reason })
    for (const fact of facts) {
      if (fact.kind === 'task') this.#add(this.#tasks, 1, { outcome: fact.outcome })
    }
  }

  late(): void {
    this.#add(this.#late, 1)
  }

  lateTop(): void {
    this.#add(this.#lateTops, 1)
  }

  beyondTrace(): void {
    this.#add(this.#beyondTrace, 1)
  }

  beyondCap(dimension: string): void {
    this.#add(this.#beyondCap, 1, { dimension })
  }

  repeat(): void {
    this.#add(this.#repeats, 1, { layer: 'span' })
  }

  skew(problem: 'future' | 'negative'): void {
    this.#add(this.#skew, 1, { problem })
  }

  #add(counter: Counter, value: number, attributes: Attributes = {}): void {
    counter.add(value, { processor: this.#processor, ...attributes })
  }
}
