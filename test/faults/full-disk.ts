import { statfs } from 'node:fs/promises'
import { expect } from 'vitest'
import { smallVolume } from '../support/small-volume.ts'
import { FaultyCollector } from './collector.ts'
import { Destination, isDown, takes } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { comesToRest } from './rest.ts'
import { eventually, pause } from './scratch.ts'
import { overHttp } from './sending.ts'
import { LargeSpans } from './spans.ts'

const mib = 2 ** 20

/**
 * Fills the volume of a collector whose destination is down. Throws unless clients are told to come
 * back while it is full, and once the destination is up again all drains, the disk is free and more
 * is taken: by the same process.
 */
export async function fillTheDisk(volumeMib: number): Promise<void> {
  using volume = smallVolume(volumeMib)
  const destination = await Destination.open(isDown)
  const collector = await FaultyCollector.start({
    directory: `${volume.directory}/data`,
    storage: { segment_size_mib: 4 },
    exporters: { otlp_http: { endpoint: destination.url, compression: 'none', ...retryQuickly } },
  })
  const spans = new LargeSpans(mib)
  const send = overHttp(() => collector.http)
  const taken: string[] = []
  const fill = async () => {
    let refusals = 0
    // One refusal may be due to memory; this many are not.
    while (refusals < 5) {
      const { body, ids } = spans.next()
      const answer = await send(body)
      expect(answer).not.toBe('none')
      if (answer === 'taken') taken.push(...ids)
      refusals = answer === 'refused' ? refusals + 1 : 0
      if (answer === 'refused') await pause(100)
    }
  }
  await fill()
  const first = taken.length
  expect(first).toBeGreaterThan(volumeMib / 4)
  await collector.destination('otlp_http')

  destination.behaviour = takes
  await destination.until(() => taken.every((it) => destination.has(it)))
  await comesToRest(collector, 'otlp_http')

  // What was delivered is let go with the snapshots after it.
  await eventually(
    () => usedMib(volume.directory),
    (used) => used < 2,
  )
  destination.behaviour = isDown
  await fill()
  expect(taken.length - first).toBeGreaterThan(first / 2)
  destination.behaviour = takes
  await destination.until(() => taken.every((it) => destination.has(it)))
  await comesToRest(collector, 'otlp_http')
  console.log(`${volumeMib} MB:`, { first, second: taken.length - first })
  await collector.kill()
}

async function usedMib(directory: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(directory)
  return ((blocks - bfree) * bsize) / mib
}
