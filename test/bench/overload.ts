import { setTimeout as sleep } from 'node:timers/promises'
import { benchClient, type Protocol } from './clients.ts'
import { benchRequest } from './pdata.ts'
import { CountingSink, Middle, ok } from './processes.ts'

const spansPerRequest = 512
/** Tries after the end, a second apart as the hint says. */
const maxTries = 20

export interface OverloadOptions {
  readonly protocol: Protocol
  readonly seconds: number
  readonly offeredPerSecond: number
  readonly acceptedPerSecond: number
  readonly limitMib: number
}

/** What was seen while more came in than could go out. */
export interface Overload {
  /** Requests by status, connection failures as 0. */
  readonly statuses: ReadonlyMap<number, number>
  /** Hints that refusals carried, in seconds: how often each was given. */
  readonly hints: ReadonlyMap<string, number>
  readonly peakBytes: number
  /** From the end of the overload to the first request that was taken over again. */
  readonly recoveryMs: number
  /** Spans that clients were told are taken over. */
  readonly acknowledged: number
  readonly ledger: {
    readonly received: number
    readonly delivered: number
    readonly rejected: number
    readonly dropped: Readonly<Record<string, number>>
    readonly held: number
  }
}

/** Offers spans at a steady rate, whatever the answers, to a collector whose backend is slower. */
export async function overload(options: OverloadOptions): Promise<Overload> {
  const { protocol, seconds, offeredPerSecond, acceptedPerSecond, limitMib } = options
  const sink = await CountingSink.open(paced((spansPerRequest * 1_000) / acceptedPerSecond))
  const collector = await Middle.start('collector.ts', sink.url, String(limitMib))
  const connections = protocol === 'http' ? 512 : 8
  const url = collector.url(protocol)
  const client = benchClient({ protocol, url, body: benchRequest(), connections })
  const statuses = new Map<number, number>()
  const hints = new Map<string, number>()
  const post = async (): Promise<number> => {
    const { status, retryAfterSeconds } = await client.post()
    if (status !== 200) count(hints, String(retryAfterSeconds))
    return status
  }

  try {
    const startMs = performance.now()
    const total = Math.round((seconds * offeredPerSecond) / spansPerRequest)
    const underWay = new Set<Promise<void>>()
    for (let sent = 0; sent < total; sent++) {
      const dueMs = startMs + (sent * 1_000 * spansPerRequest) / offeredPerSecond
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      const one: Promise<void> = post().then((status) => {
        count(statuses, status)
        underWay.delete(one)
      })
      underWay.add(one)
    }
    const endMs = performance.now()
    let tries = 0
    for (let status = 0; status !== 200 && tries < maxTries; tries++) {
      if (tries > 0) await sleep(1_000)
      status = await post()
    }
    const recoveryMs = tries < maxTries ? performance.now() - endMs : Number.POSITIVE_INFINITY
    await Promise.all(underWay)
    const { ledger } = asStatus(await collector.ask('status'))
    const { peakBytes } = await collector.memory()
    const taken = (statuses.get(200) ?? 0) + (tries < maxTries ? 1 : 0)
    return {
      statuses,
      hints,
      peakBytes,
      recoveryMs,
      acknowledged: taken * spansPerRequest,
      ledger,
    }
  } finally {
    await client.close()
    await collector.stop()
    sink.close()
  }
}

/** Answers one request after the other, each `everyMs` after the one before. */
function paced(everyMs: number): Parameters<typeof CountingSink.open>[0] {
  let freeAtMs = 0
  return (response) => {
    freeAtMs = Math.max(freeAtMs, performance.now()) + everyMs
    setTimeout(() => ok(response), freeAtMs - performance.now())
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function asStatus(answer: unknown): Pick<Overload, 'ledger'> {
  const isStatus = (it: unknown): it is Pick<Overload, 'ledger'> =>
    typeof it === 'object' && it !== null && 'ledger' in it
  if (!isStatus(answer)) throw new Error('the exporter publishes no ledger')
  return answer
}
