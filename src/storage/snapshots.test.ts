import { expect, test } from 'vitest'
import { bytesOf, replace } from './log.fixture.ts'
import { type FaultPlan, SimulatedFileSystem } from './simulated-file-system.ts'
import { Snapshots } from './snapshots.ts'

const aSnapshot = (text: string, offset = 7) => ({
  epoch: 3,
  offsets: [offset, 9],
  payload: Buffer.from(text),
})

async function found(files: SimulatedFileSystem): Promise<string> {
  const it = await new Snapshots(files, '/d').read()
  if (it.kind !== 'snapshot') return it.kind === 'empty' && it.lost ? 'lost' : it.kind
  return Buffer.from(it.snapshot.payload).toString()
}

async function twoSnapshots(): Promise<SimulatedFileSystem> {
  const files = new SimulatedFileSystem()
  const snapshots = new Snapshots(files, '/d')
  expect(await snapshots.read()).toEqual({ kind: 'empty', lost: false })
  await snapshots.write(aSnapshot('older'))
  await snapshots.write(aSnapshot('newer'))
  return files
}

test('the newest snapshot comes back whole, after a restart too', async () => {
  const files = (await twoSnapshots()).afterCrash('nothing')
  const snapshots = new Snapshots(files, '/d')
  const snapshot = aSnapshot('newer')
  expect(await snapshots.read()).toEqual({ kind: 'snapshot', snapshot, damagedSlots: 0 })
  await snapshots.write(aSnapshot('third'))
  expect(await found(files)).toBe('third')
})

test('F4: each byte of the newest slot flipped falls back to the other', async () => {
  const files = await twoSnapshots()
  const whole = await bytesOf(files, '/d/snapshot-a')
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole)
    flipped[at] = (flipped[at] ?? 0) ^ 0xff
    await replace(files, '/d/snapshot-a', flipped)
    expect(await found(files)).toBe('older')
  }
  await replace(files, '/d/snapshot-b', whole.subarray(1))
  expect(await found(files)).toBe('lost')
})

test('a slot that the disk does not give back falls back too; another failure is told', async () => {
  const files = await twoSnapshots()
  const failing = (code: 'EIO' | 'EACCES'): FaultPlan => {
    return ({ name, path }) =>
      name === 'read' && path.endsWith('snapshot-a') ? { kind: 'error', code } : undefined
  }
  files.faults = failing('EIO')
  const found = await new Snapshots(files, '/d').read()
  expect(found).toMatchObject({ snapshot: aSnapshot('older'), damagedSlots: 1 })
  files.faults = failing('EACCES')
  await expect(new Snapshots(files, '/d').read()).rejects.toThrow('EACCES')
})

test('F2: power lost after every call leaves a whole snapshot', async () => {
  for (let call = 1; call <= 8; call++) {
    for (const survival of ['nothing', 'everything'] as const) {
      const files = await twoSnapshots()
      const snapshots = new Snapshots(files, '/d')
      await snapshots.read()
      const last = files.calls + call
      files.faults = ({ number }) => (number === last ? { kind: 'crash' } : undefined)
      const written = await snapshots.write(aSnapshot('third')).then(
        () => true,
        () => false,
      )
      const allowed = written ? ['third'] : ['newer', 'third']
      expect(allowed).toContain(await found(files.afterCrash(survival)))
    }
  }
})
