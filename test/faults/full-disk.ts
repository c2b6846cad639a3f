import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { smallVolume } from '../support/small-volume.ts'
import { type CollectorOptions, FaultyCollector } from './collector.ts'
import { Destination, isDown, takes } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { comesToRest } from './rest.ts'
import { eventually, pause, scratchDirectory } from './scratch.ts'
import { overHttp } from './sending.ts'
import { LargeSpans } from './spans.ts'

const mib = 2 ** 20

/** {@link fillUp} on a volume of its own, which is all free again in between. */
export async function fillTheDisk(volumeMib: number): Promise<void> {
  using volume = smallVolume(volumeMib)
  const isFree = async () => (await usedMib(volume.directory)) < 2
  const storage = { segment_size_mib: 4 }
  const collector = await fillUp(volumeMib, join(volume.directory, 'data'), storage, isFree)
  await collector.kill()
}

/** {@link fillUp} within a bound of the configuration. */
export async function fillTheBudget(budgetMib: number): Promise<void> {
  const storage = { segment_size_mib: 4, max_size_mib: budgetMib }
  await fillUp(budgetMib, scratchDirectory(), storage, async () => true)
}

/**
 * Fills the disk of a collector whose destination is down. Throws unless clients are told to come
 * back while it is full, and once the destination is up again all drains, the disk is free and more
 * is taken: by the same process. Filled again, it is killed, and a new process drains.
 */
async function fillUp(
  sizeMib: number,
  directory: string,
  storage: NonNullable<CollectorOptions['storage']>,
  isFree: () => Promise<boolean>,
): Promise<FaultyCollector> {
  const destination = await Destination.open(isDown)
  const collector = await FaultyCollector.start({
    directory,
    storage,
    exporters: { otlp_http: { endpoint: destination.url, compression: 'none', ...retryQuickly } },
  })
  const spans = new LargeSpans(mib)
  const send = overHttp(() => collector.http)
  const taken: string[] = []
  const fill = async () => {
    const before = taken.length
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
    await collector.destination('otlp_http')
    expect(taken.length - before).toBeGreaterThan(sizeMib / 4)
    return taken.length - before
  }
  const drain = async () => {
    destination.behaviour = takes
    await destination.until(() => taken.every((it) => destination.has(it)))
    await comesToRest(collector, 'otlp_http')
    await eventually(isFree, (its) => its)
  }

  const first = await fill()
  await drain()
  destination.behaviour = isDown
  const second = await fill()
  await collector.kill()
  await collector.start()
  await collector.destination('otlp_http')
  await drain()
  expect(await send(spans.next().body)).toBe('taken')
  console.log(`${sizeMib} MB:`, { first, second, duplicates: destination.duplicates })
  return collector
}

async function usedMib(directory: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(directory)
  return ((blocks - bfree) * bsize) / mib
}
