import { ignoreElements, tap } from 'rxjs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Disk, graph, Rig } from '../../test/contract/harness.ts'
import { aBatch } from '../../test/support/build.ts'
import { delivered, type Outcome } from '../component/delivery.ts'
import { defineExporter } from '../component/factory.ts'
import { VirtualScheduler } from '../component/virtual-scheduler.ts'
import * as engine from './engine.ts'

const startMs = 1_790_000_000_000

/** A running engine that keeps requests, before a destination that takes what comes to it. */
async function rig() {
  const its = { isBusy: true, settles: [] as ((outcome: Outcome) => void)[] }
  const busy = defineExporter({
    type: 'busy',
    config: z.any(),
    create: () => ({
      consume: (source) =>
        source.pipe(
          tap(({ settle }) => its.settles.push(settle)),
          ignoreElements(),
        ),
      spills: () => its.isBusy && its.settles.length > 0,
    }),
  })
  const scheduler = new VirtualScheduler(startMs)
  const pipeline = { id: 'traces', kind: 'traces' as const, receivers: ['probe_receiver'] }
  const config = graph([{ ...pipeline, processors: [], exporters: ['busy'] }], { busy: {} })
  const disk = await new Disk(scheduler).open()
  const it = new Rig(engine, config, scheduler, disk, [busy])
  await it.engine.start()
  const outcomes: Outcome[] = []
  const settle = (outcome: Outcome) => outcomes.push(outcome)
  for (const spans of [[{}], [{}, {}]])
    it.connection.send({ batch: aBatch('traces', spans), settle })
  await it.run(startMs + 500)
  return { ...it, run: (ms: number) => it.run(startMs + ms), its, outcomes }
}

test('a record waits in the log for a busy destination, and its client does not', async () => {
  const { its, run, outcomes } = await rig()
  expect(outcomes).toEqual([delivered, delivered])
  expect(its.settles).toHaveLength(1)
  its.isBusy = false
  its.settles[0]?.(delivered)
  await run(501)
  expect(its.settles).toHaveLength(2)
})

test('a record waits no longer than a second for a destination that does not keep up', async () => {
  const { its, run } = await rig()
  await run(999)
  expect(its.settles).toHaveLength(1)
  await run(1_000)
  expect(its.settles).toHaveLength(2)
})
