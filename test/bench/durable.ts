import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bodies } from './bodies.ts'
import { type Exchanged, exchange } from './exchange.ts'
import { CountingSink, Middle, writtenBytes } from './processes.ts'
import { median, type Row } from './table.ts'

/** A load of bodies of one size. */
export interface DurableLoad {
  readonly name: string
  readonly spans: number
  readonly clients: number
  readonly requestsPerRound: number
  /** What the throughput of durable against memory has to reach. */
  readonly must: number
}

export const durableLoads: readonly DurableLoad[] = [
  { name: '10 KB', spans: 20, clients: 64, requestsPerRound: 3_000, must: 0.5 },
  { name: '256 KB', spans: 512, clients: 8, requestsPerRound: 300, must: 0.45 },
]

const rounds = 5

/**
 * OTLP/HTTP in → traces pipeline → OTLP/HTTP out into a sink that keeps up: a collector that keeps
 * requests on disk and acknowledges when they are there, against one that keeps them in memory
 * alone. The two take turns, and every figure is the median of the rounds.
 */
export async function durableRows(load: DurableLoad): Promise<readonly Row[]> {
  const directory = await storageDirectory()
  const sink = await CountingSink.open()
  const memory = await Middle.start('collector.ts', sink.url)
  const durable = await Middle.start('collector.ts', sink.url, '512', join(directory, 'alive'))
  const bodies = new Bodies(load.spans)
  const measured = { memory: [] as Round[], durable: [] as Round[] }
  const one = (middle: Middle, requests = load.requestsPerRound) =>
    round(middle, sink, bodies, { clients: load.clients, requests })
  try {
    await one(memory, load.requestsPerRound / 3)
    await one(durable, load.requestsPerRound / 3)
    const writtenBefore = await atRest(durable)
    for (let at = 0; at < rounds; at++) {
      measured.memory.push(await one(memory))
      measured.durable.push(await one(durable))
    }
    const written = (await atRest(durable)) - writtenBefore
    const accepted = rounds * load.requestsPerRound * bodies.sizeBytes
    const dead = await writtenForNobody(load, bodies, join(directory, 'dead'))
    return [...compared(load, measured), writes(load, written / accepted, dead)]
  } finally {
    await Promise.all([memory.stop(), durable.stop()])
    sink.close()
    await rm(directory, { recursive: true })
  }
}

interface Round extends Exchanged {
  readonly loopP99Ms: number
}

async function round(
  middle: Middle,
  sink: CountingSink,
  bodies: Bodies,
  load: { readonly clients: number; readonly requests: number },
): Promise<Round> {
  const arrived = sink.whenBytes(load.requests * bodies.sizeBytes)
  await middle.ask('watch loop')
  const exchanged = await exchange(middle, { ...load, bodies, arrived })
  return { ...exchanged, loopP99Ms: Number(await middle.ask('loop delay')) }
}

/** Bytes on disk for every byte that was taken over while the destination does not answer. */
async function writtenForNobody(load: DurableLoad, bodies: Bodies, directory: string) {
  const gone = await CountingSink.open()
  gone.close()
  const collector = await Middle.start('collector.ts', gone.url, '512', directory)
  try {
    const before = await writtenBytes(collector.pid)
    await exchange(collector, { bodies, requests: load.requestsPerRound, clients: load.clients })
    const written = (await atRest(collector)) - before
    return written / (load.requestsPerRound * bodies.sizeBytes)
  } finally {
    await collector.stop()
  }
}

/** Bytes written once nothing more is: the last snapshot comes a second after the last record. */
async function atRest({ pid }: Middle): Promise<number> {
  for (let before = -1; ; ) {
    const now = await writtenBytes(pid)
    if (now === before) return now
    before = now
    await sleep(2_500)
  }
}

function compared(
  { name, must }: DurableLoad,
  measured: Readonly<Record<'memory' | 'durable', readonly Round[]>>,
): readonly Row[] {
  const figures = (key: keyof Round) => ({
    baseline: median(measured.memory.map((it) => it[key])),
    ours: median(measured.durable.map((it) => it[key])),
  })
  const more = (what: string, key: keyof Round) => {
    const both = figures(key)
    return {
      name: `${name}, ${what}`,
      unit: 'requests/s',
      ...both,
      ratio: both.ours / both.baseline,
    }
  }
  const less = (what: string, key: keyof Round) => {
    const both = figures(key)
    return { name: `${name}, ${what}`, unit: 'ms', ...both, ratio: both.baseline / both.ours }
  }
  return [
    {
      ...more('durable against memory acknowledgement, to a sink that keeps up', 'perSecond'),
      must,
    },
    more('the same for each CPU second of the collector', 'perCpuSecond'),
    less('median to the acknowledgement', 'ackP50Ms'),
    less('p99 to the acknowledgement', 'ackP99Ms'),
    less('p99 of the delay of the event loop', 'loopP99Ms'),
  ]
}

/** A ratio of 1 is as little as can be: what is acknowledged is on disk once. */
function writes({ name }: DurableLoad, alive: number, dead: number): Row {
  return {
    name: `${name}, bytes written for each byte taken over: into a sink that keeps up, and with a dead one`,
    unit: 'dead → alive',
    baseline: dead,
    ours: alive,
    ratio: 1 / alive,
  }
}

/** On the disk of the checkout: a directory of temporary files may lie in memory. */
async function storageDirectory(): Promise<string> {
  const bench = join(import.meta.dirname, '../../.bench')
  await mkdir(bench, { recursive: true })
  return mkdtemp(join(bench, 'storage-'))
}
