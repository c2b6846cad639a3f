import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorCode, type FileSystem, nodeFileSystem } from './file-system.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

async function content(files: FileSystem, path: string): Promise<string> {
  const into = Buffer.alloc(await files.sizeBytes(path))
  const file = await files.open(path, 'read')
  await file.read(into, 0)
  await file.close()
  return into.toString()
}

async function write(files: FileSystem, path: string, text: string, sync = true) {
  const file = await files.open(path, 'replace')
  await file.write([bytes(text)], 0)
  if (sync) await file.datasync()
  await file.close()
}

const disks: readonly (readonly [string, () => Promise<readonly [FileSystem, string]>])[] = [
  ['the real', async () => [nodeFileSystem, await mkdtemp(join(tmpdir(), 'storage-'))]],
  ['the simulated', async () => [new SimulatedFileSystem(), '/data']],
]

test.each(disks)('%s disk writes, reads, renames, truncates and unlinks', async (_, make) => {
  const [files, directory] = await make()
  await files.makeDirectory(directory)
  const [a, b] = [join(directory, 'a'), join(directory, 'b')]
  const file = await files.open(a, 'create')
  expect(await file.write([bytes('one '), bytes('two')], 0)).toBe(7)
  await file.truncate(6)
  await file.datasync()
  await file.close()
  await files.rename(a, b)
  await files.syncDirectory(directory)

  expect(await files.readDirectory(directory)).toEqual(['b'])
  expect(await content(files, b)).toBe('one tw')
  expect(await files.open(b, 'create').catch(errorCode)).toBe('EEXIST')
  expect(await files.open(a, 'read').catch(errorCode)).toBe('ENOENT')
  expect((await files.volume(directory)).freeBytes).toBeGreaterThan(0)
  await files.unlink(b)
  expect(await files.readDirectory(directory)).toEqual([])
})

test('a crash forgets bytes and names that were not synced', async () => {
  const files = new SimulatedFileSystem()
  await files.makeDirectory('/d')
  await write(files, '/d/kept', 'old')
  await files.syncDirectory('/d')
  await write(files, '/d/kept', 'newer', false)
  await write(files, '/d/unnamed', 'synced, but its name was not')

  const nothing = files.afterCrash('nothing')
  expect(await nothing.readDirectory('/d')).toEqual(['kept'])
  expect(await content(nothing, '/d/kept')).toBe('old')
  expect(await files.readDirectory('/d').catch(errorCode)).toBe('EIO')

  const everything = files.afterCrash('everything')
  expect([...(await everything.readDirectory('/d'))].sort()).toEqual(['kept', 'unnamed'])
  expect(await content(everything, '/d/kept')).toBe('newer')
})

test('a later rename may survive an earlier one', async () => {
  const files = new SimulatedFileSystem()
  await files.makeDirectory('/d')
  await write(files, '/d/a', 'a')
  await write(files, '/d/b', 'b')
  await files.syncDirectory('/d')
  await files.rename('/d/a', '/d/c')
  await files.rename('/d/b', '/d/e')
  const draws = [0.9, 0.1]
  const found = files.afterCrash({ chance: () => draws.shift() ?? 0 })

  expect([...(await found.readDirectory('/d'))].sort()).toEqual(['a', 'e'])
})

test('calls meet the faults that were planned, and a full volume', async () => {
  const files = new SimulatedFileSystem(10)
  await files.makeDirectory('/d')
  const file = await files.open('/d/a', 'create')
  files.faults = ({ number }) => (number === 3 ? { kind: 'short', bytes: 2 } : undefined)
  expect(await file.write([bytes('four')], 0)).toBe(2)
  files.faults = ({ name }) => (name === 'datasync' ? { kind: 'error', code: 'EIO' } : undefined)
  expect(await file.datasync().catch(errorCode)).toBe('EIO')
  expect(await file.write([bytes('123456789')], 2)).toBe(8)
  expect(await file.write([bytes('1')], 10).catch(errorCode)).toBe('ENOSPC')
  files.faults = () => ({ kind: 'crash' })
  expect(await file.truncate(1).catch(errorCode)).toBe('EIO')
  files.faults = () => undefined
  expect(await file.truncate(1).catch(errorCode)).toBe('EIO')
})
