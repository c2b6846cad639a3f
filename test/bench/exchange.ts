import type { Bodies } from './bodies.ts'
import { benchClient, postUntilTaken } from './clients.ts'
import { cpuSeconds, type Middle } from './processes.ts'

export interface Exchange {
  readonly bodies: Bodies
  readonly requests: number
  /** Each sends its next request when the one before is acknowledged. */
  readonly clients: number
  /** What is waited for behind the last answer. */
  readonly arrived?: Promise<unknown>
}

/** What clients and the kernel saw while a number of requests was taken over and sent on. */
export interface Exchanged {
  readonly perSecond: number
  readonly perCpuSecond: number
  /** From sending to the answer, of those that were taken over. */
  readonly ackP50Ms: number
  readonly ackP99Ms: number
}

/** Sends requests over OTLP/HTTP until all are acknowledged. */
export async function exchange(middle: Middle, its: Exchange): Promise<Exchanged> {
  const { bodies, requests, clients, arrived } = its
  const client = benchClient({
    protocol: 'http',
    url: middle.url('http'),
    body: bodies.next(),
    connections: clients,
  })
  const waitsMs: number[] = []
  let left = requests
  const cpuBefore = await cpuSeconds(middle.pid)
  const startMs = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0) waitsMs.push(await postUntilTaken(client, bodies.next()))
    }),
  )
  await arrived
  const seconds = (performance.now() - startMs) / 1_000
  const cpu = (await cpuSeconds(middle.pid)) - cpuBefore
  await client.close()
  waitsMs.sort((a, b) => a - b)
  const at = (share: number) => waitsMs[Math.floor(waitsMs.length * share)] ?? Number.NaN
  return {
    perSecond: requests / seconds,
    perCpuSecond: requests / cpu,
    ackP50Ms: at(0.5),
    ackP99Ms: at(0.99),
  }
}
