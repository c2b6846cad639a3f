import fc from 'fast-check'
import type { PipelineKind } from '../../src/component/batch.ts'
import type { LogRecord } from '../../src/component/record.ts'
import type { PipelineConfig } from '../../src/pipeline/graph-config.ts'
import { aRequest } from '../support/build.ts'
import {
  aSink,
  type EngineModule,
  graph,
  linkTo,
  MemoryJournal,
  Rig,
  type Sent,
  type SinkConfig,
  startMs,
} from './harness.ts'
import { expectedMemory } from './model.ts'
import { itemKeys } from './probes.ts'

/** One shape of graph that the contract must hold in. */
export interface Wiring {
  readonly name: string
  readonly pipelines: readonly PipelineConfig[]
  /** Whether the guard stands before the learner. */
  readonly guarded: boolean
  /** Engines in a row: each hands on to the next, the last has the sinks. */
  readonly hops: 1 | 2
  readonly crashes: boolean
}

const chain = ['probe_learn', 'probe_emit']
const traces = (
  id: string,
  processors: readonly string[],
  exporters: readonly string[],
): PipelineConfig => ({ id, kind: 'traces', receivers: ['probe_receiver'], processors, exporters })

const derived: readonly PipelineConfig[] = [
  {
    id: 'alerts',
    kind: 'alerts',
    receivers: ['probe_emit'],
    processors: ['probe_incident', 'probe_hold'],
    exporters: ['probe_fail/alerts'],
  },
  {
    id: 'logs/derived',
    kind: 'logs',
    receivers: ['probe_emit'],
    processors: ['probe_hold'],
    exporters: ['probe_fail/derived', 'probe_fail/derived2'],
  },
]

export const wirings: readonly Wiring[] = [
  {
    name: 'two traces pipelines on one receiver',
    pipelines: [
      traces('traces', ['probe_guard', ...chain], ['probe_fail/a']),
      traces(
        'traces/2',
        ['probe_guard', ...chain, 'probe_hold', 'probe_split'],
        ['probe_fail/b', 'probe_fail/c'],
      ),
    ],
    guarded: true,
    hops: 1,
    crashes: false,
  },
  {
    name: 'traces and logs on one chain',
    pipelines: [
      traces('traces', [...chain, 'probe_guard', 'probe_hold'], ['probe_fail/a', 'probe_fail/b']),
      {
        id: 'logs',
        kind: 'logs',
        receivers: ['probe_receiver'],
        processors: chain,
        exporters: ['probe_fail/b'],
      },
    ],
    guarded: false,
    hops: 1,
    crashes: false,
  },
  {
    name: 'a source into alerts',
    pipelines: [traces('traces', ['probe_guard', ...chain], ['probe_fail/a']), ...derived],
    guarded: true,
    hops: 1,
    crashes: false,
  },
  {
    name: 'us to us',
    pipelines: [traces('traces', [...chain, 'probe_hold'], ['probe_fail/a', 'probe_fail/b'])],
    guarded: false,
    hops: 2,
    crashes: false,
  },
  {
    name: 'a crash between any two records, then replay',
    pipelines: [
      traces('traces', ['probe_guard', ...chain, 'probe_hold'], ['probe_fail/a']),
      ...derived,
    ],
    guarded: true,
    hops: 1,
    crashes: true,
  },
]

/** Sizes, orders, failures and times of one run. */
export interface Case {
  readonly requests: readonly {
    readonly gapMs: number
    readonly signal: 'traces' | 'logs'
    readonly traces: readonly number[]
    readonly name: string
  }[]
  readonly hold: { readonly size: number; readonly timeoutMs: number }
  readonly capacity: number
  readonly scripts: readonly SinkConfig['script'][]
  readonly attempts: number
  readonly tailMs: number
  /** The crash comes before this record. */
  readonly crashAt: number
}

const step = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('delivered' as const) },
    { weight: 3, arbitrary: fc.constant('retryable' as const) },
    { weight: 1, arbitrary: fc.constant('permanent' as const) },
  ),
  delayMs: fc.constantFrom(0, 0, 1, 50, 700, 4_000),
})

export const cases: fc.Arbitrary<Case> = fc.record({
  requests: fc.array(
    fc.record({
      gapMs: fc.constantFrom(0, 0, 1, 100, 1_500, 9_999, 10_000, 11_000),
      signal: fc.constantFrom('traces' as const, 'traces' as const, 'logs' as const),
      traces: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
      name: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'secret', 'dropped', 'throws'),
    }),
    { minLength: 1, maxLength: 10 },
  ),
  hold: fc.record({
    size: fc.integer({ min: 1, max: 4 }),
    timeoutMs: fc.constantFrom(1, 500, 3_000, 600_000),
  }),
  capacity: fc.integer({ min: 1, max: 12 }),
  scripts: fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 3 }),
  attempts: fc.integer({ min: 1, max: 4 }),
  tailMs: fc.constantFrom(0, 2_000, 12_000, 60_000),
  crashAt: fc.integer({ min: 1, max: 16 }),
})

/** Runs one case and says which promises of the contract it breaks; none is the proof. */
export async function broken(module: EngineModule, wiring: Wiring, it: Case): Promise<string[]> {
  const run = new Run(module, wiring, it)
  await run.play()
  return run.violations()
}

class Run {
  readonly #module: EngineModule
  readonly #wiring: Wiring
  readonly #case: Case
  readonly #sinks = new Map<string, ReturnType<typeof aSink>>()
  readonly #sent: Sent[] = []
  readonly #violations: string[] = []
  #rigs: Rig[] = []

  constructor(module: EngineModule, wiring: Wiring, it: Case) {
    this.#module = module
    this.#wiring = wiring
    this.#case = it
  }

  async play(): Promise<void> {
    const last = this.#rig()
    this.#rigs = [last]
    if (this.#wiring.hops === 2) {
      const pipelines = [traces('traces', chain, ['probe_link'])]
      const first = new Rig(this.#module, graph(pipelines, {}), last.scheduler, undefined, [
        linkTo(last),
      ])
      this.#rigs.unshift(first)
    }
    for (const rig of this.#rigs) await rig.engine.start()
    if (this.#wiring.crashes) this.#plugAt(last)
    const endMs = this.#schedule(last)
    await last.run(endMs)
    if (!last.alive) await this.#recover(last, endMs)
    for (const rig of this.#rigs) await this.#stop(rig)
  }

  violations(): string[] {
    this.#checkClients()
    for (const [at, rig] of this.#rigs.entries()) {
      const isLast = at === this.#rigs.length - 1
      this.#checkEngine(rig)
      this.#checkMemory(rig, isLast && this.#wiring.guarded)
    }
    this.#checkDelivery()
    this.#checkDerived()
    for (const [id, sink] of this.#sinks) {
      if (sink.unpaid > 0) this.#say(`${id} got ${sink.unpaid} batches without their memory`)
      if (sink.room.reserved !== 0) this.#say(`${id} still holds ${sink.room.reserved} rooms`)
    }
    return this.#violations
  }

  #rig(scheduler?: Rig['scheduler'], journal?: MemoryJournal): Rig {
    const { size, timeoutMs } = this.#case.hold
    // The first of two engines cannot stop in time while the second holds on to its request.
    const longestMs = this.#wiring.hops === 2 ? 3_000 : timeoutMs
    const hold = { size, timeoutMs: Math.min(timeoutMs, longestMs) }
    const configs: Record<string, unknown> = { probe_hold: hold }
    const exporters = new Set(this.#wiring.pipelines.flatMap((it) => it.exporters))
    for (const [at, id] of [...exporters].entries()) {
      const sink = this.#sinks.get(id) ?? aSink()
      this.#sinks.set(id, sink)
      const script = this.#case.scripts[at % this.#case.scripts.length] ?? []
      configs[id] = { sink, script, capacity: this.#case.capacity } satisfies SinkConfig
    }
    return new Rig(this.#module, graph(this.#wiring.pipelines, configs), scheduler, journal)
  }

  /** Puts every request on the clock; returns when the last has been sent and a while passed. */
  #schedule({ scheduler }: Rig): number {
    let atMs = startMs
    let spans = 0
    const hasLogs = this.#wiring.pipelines.some((it) => it.id === 'logs')
    for (const { gapMs, signal, traces: ids, name } of this.#case.requests) {
      atMs += gapMs
      const kind = signal === 'logs' && hasLogs ? 'logs' : 'traces'
      const payload = aRequest(
        kind,
        ids.map((id) => ({
          traceId: `${id + 1}`.padStart(32, '0'),
          spanId: `${++spans}`.padStart(16, '0'),
          name,
        })),
      )
      const keys = itemKeys({ kind, payload, facts: [], origins: [], leases: [] })
      const sent: Sent = { payload, keys, name, outcomes: [], attempts: 0, extra: 0 }
      this.#sent.push(sent)
      const send = () => this.#rigs[0]?.send(sent, this.#case.attempts)
      scheduler.schedule(send, atMs - startMs)
    }
    return atMs + this.#case.tailMs
  }

  #plugAt(rig: Rig): void {
    rig.journal.crashAt = this.#case.crashAt
    rig.journal.onCrash = () => {
      this.#atCrash = JSON.stringify(rig.engine.memory())
      rig.die()
    }
  }

  #atCrash = ''

  /** A new process folds the records that were kept, and clients without an answer come again. */
  async #recover(dead: Rig, endMs: number): Promise<void> {
    const journal = new MemoryJournal()
    journal.records.push(...dead.journal.records)
    const rig = this.#rig(dead.scheduler, journal)
    this.#rigs = [rig]
    await rig.engine.start(dead.journal.records)
    const memory = JSON.stringify(rig.engine.memory())
    if (memory !== this.#atCrash) {
      this.#say(`after replay it remembers ${memory}, before the crash ${this.#atCrash}`)
    }
    for (const sent of this.#sent) {
      if (sent.attempts === sent.outcomes.length) continue
      sent.attempts = sent.outcomes.length
      rig.send(sent, Math.max(sent.attempts + 1, this.#case.attempts))
    }
    await rig.run(Math.max(endMs, rig.scheduler.now()))
  }

  async #stop(rig: Rig): Promise<void> {
    const { waiting } = rig.engine.progress
    const told = () =>
      this.#sent
        .flatMap((it) => it.outcomes)
        .filter((it) => 'reason' in it && it.reason === 'shutting down')
    const before = told().length
    if (!(await rig.stop())) this.#say('stopping did not end before its deadline')
    const cutOff = told().length - before
    if (rig === this.#rigs[0] && cutOff > waiting) {
      this.#say(`stopping forgot ${cutOff - waiting} requests that it had taken`)
    }
  }

  #checkClients(): void {
    for (const { extra, attempts, outcomes, keys } of this.#sent) {
      if (extra > 0) this.#say(`${keys} was settled ${extra} times too often`)
      if (outcomes.length !== attempts) {
        this.#say(`${keys} was sent ${attempts} times and answered ${outcomes.length} times`)
      }
    }
  }

  #checkEngine(rig: Rig): void {
    const { unsettled, waiting, derivedHeld, settledTwice } = rig.engine.progress
    if (unsettled + waiting + derivedHeld > 0) this.#say('something is under way after the stop')
    const { reserved_bytes } = rig.memory.status()
    if (reserved_bytes !== 0) this.#say(`${reserved_bytes} B of memory are still reserved`)
    if (settledTwice > 0) this.#say(`${settledTwice} deliveries were settled twice`)
  }

  #checkMemory({ engine, journal }: Rig, guarded: boolean): void {
    const stops = (record: LogRecord) => guarded && nameOf(record, this.#sent) !== 'ok'
    const expected = expectedMemory(journal.records, (record) => !stops(record))
    const memory = engine.memory()
    const learned = summaries(memory.probe_learn)
    const counts = new Map(pairs(learned.counts))
    for (const [key, n] of counts) {
      if (key.startsWith('record ') && n !== 1) this.#say(`${key} was folded ${n} times`)
    }
    for (const kind of ['traces', 'logs'] as const) {
      const n = counts.get(`items ${kind}`) ?? 0
      if (n !== (expected.items[kind] ?? 0)) {
        this.#say(`counted ${n} ${kind}, the records hold ${expected.items[kind] ?? 0}`)
      }
    }
    this.#same('spans', pairs(learned.spans), [...expected.spans])
    this.#same('open traces', dues(memory.probe_learn), [...expected.open])
    if (counts.has('late')) this.#say('later facts came back to who had learned them')
    if (journal.misdated > 0) this.#say('a record is not dated by the time handed in')
    const tasks = pairs(summaries(memory.probe_emit).tasks).filter(([key]) => key !== 'all')
    this.#same('tasks', tasks, [...countEach(expected.tasks)])
    if (memory.probe_incident === undefined) return
    this.#same('alerts', pairs(summaries(memory.probe_incident).seen), [
      ...countEach(expected.alerts),
    ])
  }

  /** What a client was told is delivered is at every destination of its signal. */
  #checkDelivery(): void {
    for (const { payload, keys, name, outcomes } of this.#sent) {
      if (name !== 'ok' || outcomes.at(-1)?.kind !== 'delivered') continue
      const missing = this.#destinations(payload.signal).flatMap((id) => {
        const got = new Set(this.#sinks.get(id)?.accepted.flatMap((it) => it.keys))
        return keys.filter((key) => !got.has(key)).map((key) => `${key} at ${id}`)
      })
      if (missing.length > 0) this.#say(`acknowledged and lost: ${missing}`)
    }
    for (const { payload, keys, name } of this.#sent) {
      if (name === 'ok' || payload.signal !== 'traces' || this.#wiring.hops === 2) continue
      if (!this.#wiring.pipelines.some((it) => it.processors.includes('probe_guard'))) continue
      for (const id of this.#destinations('traces')) {
        const got = new Set(this.#sinks.get(id)?.accepted.flatMap((it) => it.keys))
        if (keys.some((key) => got.has(key))) this.#say(`${name} ${keys} passed the guard to ${id}`)
      }
    }
  }

  /** Every alert and every derived log record is at its destination once, or counted as dropped. */
  #checkDerived(): void {
    const rig = this.#rigs.at(-1)
    if (rig === undefined || !this.#sinks.has('probe_fail/derived')) return
    const stops = (record: LogRecord) => nameOf(record, this.#sent) !== 'ok'
    const expected = expectedMemory(rig.journal.records, (record) => !stops(record))
    const late = this.#lateDeliveries()
    const perSink = ['probe_fail/derived', 'probe_fail/derived2', 'probe_fail/alerts'].map(
      (id) => this.#sinks.get(id)?.accepted.flatMap((it) => it.id.split('+')) ?? [],
    )
    if (perSink.some((ids) => new Set(ids).size !== ids.length) && !this.#wiring.crashes) {
      this.#say('a derived batch came to its destination twice')
    }
    const [logs = [], logs2 = []] = perSink
    const dropped = rig.engine.progress.derivedDropped
    const partly = [...new Set(logs)].filter((id) => !logs2.includes(id)).length
    const distinct = new Set(perSink.flat())
    const due = expected.tasks.length + expected.alerts.length
    const arrived = distinct.size + late
    const wanted = due + expected.tasks.length
    if (arrived > wanted) this.#say(`${wanted} derived batches, but ${arrived} have names`)
    if (arrived + dropped < wanted) {
      this.#say(`${wanted} derived batches: ${arrived} arrived, ${dropped} dropped`)
    }
    if (partly > dropped) this.#say(`${partly} came to one of two destinations, ${dropped} dropped`)
  }

  /** Deliveries of later facts, which carry no spans, at the traces' destination. */
  #lateDeliveries(): number {
    const accepted = this.#sinks.get('probe_fail/a')?.accepted ?? []
    const ids = accepted
      .flatMap((it) => it.id.split('+'))
      .filter((id) => id.includes('/probe_learn/'))
    if (new Set(ids).size !== ids.length && !this.#wiring.crashes) {
      this.#say('a later fact came to its destination twice')
    }
    return new Set(ids).size
  }

  #destinations(kind: PipelineKind): readonly string[] {
    return this.#wiring.pipelines
      .filter((it) => it.kind === kind && it.receivers.includes('probe_receiver'))
      .flatMap((it) => it.exporters)
  }

  #same(what: string, found: Pairs, wanted: Pairs): void {
    const text = (all: Pairs) => JSON.stringify(all.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (text(found) !== text(wanted)) {
      this.#say(`remembers ${what} ${text(found)}, the records say ${text(wanted)}`)
    }
  }

  #say(violation: string): void {
    this.#violations.push(violation)
  }
}

type Pairs = readonly (readonly [string, number])[]

function nameOf(record: LogRecord, sent: readonly Sent[]): string {
  if (record.body.kind !== 'request') return ''
  const { payload } = record.body
  return sent.find((it) => it.payload === payload)?.name ?? ''
}

function countEach(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function summaries(snapshot: unknown): Readonly<Record<string, unknown>> {
  const isState = (it: unknown): it is { summaries: Record<string, unknown> } =>
    typeof it === 'object' && it !== null && 'summaries' in it
  return isState(snapshot) ? snapshot.summaries : {}
}

function dues(snapshot: unknown): Pairs {
  const isState = (it: unknown): it is { due: Pairs } =>
    typeof it === 'object' && it !== null && 'due' in it
  return isState(snapshot) ? snapshot.due : []
}

function pairs(summary: unknown): Pairs {
  return Array.isArray(summary) ? summary : []
}
