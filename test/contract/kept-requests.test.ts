import { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { delivered } from '../../src/component/delivery.ts'
import { defineExporter, defineProcessor, defineReceiver } from '../../src/component/factory.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import { buildEngine } from '../../src/pipeline/engine.ts'
import { decodeImage } from '../../src/state/image.ts'
import { Snapshots } from '../../src/storage/snapshots.ts'
import { aSink, Disk, type EngineModule, graph, quiet, Rig } from './harness.ts'
import { aTrace, clock, onePipeline, toSink, withFingerprint } from './small-rig.fixture.ts'

const anything = z.any()

describe('a request that was acknowledged and that nobody takes is a dead letter', () => {
  test('when its receiver was configured away before it was folded', async () => {
    const time = clock()
    const disk = new Disk(time)
    const one = new Rig(
      withFingerprint('1'),
      toSink({}, { delayMs: 60_000 }),
      time,
      await disk.open(),
    )
    await one.engine.start()
    const sent = aTrace()
    one.send(sent, 1, 'durable')
    await one.run(time.now() + 500)
    expect(sent.outcomes).toEqual([delivered])
    one.die()

    const storage = await disk.afterCrash('nothing').open()
    const renamed = toSink({ receiver: 'probe_receiver/renamed' })
    const two = new Rig(withFingerprint('2'), renamed, time, storage)
    await two.engine.start()
    await two.run(time.now() + 5_000)
    expect(await reasonsIn(storage)).toEqual(['no pipeline takes traces from probe_receiver'])
    await two.stop()
  })

  test.each(['refuses', 'throws'])('when what stands before the folds %s', async (how) => {
    const guard = defineProcessor({
      type: 'probe_strict',
      config: anything,
      create: () => ({
        kind: 'map',
        onError: 'closed',
        map() {
          if (how === 'throws') throw new Error('cannot read this')
          return { kind: 'permanent', reason: 'not allowed' }
        },
      }),
    })
    const time = clock()
    const storage = await new Disk(time).open()
    const config = toSink({ processors: ['probe_strict', 'probe_learn'] })
    const rig = new Rig({ buildEngine }, config, time, storage, [], [guard])
    await rig.engine.start()
    rig.send(aTrace(), 1, 'durable')
    await rig.run(time.now() + 5_000)
    expect(await reasonsIn(storage)).toHaveLength(1)
    const asks = aTrace()
    rig.send(asks, 1, 'downstream')
    await rig.run(time.now() + 5_000)
    expect(asks.outcomes).toMatchObject([{ kind: 'permanent' }])
    expect(await reasonsIn(storage)).toHaveLength(1)
    await rig.stop()
  })
})

test('a record that is larger than all memory is folded alone', async () => {
  const time = clock()
  const disk = new Disk(time)
  const one = new Rig({ buildEngine }, toSink({}, { delayMs: 60_000 }), time, await disk.open())
  await one.engine.start()
  const big = aTrace()
  one.send(big, 1, 'durable')
  await one.run(time.now() + 100)
  one.die()

  const memory = new MemoryLedger(big.payload.sizeBytes - 1)
  const small: EngineModule = {
    buildEngine: (it) => buildEngine({ ...it, environment: { ...it.environment, memory } }),
  }
  const sink = aSink()
  const storage = await disk.afterCrash('nothing').open()
  const two = new Rig(small, toSink({}, { sink }), time, storage)
  await two.engine.start()
  await two.run(time.now() + 5_000)
  expect(sink.accepted).toHaveLength(1)
  await two.stop()
})

describe('a stop', () => {
  test('while the snapshot is being read ends the start, and nothing is folded', async () => {
    const time = clock()
    const disk = new Disk(time)
    const one = new Rig({ buildEngine }, toSink({}, { delayMs: 60_000 }), time, await disk.open())
    await one.engine.start()
    one.send(aTrace(), 1, 'durable')
    await one.run(time.now() + 100)
    one.die()
    const storage = await disk.afterCrash('nothing').open()
    const slow = Promise.withResolvers<void>()
    const snapshots = new Proxy(storage.snapshots, {
      get(target, name) {
        if (name === 'read') return () => slow.promise.then(() => target.read())
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const two = new Rig({ buildEngine }, toSink(), time, { ...storage, snapshots })
    const starting = expect(two.engine.start()).rejects.toThrow('was stopped meanwhile')
    const stopping = two.engine.stop(1_000)
    slow.resolve()
    await stopping
    await starting
    await two.run(time.now() + 10_000)
    expect(two.folds.records).toEqual([])
  })

  test('does not wait for a reload whose receiver never starts', async () => {
    const stuck = defineReceiver({
      type: 'stuck',
      config: anything,
      create: () => new Observable(() => {}),
    })
    const module: EngineModule = {
      buildEngine: (it) => {
        const receivers = [...it.catalogue.receivers, stuck]
        return buildEngine({ ...it, catalogue: { ...it.catalogue, receivers } })
      },
    }
    const time = clock()
    const rig = new Rig(module, toSink(), time)
    await rig.engine.start()
    const next = { config: toSink({ receiver: 'stuck' }), fingerprint: '2', reason: 'a test' }
    const reloading = expect(rig.engine.reload(next)).rejects.toThrow('stopped')
    await quiet()
    const stopping = rig.engine.stop(1_000)
    await rig.run(time.now() + 1_000)
    await stopping
    await reloading
  })

  test('keeps its deadline behind two reloads and a destination that does not answer', async () => {
    const time = clock()
    const version = (version: number) => toSink({}, { delayMs: 3_600_000, version })
    const rig = new Rig({ buildEngine }, version(1), time)
    await rig.engine.start()
    rig.send(aTrace(), 1)
    await rig.run(time.now() + 100)
    await rig.engine.reload({ config: version(2), fingerprint: '2', reason: 'a test' })
    const second = rig.engine.reload({ config: version(3), fingerprint: '3', reason: 'a test' })
    const refused = expect(second).rejects.toThrow('meanwhile')
    await quiet()
    const stopping = rig.engine.stop(1_000)
    await rig.run(time.now() + 1_000)
    await stopping
    await rig.run(time.now() + 60_000)
    await refused
  })

  test('answers who gave a command that is kept and not folded', async () => {
    const time = clock()
    const config = toSink({}, { delayMs: 3_600_000, capacity: 1 })
    const rig = new Rig({ buildEngine }, config, time, await new Disk(time).open())
    await rig.engine.start()
    for (let n = 0; n < 2; n++) rig.send(aTrace(), 1, 'durable')
    await rig.run(time.now() + 100)
    const body = {
      kind: 'command',
      component: 'probe_learn',
      name: 'x',
      actor: 'me',
      body: {},
    } as const
    const told = expect(rig.engine.commit(body)).rejects.toThrow('at the next start')
    await rig.run(time.now() + 1_000)
    await rig.stop()
    await told
  })

  test('has nothing to wait for where sequences of the log are missing', async () => {
    const time = clock()
    const disk = new Disk(time)
    for (const sync of [{ kind: 'never' }, { kind: 'never' }] as const) {
      const storage = await disk.open(sync)
      const rig = new Rig({ buildEngine }, toSink({ processors: [] }), time, storage)
      await rig.engine.start()
      rig.send(aTrace(), 1, 'durable')
      await rig.run(time.now() + 5_000)
      const beginMs = time.now()
      await rig.stop()
      expect(time.now() - beginMs).toBe(0)
      await storage.log.close()
      await storage.requests?.deadLetters.log.close()
    }
  })
})

describe('a reload', () => {
  test('makes safe what a leaving exporter has before an image is written', async () => {
    const time = clock()
    const storage = await new Disk(time).open()
    let unsafe = 0
    const queue = defineExporter({
      type: 'probe_queue',
      config: anything,
      create: () => ({
        consume: (source) =>
          new Observable((out) =>
            source.subscribe({
              next({ settle }) {
                unsafe++
                settle(delivered)
              },
              complete: () => void time.schedule(() => out.complete(), 5_000),
            }),
          ),
        async persist() {
          unsafe = 0
        },
      }),
    })
    const unsafeAtWrite: number[] = []
    const write = storage.snapshots.write.bind(storage.snapshots)
    storage.snapshots.write = (image) => {
      unsafeAtWrite.push(unsafe)
      return write(image)
    }
    const config = toSink({ exporters: ['probe_fail/a', 'probe_queue'] })
    const rig = new Rig(withFingerprint('1'), config, time, storage, [queue])
    await rig.engine.start()
    await rig.run(time.now() + 1_100)
    rig.send(aTrace(), 1, 'durable')
    await rig.run(time.now() + 100)
    await rig.engine.reload({ config: toSink(), fingerprint: '2', reason: 'a test' })
    await rig.run(time.now() + 3_000)
    expect(unsafeAtWrite.length).toBeGreaterThan(2)
    expect(unsafeAtWrite.filter((it) => it > 0)).toEqual([])
    await rig.stop()
  })

  test('begins an epoch of its own, also while an image waits, and images are written in turn', async () => {
    const time = clock()
    const disk = new Disk(time)
    const storage = await disk.open()
    const config = toSink({}, { delayMs: 3_000 })
    const rig = new Rig(withFingerprint('1'), config, time, storage)
    await rig.engine.start()
    let [writing, most] = [0, 0]
    const write = storage.snapshots.write.bind(storage.snapshots)
    storage.snapshots.write = async (image) => {
      most = Math.max(most, ++writing)
      await write(image).finally(() => writing--)
    }
    rig.send(aTrace(), 1, 'durable')
    await rig.run(time.now() + 1_500)
    for (const fingerprint of ['2', '3']) {
      await rig.engine.reload({ config, fingerprint, reason: 'a test' })
    }
    await rig.run(time.now() + 1_000)
    await rig.stop()
    const found = await new Snapshots(disk.files, '/state').read()
    if (found.kind !== 'snapshot') throw new Error(found.kind)
    expect(decodeImage(found.snapshot.payload)).toMatchObject({ epoch: 3, fingerprint: '3' })
    expect(most).toBe(1)
  })

  test('that fails leaves no metric callbacks behind', async () => {
    let callbacks = 0
    const counting = defineExporter({
      type: 'counting',
      config: anything,
      create(_config, { meter }) {
        meter.createObservableGauge('size').addCallback(() => {})
        return (source) =>
          new Observable((out) => source.subscribe({ complete: () => out.complete() }))
      },
    })
    const failing = defineExporter({
      type: 'failing',
      config: anything,
      create() {
        throw new Error('a file is missing')
      },
    })
    const module: EngineModule = {
      buildEngine: (it) => {
        const meter = new Proxy(it.environment.meter, {
          get(target, name) {
            if (name !== 'createObservableGauge') return Reflect.get(target, name).bind(target)
            return () => ({ addCallback: () => callbacks++, removeCallback: () => callbacks-- })
          },
        })
        return buildEngine({ ...it, environment: { ...it.environment, meter } })
      },
    }
    const config = (exporters: readonly string[], version: number) =>
      graph(onePipeline({ exporters }), { counting: { version } })
    const time = clock()
    const rig = new Rig(module, config(['counting'], 0), time, undefined, [counting, failing])
    await rig.engine.start()
    expect(callbacks).toBe(1)
    for (const version of [1, 2, 3]) {
      const next = config(['counting', 'failing'], version)
      const reloading = rig.engine.reload({ config: next, fingerprint: '', reason: 'a test' })
      await expect(reloading).rejects.toThrow('a file is missing')
    }
    expect(callbacks).toBe(1)
    await rig.stop()
  })
})

async function reasonsIn(storage: Awaited<ReturnType<Disk['open']>>): Promise<string[]> {
  const reasons: string[] = []
  for await (const { reason } of storage.requests?.deadLetters.list() ?? []) reasons.push(reason)
  return reasons
}
