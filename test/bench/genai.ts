import { callBodies, plainBodies, taskBodies, type UniqueBodies } from './agent-bodies.ts'
import { benchClient, postUntilTaken } from './clients.ts'
import { CountingSink, cpuSeconds, type InTheMiddle, Middle } from './processes.ts'
import { median, type Row } from './table.ts'

const connections = 16
const rounds = 5
const requestsPerRound = 600
const spansPerRequest = 512
const spansPerTask = 8

/**
 * What understanding agents costs, in spans per CPU second: `genai` on spans of which none is an
 * agent's, against the same pipeline without it; and OTLP/HTTP in → `genai` → OTLP/HTTP out on spans
 * of agents, against a bare relay of the same bytes. Every request has traces and calls of its own,
 * so that nothing counts as a repeat, and more traces come than may be open: all of them settle.
 */
export async function genaiRows(): Promise<readonly Row[]> {
  const withGenai = '--processors=genai'
  const plain = plainBodies(spansPerRequest)
  const calls = callBodies(spansPerRequest)
  const tasks = taskBodies(spansPerRequest / spansPerTask)
  const relayed = (bodies: UniqueBodies) => `${Math.round(bodies.sizeBytes / bodies.spans)} B`
  return [
    {
      name: 'a batch without agent spans through genai, against pass-through',
      must: 0.8,
      aim: 0.95,
      ...(await compared(plain, ['collector.ts'], ['collector.ts', withGenai])),
    },
    {
      name: `calls of models (${relayed(calls)} a span) → genai → OTLP/HTTP out, against a bare relay`,
      must: 0.2,
      aim: 0.4,
      ...(await compared(calls, ['relay.ts'], ['collector.ts', withGenai])),
    },
    {
      name: `whole tasks with content (${relayed(tasks)} a span) → genai → OTLP/HTTP out, against a bare relay`,
      must: 0.2,
      aim: 0.4,
      ...(await compared(tasks, ['relay.ts'], ['collector.ts', withGenai])),
    },
  ]
}

type Script = readonly [script: string, ...args: readonly string[]]

async function compared(bodies: UniqueBodies, baseline: Script, ours: Script) {
  const sink = await CountingSink.open()
  const start = ([script, ...args]: Script) => Middle.start(script, sink.url, ...args)
  const theirs = await start(baseline)
  const own = await start(ours)
  const rates = { baseline: [] as number[], ours: [] as number[] }
  const one = (middle: InTheMiddle, requests = requestsPerRound) =>
    round(middle, sink, bodies, requests)
  try {
    await one(theirs, 100)
    await one(own, 300)
    for (let at = 0; at < rounds; at++) {
      rates.baseline.push(await one(theirs))
      rates.ours.push(await one(own))
    }
  } finally {
    await Promise.all([theirs.stop(), own.stop()])
    sink.close()
  }
  const figures = { baseline: median(rates.baseline), ours: median(rates.ours) }
  return { unit: 'spans per CPU second', ...figures, ratio: figures.ours / figures.baseline }
}

async function round(
  middle: InTheMiddle,
  sink: CountingSink,
  bodies: UniqueBodies,
  requests: number,
): Promise<number> {
  const client = benchClient({
    protocol: 'http',
    url: middle.url('http'),
    body: bodies.next(),
    connections,
  })
  const before = await cpuSeconds(middle.pid)
  const arrived = sink.whenBytes(bodies.sizeBytes * requests)
  let left = requests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await postUntilTaken(client, bodies.next())
    }),
  )
  await arrived
  const seconds = (await cpuSeconds(middle.pid)) - before
  await client.close()
  return (requests * bodies.spans) / seconds
}
