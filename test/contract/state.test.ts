import { expect, test } from 'vitest'
import type { EngineStorage } from '../../src/pipeline/host.ts'
import { SimulatedFileSystem } from '../../src/storage/simulated-file-system.ts'
import { Snapshots } from '../../src/storage/snapshots.ts'
import { Disk, Rig, startMs } from './harness.ts'
import { aTrace, clock, toSink, withFingerprint } from './small-rig.fixture.ts'

function aRig(
  files: SimulatedFileSystem,
  fingerprint = '',
  scheduler = clock(),
  storage: EngineStorage = { snapshots: new Snapshots(files, '/state') },
) {
  const config = toSink({ processors: ['probe_learn', 'probe_emit'] })
  return new Rig(withFingerprint(fingerprint), config, scheduler, storage)
}

test('where no requests are kept, a crash loses what came in the last second, and nothing before', async () => {
  const files = new SimulatedFileSystem()
  const first = aRig(files)
  await first.engine.start()
  first.send(aTrace(), 1)
  await first.run(startMs + 1_500)
  const before = first.engine.memory()
  first.send(aTrace(), 1)
  await first.run(startMs + 1_600)
  expect(first.engine.memory()).not.toEqual(before)
  first.die()

  const second = aRig(files.afterCrash('nothing'), '', first.scheduler)
  await second.engine.start()
  expect(second.engine.memory()).toEqual(before)
  await second.stop()
})

test('a stop writes down everything, and a start goes on with it', async () => {
  const files = new SimulatedFileSystem()
  const first = aRig(files)
  await first.engine.start()
  first.send(aTrace(), 1)
  await first.run(startMs + 10)
  await first.stop()
  const second = aRig(files, '', first.scheduler)
  await second.engine.start()
  expect(second.engine.memory()).toEqual(first.engine.memory())
  expect(second.engine.progress.nextOffset).toBe(first.engine.progress.nextOffset)
  await second.stop()
})

test('what was due while nobody ran is folded at the first tick', async () => {
  const files = new SimulatedFileSystem()
  const first = aRig(files)
  await first.engine.start()
  first.send(aTrace('7'), 1)
  await first.run(startMs + 10)
  await first.stop()
  const second = aRig(files, '', clock(3_600_000))
  await second.engine.start()
  await second.run(startMs + 3_600_000 + 1_000)
  expect(JSON.stringify(second.engine.memory().probe_emit)).toContain('7 items 1')
  await second.stop()
})

test('a changed configuration keeps what is remembered and begins an epoch', async () => {
  const files = new SimulatedFileSystem()
  const first = aRig(files, 'one')
  await first.engine.start()
  first.send(aTrace(), 1)
  await first.run(startMs + 10)
  await first.stop()
  const second = aRig(files, 'two', first.scheduler)
  await second.engine.start()
  expect(second.engine.memory()).toEqual(first.engine.memory())
  expect(second.folds.records.map((it) => it.body)).toEqual([
    { kind: 'epoch', reason: 'start', fingerprint: 'two' },
  ])
  await second.stop()
  const found = await new Snapshots(files, '/state').read()
  expect(found).toMatchObject({ kind: 'snapshot', snapshot: { epoch: 2 } })
})

test('a snapshot of a newer version is refused with a sentence, and left as it is', async () => {
  const files = new SimulatedFileSystem()
  const first = aRig(files)
  await first.engine.start()
  await first.stop()
  const payload = Buffer.from('from the future')
  await new Snapshots(files, '/state').read()
  const snapshots = new Snapshots(files, '/state')
  await snapshots.read()
  await snapshots.write({ epoch: 1, offsets: [0], payload })
  const second = aRig(files)
  await expect(second.engine.start()).rejects.toThrow('snapshot')
})

test('a log that was taken away begins anew, and all that comes is folded', async () => {
  const disk = new Disk(clock())
  const first = aRig(disk.files, '', disk.clock, await disk.open())
  await first.engine.start()
  for (let n = 0; n < 5; n++) first.send(aTrace(), 1)
  await first.run(startMs + 10)
  await first.stop()
  const { snapshots } = await disk.open()
  const other = await new Disk(disk.clock).open()
  const second = aRig(disk.files, '', disk.clock, { ...other, snapshots })
  await second.engine.start()
  const sent = aTrace()
  second.send(sent, 1)
  await second.run(startMs + 20)
  expect(sent.outcomes).toEqual([{ kind: 'delivered' }])
  expect(JSON.stringify(second.engine.memory().probe_learn)).toContain('["items traces",6]')
  await second.stop()
})
