import { expect } from 'vitest'
import { seeded } from '../../src/storage/testing/chance.fixture.ts'
import { FaultyCollector } from './collector.ts'
import { Destination } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { comesToRest } from './rest.ts'
import { eventually, scratchDirectory } from './scratch.ts'
import { overGrpc, overHttp, type Send } from './sending.ts'
import { type Request, SpanSource } from './spans.ts'

export interface RepeatRun {
  readonly requests: number
  readonly keep: 'state' | 'requests'
}

/**
 * Sends every request twice at once, again later, and again after a kill, over both protocols by
 * turns. Throws unless it is counted once; where requests are kept, it is also folded once, and
 * every repeat of a request shows in the metrics.
 */
export async function countOnce({ requests, keep }: RepeatRun): Promise<void> {
  const destination = await Destination.open()
  const collector = await FaultyCollector.start({
    directory: scratchDirectory(),
    storage: { keep },
    exporters: { otlp_http: { endpoint: destination.url, ...retryQuickly } },
  })
  const source = new SpanSource(seeded(14))
  const all = Array.from({ length: requests }, () => source.next(5))
  const protocols = [overHttp(() => collector.http), overGrpc(() => collector.grpc)] as const
  const send = (request: Request, nth: number) => taken(protocols[nth % 2] ?? protocols[0], request)
  const isWhole = async () => {
    const { unique, folded } = await eventually(
      () => collector.counted(),
      (it) => it.unique.spans >= source.counted.spans,
    )
    expect(unique).toEqual(source.counted)
    if (keep === 'requests') expect(folded).toEqual(source.counted)
  }
  const hits = () => collector.metric('agent_sre_dedup_hits')

  for (const [at, it] of all.entries()) await Promise.all([send(it, at), send(it, at)])
  await isWhole()
  for (const [at, it] of all.entries()) await send(it, at)
  await isWhole()
  if (keep === 'requests') expect(await hits()).toBe(2 * requests)

  await collector.kill()
  await collector.start()
  for (const [at, it] of all.entries()) await send(it, at)
  await isWhole()
  await destination.until(() => destination.spans === source.counted.spans)
  await comesToRest(collector, 'otlp_http')
  if (keep === 'requests') {
    expect(await hits()).toBeGreaterThanOrEqual(requests)
    console.log(`${requests} requests four times:`, { duplicates: destination.duplicates })
  }
}

async function taken(send: Send, { body }: Request): Promise<void> {
  expect(await send(body)).toBe('taken')
}
