import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from './clock.ts'
import { aLog, aRecord, hastyClock, readTexts } from './log.fixture.ts'
import type { SegmentLog } from './segment-log.ts'
import { type FaultPlan, SimulatedFileSystem, type Survival } from './simulated-file-system.ts'
import { seeded } from './testing/chance.fixture.ts'
import { crashEverywhere } from './testing/crash.fixture.ts'
import { flipEverywhere, flipSnapshotEverywhere } from './testing/flip.fixture.ts'
import { truncateEverywhere } from './testing/truncate.fixture.ts'

/** What a run was told is safe, and what it has let go. */
interface Promised {
  readonly appended: Set<string>
  readonly acknowledged: Set<string>
}

const small = { segmentBytes: 150 }

/** Appends, rotates, acknowledges out of order and unlinks, as far as the disk lets it. */
async function run(files: SimulatedFileSystem, told: Promised, clock?: Clock): Promise<void> {
  const log = await aLog(files, { ...small, ...(clock && { clock }) })
  for (let group = 0; group < 4; group++) {
    const texts = [0, 1, 2].map((it) => `group ${group} record ${it}`)
    await Promise.all(texts.map((it) => append(log, it, told)))
    if (group % 2 === 1) await acknowledgeSome(log, told)
  }
  await log.close()
}

async function append(log: SegmentLog, text: string, told: Promised): Promise<void> {
  const answer = await log.append(aRecord(text))
  if (answer.kind === 'appended') told.appended.add(text)
}

async function acknowledgeSome(log: SegmentLog, told: Promised): Promise<void> {
  const reader = log.reader()
  for (let it = await reader.next(); it; it = await reader.next()) {
    if (it.sequence % 5 === 0) continue
    told.acknowledged.add(Buffer.from(it.payload).toString())
    log.acknowledge(it.sequence)
  }
  await reader.close()
}

/** A restart succeeds, holds all that was promised, once each, and takes more. */
async function expectKept(files: SimulatedFileSystem, told: Promised): Promise<void> {
  const log = await aLog(files, small)
  const found = await readTexts(log)
  const missing = [...told.appended].filter(
    (it) => !found.includes(it) && !told.acknowledged.has(it),
  )
  expect(missing).toEqual([])
  expect(new Set(found).size).toBe(found.length)
  expect(await log.append(aRecord('more'))).toMatchObject({ kind: 'appended' })
  await log.explored
  expect((await readTexts(log)).at(-1)).toBe('more')
  await log.close()
}

function nothingTold(): Promised {
  return { appended: new Set(), acknowledged: new Set() }
}

describe('F2: power lost after every single system call', () => {
  const survivals: readonly (readonly [string, (call: number) => Survival])[] = [
    ['nothing unsynced survives', () => 'nothing'],
    ['everything survives', () => 'everything'],
    ['any of it survives, in any order', (call) => ({ chance: seeded(call) })],
  ]

  test.each(survivals)('nothing promised is lost when %s', async (_, survivalOf) => {
    const whole = new SimulatedFileSystem()
    await run(whole, nothingTold())
    expect(whole.calls).toBeGreaterThan(60)
    for (let call = 1; call <= whole.calls; call++) {
      const files = new SimulatedFileSystem()
      const told = nothingTold()
      files.faults = ({ number }) => (number === call ? { kind: 'crash' } : undefined)
      await Promise.race([run(files, told).catch(() => undefined), files.powerLost])
      await expectKept(files.afterCrash(survivalOf(call)), told)
    }
  })

  test.each(survivals)('all is folded, and once, with snapshots, when %s', async (_, survival) => {
    const calls = await crashEverywhere({ sync: { kind: 'always' }, groups: 6, survival })
    expect(calls).toBeGreaterThan(100)
  })

  test.each(survivals)('without syncs nothing is folded twice when %s', async (_, survival) => {
    await crashEverywhere({ sync: { kind: 'never' }, groups: 6, survival })
  })

  test.each(['EIO', 'ENOSPC'] as const)('the same with one %s at every call', async (code) => {
    const whole = new SimulatedFileSystem()
    await run(whole, nothingTold())
    for (let call = 1; call <= whole.calls; call++) {
      const files = new SimulatedFileSystem()
      const told = nothingTold()
      files.faults = ({ number }) => (number === call ? { kind: 'error', code } : undefined)
      await run(files, told, hastyClock).catch(() => undefined)
      await expectKept(files.afterCrash('nothing'), told)
    }
  })
})

test('F3: the newest segment cut at every byte gives the exact prefix', async () => {
  expect(await truncateEverywhere({ records: 12, bytes: 150 })).toBe(12 * 190 + 1)
})

describe('F4: each byte flipped', () => {
  const size = { records: 6, bytes: 60 }

  test('of the newest segment loses the damaged record alone, counted and kept', async () => {
    expect(await flipEverywhere(size)).toBe(600)
  })

  test('of an older segment does so too', async () => {
    expect(await flipEverywhere({ ...size, isOld: true })).toBe(600)
  })

  test('of a snapshot falls back to the other slot', async () => {
    expect(await flipSnapshotEverywhere({ bytes: 200 })).toBeGreaterThan(200)
  })
})

async function readSequences(log: SegmentLog): Promise<number[]> {
  const reader = log.reader()
  const found: number[] = []
  for (let it = await reader.next(); it; it = await reader.next()) found.push(it.sequence)
  await reader.close()
  return found
}

test('F5: a full volume refuses, drains to nothing and takes more, without a restart', async () => {
  const files = new SimulatedFileSystem(20_000)
  const log = await aLog(files, { segmentBytes: 2000 })
  const payload = 'x'.repeat(500)
  let taken = 0
  while ((await log.append(aRecord(payload))).kind === 'appended') taken++
  expect(taken).toBeGreaterThan(20)
  expect(await log.append(aRecord(payload))).toEqual({ kind: 'retryable', reason: 'full' })

  for (const sequence of await readSequences(log)) log.acknowledge(sequence)
  expect(await log.append(aRecord(payload))).toMatchObject({ kind: 'appended' })
  for (const sequence of await readSequences(log)) log.acknowledge(sequence)
  await log.close()
  expect(log.status()).toMatchObject({ heldRecords: 0, bytes: 0 })
})

test('F5: the system says that the volume is full before the reserve does', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  const full: FaultPlan = ({ name }) =>
    name === 'write' ? { kind: 'short', bytes: 10 } : undefined
  files.faults = full
  expect(await log.append(aRecord('a'.repeat(100)))).toMatchObject({ kind: 'retryable' })
  files.faults = () => undefined
  expect(await log.append(aRecord('b'))).toEqual({ kind: 'appended', sequence: 1 })
  expect(await readTexts(log)).toEqual(['b'])
})

test('whatever is appended, acknowledged and lost with the power, what was promised is there', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('append'), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('acknowledge'), count: fc.constant(0) }),
    fc.record({ kind: fc.constant('crash'), count: fc.integer({ min: 1, max: 12 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.nat(), async (steps, seed) => {
      const told = nothingTold()
      const chance = seeded(seed)
      let files = new SimulatedFileSystem()
      let log = await aLog(files, small)
      let number = 0
      for (const { kind, count } of steps) {
        const texts = Array.from({ length: count }, () => `record ${number++}`)
        if (kind === 'acknowledge') await acknowledgeSome(log, told)
        if (kind === 'append') await Promise.all(texts.map((it) => append(log, it, told)))
        if (kind !== 'crash') continue
        const last = files.calls + count
        files.faults = (call) => (call.number === last ? { kind: 'crash' } : undefined)
        await Promise.all(texts.map((it) => append(log, it, told)))
        files = files.afterCrash({ chance })
        log = await aLog(files, small)
      }
      await expectKept(files.afterCrash({ chance }), told)
    }),
    { numRuns: 200 },
  )
})
