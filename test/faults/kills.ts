import { expect } from 'vitest'
import { seeded } from '../../src/storage/testing/chance.fixture.ts'
import { FaultyCollector } from './collector.ts'
import { Destination, isDown, takes } from './destination.ts'
import { comesToRest } from './rest.ts'
import { eventually, pause, scratchDirectory } from './scratch.ts'
import { overGrpc, overHttp, type Send } from './sending.ts'
import { SpanSource } from './spans.ts'

export interface KillRun {
  readonly kills: number
  readonly clients: number
  readonly protocols: readonly ('http' | 'grpc')[]
  readonly acknowledge?: 'durable' | 'downstream'
  readonly fsync?: object
  /** Whether the destination is down until the last kill; else it refuses now and then. */
  readonly isDead?: boolean
  /** Whether it is asked to end, and only the starts are cut short. */
  readonly isOrderly?: boolean
  /** Requests that are taken over between two kills, at most. */
  readonly requestsBetween: number
  readonly longestLifeMs: number
  readonly seed: number
}

export const retryQuickly = {
  retry_on_failure: { initial_interval: '20ms', max_interval: '100ms' },
}

/**
 * Kills a collector under load at random moments, some of them before it listens again. Clients
 * keep each request until it was acknowledged. Throws unless the counters are exactly what was
 * sent, everything that was acknowledged has arrived, and the ledger balances after each start.
 */
export async function surviveKills(run: KillRun): Promise<void> {
  const chance = seeded(run.seed)
  // Now and then it refuses, so that queues come to lie on disk.
  const destination = await Destination.open((response, nth) =>
    (run.isDead || nth % 7 === 0 ? isDown : takes)(response, nth),
  )
  const collector = await FaultyCollector.start({
    directory: scratchDirectory(),
    ...(run.fsync && { storage: { fsync: run.fsync } }),
    ...(run.acknowledge && { receiver: { acknowledge: run.acknowledge } }),
    exporters: { otlp_http: { endpoint: destination.url, compression: 'none', ...retryQuickly } },
  })
  const source = new SpanSource(chance)
  const load = new Load(collector, source, chance)
  for (let at = 0; at < run.clients; at++) {
    load.add(run.protocols[at % run.protocols.length] ?? 'http')
  }
  for (let kill = 0; kill < run.kills; kill++) {
    // Between two kills something is taken over, however slow the machine is.
    await load.taken(1 + Math.floor(chance() * run.requestsBetween))
    // Half of the lives are long enough for snapshots.
    await pause(chance() * (chance() < 0.5 ? 50 : run.longestLifeMs))
    if (run.isOrderly) await collector.stop()
    else await collector.kill()
    if (chance() < 0.2) {
      collector.launch()
      await pause(chance() * 800)
      await collector.kill()
    }
    await collector.start()
    await collector.destination('otlp_http')
  }
  await load.stop()
  destination.behaviour = takes

  const sent = source.counted
  await destination.until(() => destination.spans === sent.spans)
  const counted = await eventually(
    () => collector.counted(),
    ({ unique }) => unique.spans >= sent.spans,
  )
  expect(counted).toEqual({ unique: sent, folded: sent })
  await comesToRest(collector, 'otlp_http')
  const { resent } = load
  const { duplicates } = destination
  console.log(`${run.kills} kills:`, { ...sent, requests: load.count, resent, duplicates })
}

/** Clients that send one request after the other, and each until it is acknowledged. */
class Load {
  count = 0
  /** Attempts beyond the first. */
  resent = 0
  readonly #collector: FaultyCollector
  readonly #source: SpanSource
  readonly #chance: () => number
  readonly #clients: Promise<void>[] = []
  readonly #watchers = new Set<() => void>()
  #isOver = false

  constructor(collector: FaultyCollector, source: SpanSource, chance: () => number) {
    this.#collector = collector
    this.#source = source
    this.#chance = chance
  }

  add(protocol: 'http' | 'grpc'): void {
    const { http, grpc } = {
      http: () => overHttp(() => this.#collector.http),
      grpc: () => overGrpc(() => this.#collector.grpc),
    }
    this.#clients.push(this.#run(protocol === 'http' ? http() : grpc()))
  }

  /** Resolves once so many further requests have been acknowledged; rejects when a client fails. */
  taken(requests: number): Promise<void> {
    const wanted = this.count + requests
    const reached = new Promise<void>((resolve) => {
      const look = () => {
        if (this.count < wanted) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
    })
    return Promise.race([reached, Promise.all(this.#clients).then(() => {})])
  }

  /** Every client finishes the request that it has in hand. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients)
  }

  async #run(send: Send): Promise<void> {
    while (!this.#isOver) {
      const { body } = this.#source.next(1 + Math.floor(this.#chance() * 20))
      while ((await send(body)) !== 'taken') {
        this.resent++
        await pause(5)
        await this.#collector.up
      }
      this.count++
      for (const look of [...this.#watchers]) look()
    }
  }
}
