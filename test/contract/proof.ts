import fc from 'fast-check'
import type { PipelineKind } from '../../src/component/batch.ts'
import type { Acknowledge } from '../../src/component/delivery.ts'
import type { LogRecord } from '../../src/component/record.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import type { PipelineConfig } from '../../src/pipeline/graph-config.ts'
import { aRequest } from '../support/build.ts'
import {
  aSink,
  Disk,
  type EngineModule,
  graph,
  linkTo,
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
  /** Whether requests are kept on a disk, and whether its power is lost on the way. */
  readonly disk?: 'kept' | 'crashes'
  /** Whether it goes over to another configuration on the way. */
  readonly reloads?: true
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

const inMemory: readonly Wiring[] = [
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
  },
  {
    name: 'a source into alerts',
    pipelines: [traces('traces', ['probe_guard', ...chain], ['probe_fail/a']), ...derived],
    guarded: true,
    hops: 1,
  },
  {
    name: 'us to us',
    pipelines: [traces('traces', [...chain, 'probe_hold'], ['probe_fail/a', 'probe_fail/b'])],
    guarded: false,
    hops: 2,
  },
]

const reloading: Wiring = {
  name: 'a reload on the way',
  pipelines: [
    traces('traces', ['probe_guard', ...chain, 'probe_hold'], ['probe_fail/a', 'probe_fail/b']),
    ...derived,
  ],
  guarded: true,
  hops: 1,
  reloads: true,
}

export const wirings: readonly Wiring[] = [
  ...inMemory,
  reloading,
  { ...reloading, name: 'a reload on the way, on disk', disk: 'kept' },
  { ...reloading, name: 'a reload on the way, and power lost after any call', disk: 'crashes' },
  ...inMemory.map((it) => ({ ...it, name: `${it.name}, on disk`, disk: 'kept' as const })),
  {
    name: 'power lost after any call to the disk, then replay',
    pipelines: [
      traces('traces', ['probe_guard', ...chain, 'probe_hold'], ['probe_fail/a']),
      ...derived,
    ],
    guarded: true,
    hops: 1,
    disk: 'crashes',
  },
]

/** What another configuration says anew. */
type Change = 'receiver' | 'memory' | 'holding' | 'exporter' | 'pipeline'

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
  readonly reload: { readonly afterMs: number; readonly changes: readonly Change[] }
  readonly acknowledge: Acknowledge | undefined
  /** Calls to the disk until its power is lost. */
  readonly crashAfterCalls: number
  /** What becomes of what was not synced: all of it is lost, none, or each by chance. */
  readonly survives: 'nothing' | 'everything' | number
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
  reload: fc.record({
    afterMs: fc.constantFrom(0, 1, 50, 101, 700, 5_000, 10_000, 15_000),
    changes: fc.subarray(['receiver', 'memory', 'holding', 'exporter', 'pipeline'] as const),
  }),
  acknowledge: fc.constantFrom('memory', 'durable', 'downstream', undefined),
  crashAfterCalls: fc.integer({ min: 1, max: 250 }),
  survives: fc.oneof(
    fc.constantFrom('nothing' as const, 'everything' as const),
    fc.integer({ min: 1, max: 1_000_000 }),
  ),
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
    const scheduler = new VirtualScheduler(startMs)
    const last = await this.#rig(scheduler, new Disk(scheduler))
    this.#rigs = [last]
    if (this.#wiring.hops === 2) {
      const pipelines = [traces('traces', chain, ['probe_link'])]
      const disk = this.#wiring.disk && new Disk(scheduler)
      const first = new Rig(this.#module, graph(pipelines, {}), scheduler, await disk?.open(), [
        linkTo(last),
      ])
      this.#rigs.unshift(first)
    }
    for (const rig of this.#rigs) await rig.engine.start()
    if (this.#wiring.disk === 'crashes') {
      this.#disk?.loseAfter(this.#case.crashAfterCalls, () => last.die())
    }
    const endMs = this.#schedule(last)
    if (this.#wiring.reloads) this.#reloadLater(last)
    await last.run(endMs)
    if (!last.alive) await this.#recover(last, endMs)
    for (const rig of this.#rigs) await this.#stop(rig)
    if (this.#rigs.includes(last) && !last.alive) {
      await this.#recover(last, endMs)
      for (const rig of this.#rigs) await this.#stop(rig)
    }
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

  async #rig(scheduler: VirtualScheduler, disk: Disk): Promise<Rig> {
    const config = graph(this.#wiring.pipelines, this.#configs())
    if (this.#wiring.disk === undefined) return new Rig(this.#module, config, scheduler)
    this.#disk = disk
    this.#storage = await disk.open()
    return new Rig(this.#module, config, scheduler, this.#storage)
  }

  #configs(): Record<string, unknown> {
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
    return configs
  }

  /** Goes over to a configuration that is like the first, but for what the case changes. */
  #reloadLater(rig: Rig): void {
    const { afterMs, changes } = this.#case.reload
    rig.scheduler.schedule(() => {
      const configs = this.#configs()
      const change = (what: Change, ids: readonly string[], extra: object) => {
        if (!changes.includes(what)) return
        for (const id of ids) configs[id] = { ...Object(configs[id]), ...extra }
      }
      change('receiver', ['probe_receiver'], { again: true })
      change('memory', ['probe_learn', 'probe_incident'], { again: true })
      change('holding', ['probe_hold'], { size: 2 })
      change('exporter', ['probe_fail/a', 'probe_fail/alerts'], { again: true })
      const pipelines = this.#wiring.pipelines.map((it) =>
        it.id === 'traces' && changes.includes('pipeline')
          ? { ...it, processors: it.processors.filter((id) => id !== 'probe_hold') }
          : it,
      )
      const next = { config: graph(pipelines, configs), fingerprint: '2', reason: 'a test' }
      rig.engine.reload(next).then(
        (reloaded) => {
          if (!reloaded.ok) this.#say(`the reload was refused: ${JSON.stringify(reloaded)}`)
        },
        (cause) => {
          if (!String(cause).includes('does not run')) this.#say(`the reload failed: ${cause}`)
        },
      )
    }, afterMs)
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
      const send = () => this.#rigs[0]?.send(sent, this.#case.attempts, this.#acknowledge)
      scheduler.schedule(send, atMs - startMs)
    }
    return atMs + this.#case.tailMs
  }

  /** What is answered from memory may be lost with the power, as it says. */
  get #acknowledge(): Acknowledge | undefined {
    const { acknowledge } = this.#case
    const isRisky = this.#wiring.disk === 'crashes' && acknowledge === 'memory'
    return isRisky ? 'durable' : acknowledge
  }

  #disk: Disk | undefined
  #storage: Awaited<ReturnType<Disk['open']>> | undefined
  /** What engines before the last one folded. */
  #foldedBefore: readonly LogRecord[] = []

  /** A new process takes up what is on the disk, and clients without an answer come again. */
  async #recover(dead: Rig, endMs: number): Promise<void> {
    const { survives } = this.#case
    const chance = typeof survives === 'number' ? { chance: seeded(survives) } : survives
    const disk = this.#disk?.afterCrash(chance)
    if (disk === undefined) throw new Error('there was no disk to crash')
    this.#foldedBefore = dead.folds.records
    const rig = await this.#rig(dead.scheduler, disk)
    this.#rigs = [rig]
    await rig.engine.start()
    for (const sent of this.#sent) {
      if (sent.attempts === sent.outcomes.length) continue
      sent.attempts = sent.outcomes.length
      rig.send(sent, Math.max(sent.attempts + 1, this.#case.attempts), this.#acknowledge)
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
    // What the disk has is not forgotten, though its client is told to come again.
    if (this.#wiring.disk === undefined && rig === this.#rigs[0] && cutOff > waiting) {
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

  #checkMemory(rig: Rig, guarded: boolean): void {
    const { engine } = rig
    const records = this.#records(rig)
    const expected = this.#expected(records, guarded)
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
    if (rig.folds.misdated > 0) this.#say('a record is not dated by the time handed in')
    const tasks = pairs(summaries(memory.probe_emit).tasks).filter(([key]) => key !== 'all')
    this.#same('tasks', tasks, [...countEach(expected.tasks)])
    if (memory.probe_incident === undefined) return
    this.#same('alerts', pairs(summaries(memory.probe_incident).seen), [
      ...countEach(expected.alerts),
    ])
  }

  /** Every record in the order of the log, whoever folded it. */
  #records(rig: Rig): readonly LogRecord[] {
    // A stop may come before all that the disk has was folded again.
    const { nextOffset } = rig.engine.progress
    return this.#allRecords(rig).filter(({ offset }) => offset < nextOffset)
  }

  #allRecords({ folds }: Rig): readonly LogRecord[] {
    const all = new Map<number, LogRecord>()
    const isLast = folds === this.#rigs.at(-1)?.folds
    for (const record of [...(isLast ? this.#foldedBefore : []), ...folds.records]) {
      const before = all.get(record.offset)
      if (before !== undefined && textOf(before) !== textOf(record)) {
        this.#say(`record ${record.offset} was ${textOf(before)} and is now ${textOf(record)}`)
      }
      all.set(record.offset, record)
    }
    return [...all.values()].sort((a, b) => a.offset - b.offset)
  }

  #expected(records: readonly LogRecord[], guarded: boolean) {
    const repeats = this.#wiring.disk ? repeated(records) : new Set()
    return expectedMemory(
      records,
      (record) => !repeats.has(record) && !(guarded && nameOf(record, this.#sent) !== 'ok'),
    )
  }

  /** What a client was told is delivered is at every destination of its signal. */
  #checkDelivery(): void {
    for (const { payload, keys, name, outcomes, attempts } of this.#sent) {
      const last = outcomes.at(-1)
      const isOnce = this.#wiring.disk === 'kept' && attempts === 1
      const isOut = isOnce && name === 'ok' && !this.#isKept(keys)
      if (isOut && last && 'reason' in last && last.reason === 'shutting down') {
        this.#say(`${keys} has come to rest, and its client was not told`)
      }
      if (name !== 'ok' || last?.kind !== 'delivered') continue
      const missing = this.#destinations(payload.signal).flatMap((id) => {
        const sink = this.#sinks.get(id)
        const got = new Set(sink?.accepted.flatMap((it) => it.keys))
        const isBuried = (key: string) => this.#storage !== undefined && sink?.rejected.has(key)
        return keys.filter((key) => !got.has(key) && !isBuried(key)).map((key) => `${key} at ${id}`)
      })
      if (missing.length > 0 && !this.#isKept(keys)) this.#say(`acknowledged and lost: ${missing}`)
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

  /** Whether the log has not let go of the record of a request. */
  #isKept([first]: readonly string[]): boolean {
    const rig = this.#rigs.at(-1)
    const held = this.#storage?.log.firstHeldSequence
    if (rig === undefined || held === undefined) return false
    const record = this.#records(rig).find((it) => keysOf(it)[0] === first)
    return record === undefined || record.offset >= held
  }

  /** Every alert and every derived log record is at its destination once, or counted as dropped. */
  #checkDerived(): void {
    const rig = this.#rigs.at(-1)
    if (rig === undefined || !this.#sinks.has('probe_fail/derived')) return
    const expected = this.#expected(this.#records(rig), true)
    const everything = this.#expected(this.#allRecords(rig), true)
    const late = this.#lateDeliveries()
    const perSink = ['probe_fail/derived', 'probe_fail/derived2', 'probe_fail/alerts'].map(
      (id) => this.#sinks.get(id)?.accepted.flatMap((it) => it.id.split('+')) ?? [],
    )
    if (
      perSink.some((ids) => new Set(ids).size !== ids.length) &&
      this.#wiring.disk !== 'crashes'
    ) {
      this.#say('a derived batch came to its destination twice')
    }
    const [logs = [], logs2 = []] = perSink
    const buried = this.#storage?.requests?.deadLetters.log.status().heldRecords ?? 0
    const dropped = rig.engine.progress.derivedDropped + buried
    const isAllOut = this.#storage?.log.firstHeldSequence === undefined
    const partly = [...new Set(logs)].filter((id) => !logs2.includes(id)).length
    const distinct = new Set(perSink.flat())
    const batches = ({ tasks, alerts }: typeof expected) => 2 * tasks.length + alerts.length
    const arrived = distinct.size + late
    const wanted = batches(expected)
    if (arrived > batches(everything))
      this.#say(`${wanted} derived batches, but ${arrived} have names`)
    if (isAllOut && arrived + dropped < wanted) {
      this.#say(`${wanted} derived batches: ${arrived} arrived, ${dropped} dropped`)
    }
    if (isAllOut && partly > dropped)
      this.#say(`${partly} came to one of two destinations, ${dropped} dropped`)
  }

  /** Deliveries of later facts, which carry no spans, at the traces' destination. */
  #lateDeliveries(): number {
    const accepted = this.#sinks.get('probe_fail/a')?.accepted ?? []
    const ids = accepted
      .flatMap((it) => it.id.split('+'))
      .filter((id) => id.includes('/probe_learn/'))
    if (new Set(ids).size !== ids.length && this.#wiring.disk !== 'crashes') {
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
  const [first] = keysOf(record)
  return sent.find((it) => it.keys[0] === first)?.name ?? ''
}

/** Keys of a request's items; every request has its own. */
function keysOf({ body }: LogRecord): readonly string[] {
  if (body.kind !== 'request') return []
  const { payload } = body
  return itemKeys({ kind: payload.signal, payload, facts: [], origins: [], leases: [] })
}

function textOf(record: LogRecord): string {
  return `${record.body.kind} ${keysOf(record)} at ${record.atMs}`
}

/** Requests that came a second time, as a client sends them that got no answer. */
function repeated(records: readonly LogRecord[]): ReadonlySet<unknown> {
  const seen = new Set<string>()
  return new Set(
    records.filter((record) => {
      const [first] = keysOf(record)
      if (first === undefined) return false
      const isRepeat = seen.has(first)
      seen.add(first)
      return isRepeat
    }),
  )
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
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
