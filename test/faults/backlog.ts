import { expect } from 'vitest'
import { FaultyCollector } from './collector.ts'
import { Destination, isDown, takes } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { comesToRest } from './rest.ts'
import { mebibytes, pause, scratchDirectory } from './scratch.ts'
import { overHttp, type Send } from './sending.ts'
import { LargeSpans } from './spans.ts'

export interface BacklogSize {
  readonly requests: number
  readonly requestBytes: number
  /** What the destination takes for one request. */
  readonly answerMs: number
  /** What the process may grow by, against one that has nothing to do. */
  readonly growthBytes: number
}

const servesWithinMs = 5_000

/**
 * Fills a collector whose destination is down, kills it, and starts it again. Throws unless it
 * serves soon, in bounded memory, and all of it reaches a slow destination while more comes in.
 */
export async function drainBacklog(size: BacklogSize): Promise<void> {
  const destination = await Destination.open(isDown)
  const collector = new FaultyCollector({
    directory: scratchDirectory(),
    storage: { max_size_mib: 4096 },
    exporters: {
      otlp_http: {
        endpoint: destination.url,
        compression: 'none',
        ...retryQuickly,
        sending_queue: { num_consumers: 2 },
      },
    },
  })
  await collector.start()
  const baseline = await collector.memory()
  const large = new LargeSpans(size.requestBytes)
  const send = overHttp(() => collector.http)
  for (let at = 0; at < size.requests; at++) await sendUntilTaken(send, large)
  const filled = await collector.memory()
  await collector.kill()

  const startMs = performance.now()
  await collector.start()
  await sendUntilTaken(send, large)
  const servedMs = performance.now() - startMs
  expect(servedMs).toBeLessThan(servesWithinMs)
  const started = await collector.memory()

  destination.behaviour = (response, nth) => {
    setTimeout(() => takes(response, nth), size.answerMs)
  }
  const drainMs = performance.now()
  let isDrained = false
  const drained = destination
    .until(() => destination.spans >= size.requests + 1)
    .then(() => {
      isDrained = true
    })
  let came = 0
  while (!isDrained) {
    await sendUntilTaken(send, large)
    came++
    await Promise.race([pause(50), drained])
  }
  await destination.until(() => destination.spans === large.made)
  await comesToRest(collector, 'otlp_http')
  const { peakBytes } = await collector.memory()
  console.log('backlog', {
    mebibytes: mebibytes(size.requests * size.requestBytes),
    servedMs: Math.round(servedMs),
    drainMs: Math.round(performance.now() - drainMs),
    cameMeanwhile: came,
    duplicates: destination.duplicates,
    baselineMib: mebibytes(baseline.rssBytes),
    filledMib: mebibytes(filled.peakBytes),
    startedMib: mebibytes(started.rssBytes),
    peakMib: mebibytes(peakBytes),
  })
  expect(started.rssBytes - baseline.rssBytes).toBeLessThan(size.growthBytes)
  expect(peakBytes - baseline.rssBytes).toBeLessThan(size.growthBytes)
}

async function sendUntilTaken(send: Send, spans: LargeSpans): Promise<void> {
  const { body } = spans.next()
  while ((await send(body)) !== 'taken') await pause(20)
}
