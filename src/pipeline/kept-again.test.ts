import { ignoreElements, tap } from 'rxjs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Disk, graph, Rig } from '../../test/contract/harness.ts'
import { aBatch } from '../../test/support/build.ts'
import { delivered, type Outcome } from '../component/delivery.ts'
import { defineExporter } from '../component/factory.ts'
import { VirtualScheduler } from '../component/virtual-scheduler.ts'
import * as engine from './engine.ts'

/** A destination that takes nothing while it is down, and counts what it takes. */
function destination() {
  const its = { isUp: false, taken: 0 }
  const down: Outcome = { kind: 'retryable', reason: 'down' }
  const factory = defineExporter({
    type: 'destination',
    config: z.any(),
    create: () => (source) =>
      source.pipe(
        tap(({ settle }) => {
          if (its.isUp) its.taken++
          settle(its.isUp ? delivered : down)
        }),
        ignoreElements(),
      ),
  })
  return { its, factory }
}

test('what was kept is sent once requests are kept again, whatever went by meanwhile', async () => {
  const scheduler = new VirtualScheduler(1_790_000_000_000)
  const { its, factory } = destination()
  const pipeline = { id: 'traces', kind: 'traces' as const, receivers: ['probe_receiver'] }
  const config = graph([{ ...pipeline, processors: [], exporters: ['destination'] }], {
    destination: {},
  })
  const disk = new Disk(scheduler)
  const start = async (keepsRequests: boolean) => {
    const { snapshots, requests } = await disk.open()
    const storage = { snapshots, ...(keepsRequests && { requests }) }
    const rig = new Rig(engine, config, scheduler, storage, [factory])
    await rig.engine.start()
    return rig
  }
  const send = async (rig: Rig, count: number) => {
    for (let at = 0; at < count; at++) {
      const batch = aBatch('traces', [{ name: `${scheduler.now()} ${at}` }])
      rig.connection.send({ batch, settle: () => {} })
    }
    await rig.run(scheduler.now() + 5_000)
  }

  const keeping = await start(true)
  await send(keeping, 20)
  keeping.die()
  its.isUp = true
  const forgetting = await start(false)
  await send(forgetting, 10)
  await forgetting.stop()
  expect(its.taken).toBe(10)
  const again = await start(true)
  await send(again, 4)
  await again.stop()

  expect(its.taken).toBe(10 + 20 + 4)
})
