import type { Batch } from '../../src/component/batch.ts'
import { telemetryBatch } from '../../src/component/batch.ts'
import type { Fold, FoldContext } from '../../src/component/processor.ts'
import type { Settings } from '../../src/component/settings.ts'
import type { Fact, FactKind, FactOf } from '../../src/facts/fact.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { decode, type Payload } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { State } from '../../src/state/state.ts'
import { createMetrics, sumBy } from '../../src/telemetry/metrics.ts'
import { testSettings } from '../../test/support/settings.ts'
import { genaiProcessor } from './index.ts'

/** The processor on its own, with a log of records that a test writes. */
export class RunningGenai {
  readonly facts: Fact[] = []
  #state = new State()
  #fold: Fold
  #offset = 0
  readonly #metrics = createMetrics({})
  readonly #config: unknown
  document: () => unknown = () => undefined

  constructor(config: object = {}) {
    this.#config = genaiProcessor.config.parse(config)
    this.#fold = this.#made()
  }

  /** Folds a request received at a time, after everything that was due by then. */
  send(payload: Payload, atMs: number): Batch {
    this.pass(atMs)
    const batch = telemetryBatch(payload)
    return this.#fold.batch?.(batch, this.#context(atMs)) ?? batch
  }

  /** Time passes. */
  pass(atMs: number): void {
    for (let due = this.#state.due.take(atMs); due; due = this.#state.due.take(atMs)) {
      this.#fold.due?.(due.key, this.#context(atMs))
    }
  }

  /** What was remembered goes to disk and comes back in another process. */
  restart(): void {
    const image = this.#state.encode()
    this.#state = new State()
    this.#state.restore(image)
    this.#fold = this.#made()
  }

  /** Facts of a kind, in the order they were told. */
  told<K extends FactKind>(kind: K): FactOf<K>[] {
    return this.facts.filter((it): it is FactOf<K> => it.kind === kind)
  }

  /** The newest revision of each fact of a kind. */
  known<K extends FactKind>(kind: K): FactOf<K>[] {
    const newest = new Map<string, FactOf<K>>()
    for (const fact of this.told(kind)) newest.set(`${fact.traceId}/${fact.spanId}`, fact)
    return [...newest.values()]
  }

  /** Sum of a counter by one of its attributes. */
  async counted(name: string, by: string): Promise<Readonly<Record<string, number>>> {
    return Object.fromEntries(sumBy(await this.#metrics.collect(), name, by))
  }

  get sizeBytes(): number {
    return this.#state.encode().length
  }

  #made(): Fold {
    const settings: Partial<Settings> = {
      id: 'genai',
      state: this.#state,
      meter: this.#metrics.meter,
      status: (document) => {
        this.document = document
      },
    }
    const made = genaiProcessor.create(this.#config as never, testSettings(settings))
    if (made.kind !== 'fold') throw new Error('genai is a fold')
    return made
  }

  #context(atMs: number): FoldContext {
    return {
      atMs,
      offset: this.#offset++,
      add: (fact) => this.facts.push(fact),
      mark() {},
      later() {},
      emit() {},
    }
  }
}

/** A request from its JSON, ids and times as they are. */
export function request(signal: Signal, json: object): Payload {
  return decode(signal, fromJson(signal, JSON.stringify(json)))
}
