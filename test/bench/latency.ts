import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchClient, benchClient } from './clients.ts'
import { benchRequest } from './pdata.ts'
import { CountingSink, Middle } from './processes.ts'
import type { Row } from './table.ts'

const connections = 16
const probeRequests = 1_000
const measuredSeconds = 8

/**
 * 99th percentile of the time to an answer at half of the collector's own highest load, ours and
 * the relay's, in milliseconds. The ratio is the relay's over ours, so that more is better; what
 * is added is the difference.
 */
export async function latencyRow(): Promise<Row & { readonly addedMs: number }> {
  const body = benchRequest()
  const sink = await CountingSink.open()
  const relay = await Middle.start('relay.ts', sink.url)
  const collector = await Middle.start('collector.ts', sink.url)
  try {
    await highestRate(relay, body)
    const halfRate = (await highestRate(collector, body)) / 2
    const baseline = await p99Ms(relay, body, halfRate)
    const ours = await p99Ms(collector, body, halfRate)
    return {
      name: `p99 to the answer at half load (${Math.round(halfRate * 512)} spans/s), added by us`,
      unit: 'ms',
      baseline,
      ours,
      ratio: baseline / ours,
      addedMs: ours - baseline,
    }
  } finally {
    await Promise.all([relay.stop(), collector.stop()])
    sink.close()
  }
}

/** Requests a second with all connections busy. */
async function highestRate(middle: Middle, body: Uint8Array): Promise<number> {
  const client = clientOf(middle, body, connections)
  const startMs = performance.now()
  let left = probeRequests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await client.post()
    }),
  )
  const seconds = (performance.now() - startMs) / 1_000
  await client.close()
  return probeRequests / seconds
}

/** Sends at a steady rate, and takes the time from sending to the answer. */
async function p99Ms(middle: Middle, body: Uint8Array, rate: number): Promise<number> {
  const client = clientOf(middle, body, 64)
  const waitsMs: number[] = []
  const underWay: Promise<void>[] = []
  const startMs = performance.now()
  for (let sent = 0; sent < rate * measuredSeconds; sent++) {
    const dueMs = startMs + (sent * 1_000) / rate
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    const sentMs = performance.now()
    underWay.push(client.post().then(() => void waitsMs.push(performance.now() - sentMs)))
  }
  await Promise.all(underWay)
  await client.close()
  waitsMs.sort((a, b) => a - b)
  return waitsMs[Math.floor(waitsMs.length * 0.99)] ?? Number.NaN
}

function clientOf(middle: Middle, body: Uint8Array, count: number): BenchClient {
  return benchClient({ protocol: 'http', url: middle.url('http'), body, connections: count })
}
