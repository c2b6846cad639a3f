import { expect } from 'vitest'
import { FaultyCollector } from './collector.ts'
import { type Behaviour, Destination, takes } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { comesToRest } from './rest.ts'
import { eventually, mebibytes, pause, scratchDirectory } from './scratch.ts'
import { overHttp } from './sending.ts'
import { LargeSpans } from './spans.ts'

const mib = 2 ** 20

/** What a destination may do wrong, and what its exporter says of it. */
export const wrongs: readonly (readonly [name: string, behaviour: Behaviour, said: RegExp])[] = [
  ['is 5 s slow', (response, nth) => void setTimeout(takes, 5_000, response, nth), /no answer/],
  ['hangs', () => {}, /no answer/],
  [
    'answers 429 with Retry-After',
    (response) => void response.writeHead(429, { 'retry-after': '1' }).end(),
    /429/,
  ],
  [
    'resets in the middle of its answer',
    (response) => {
      // Half of a head: whoever has read a whole one knows that it was taken.
      response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le')
    },
    /failed/,
  ],
]

/**
 * One pipeline with two destinations, of which one goes wrong. Throws unless the other one has
 * everything soon, attempts are given up in time, what waits lies on disk and not in memory, and
 * all arrives once the first one is well again.
 */
export async function sufferDestination(
  [name, behaviour, said]: (typeof wrongs)[number],
  { requests, attemptMs }: { readonly requests: number; readonly attemptMs: number },
): Promise<void> {
  const requestBytes = mib / 4
  const loadBytes = requests * requestBytes
  const bad = await Destination.open()
  const good = await Destination.open()
  const exporter = ({ url }: Destination) => ({
    endpoint: url,
    compression: 'none',
    timeout: `${attemptMs}ms`,
    ...retryQuickly,
  })
  const collector = await FaultyCollector.start({
    directory: scratchDirectory(),
    exporters: { 'otlp_http/bad': exporter(bad), 'otlp_http/good': exporter(good) },
  })
  const spans = new LargeSpans(requestBytes)
  const send = overHttp(() => collector.http)
  const load = async () => {
    for (let at = 0; at < requests; at++) {
      const { body } = spans.next()
      while ((await send(body)) !== 'taken') await pause(10)
    }
  }
  await load()
  await bad.until(() => bad.spans === spans.made)
  const { peakBytes: baselineBytes } = await collector.memory()

  bad.behaviour = behaviour
  const before = bad.requests
  await load()
  await good.until(() => good.spans === spans.made)
  // Attempts end and are made again: more of them than can be under way at one time.
  await bad.until(() => bad.requests - before > 10)
  const { queue, last_error } = await eventually(
    () => collector.destination('otlp_http/bad'),
    (it) => said.test(it.last_error ?? '') && (it.queue.disk?.bytes ?? 0) > loadBytes / 2,
  )
  await eventually(
    () => collector.destination('otlp_http/good'),
    (it) => it.ledger.delivered === 2 * requests,
  )
  const { peakBytes } = await collector.memory()
  const growthBytes = peakBytes - baselineBytes

  bad.behaviour = takes
  bad.cut()
  await bad.until(() => bad.spans === spans.made)
  await comesToRest(collector, 'otlp_http/bad', 'otlp_http/good')
  console.log(`a destination ${name}:`, {
    loadMib: mebibytes(loadBytes),
    waiting: queue.size,
    onDiskMib: mebibytes(queue.disk?.bytes ?? 0),
    baselineMib: mebibytes(baselineBytes),
    growthMib: mebibytes(growthBytes),
    last_error,
  })
  expect(growthBytes).toBeLessThan(64 * mib + loadBytes / 4)
}
