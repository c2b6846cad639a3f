import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { itemCount } from '../../src/component/batch.ts'
import { machineScheduler } from '../../src/component/scheduler.ts'
import { encodeBatch } from '../../src/component/stored-batch.ts'
import { deathNote } from '../../src/net/client/death-note.ts'
import { nodeFileSystem } from '../../src/storage/file-system.ts'
import { Store } from '../../src/storage/store.ts'
import { aBatch } from '../support/build.ts'
import { ranHere } from './cli-here.ts'

const id = 'otlp_http/backend'
const name = encodeURIComponent(id)
const receivedMs = Date.parse('2026-11-01T08:00:00Z')

function openStore(directory: string): Promise<Store> {
  return Store.open({
    files: nodeFileSystem,
    clock: machineScheduler,
    salt: () => 7,
    directory,
    sync: { kind: 'always' },
    segmentBytes: 2 ** 20,
    maxBytes: 2 ** 24,
    whenFull: 'reject',
  })
}

/** What a stopped collector left: two records that wait, and two dead letters. */
async function aStorage(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'queues-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const store = await openStore(directory)
  const queue = await store.log(`queues/${name}`)
  for (const batch of [aBatch('traces', [{}, {}]), aBatch('logs', [{}])]) {
    await queue.append({ payload: encodeBatch(batch), receivedMs, items: itemCount(batch) })
  }
  const letters = await store.deadLetters(name)
  const note = { reason: 'permanent', error: 'HTTP 400', response: 'no\u0007 tenant', attempts: 3 }
  await letters.keep({
    reason: deathNote(note),
    payload: encodeBatch(aBatch('traces', [{ name: 'canary' }])),
    receivedMs,
    items: 1,
  })
  await letters.keep({ reason: 'odd', payload: Buffer.from('?'), receivedMs, items: 4 })
  await store.close()
  return directory
}

function ran(directory: string, ...args: string[]) {
  return ranHere('queue', ...args, '--directory', directory)
}

async function listed(directory: string): Promise<{ records: number; items: number }[]> {
  return JSON.parse((await ran(directory, 'list', '--json')).text)
}

test('list says what every destination has waiting, and dead', async () => {
  const directory = await aStorage()
  const { code, text } = await ran(directory, 'list')
  expect(code).toBe(0)
  expect(text.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ['DESTINATION', 'PART', 'RECORDS', 'ITEMS'],
    [id, 'queue', '2', '3'],
    [id, 'dead letters', '2', '5'],
    [''],
  ])
  expect(text).toContain('2026-11-01T08:00:00.000Z')
})

test('show names what waits, and dead letters with what the destination answered', async () => {
  const directory = await aStorage()
  const waiting = await ran(directory, 'show', id)
  expect(waiting.text).toMatch(/1 +2026-11-01T08:00:00.000Z +traces +2 /)
  const dead = await ran(directory, 'show', id, '--dead-letters')
  expect(dead.text).toMatch(/permanent +3 +no tenant/)
  expect(dead.text).toContain('unreadable')
  expect(dead.text).not.toContain('canary')
  const limited = await ran(directory, 'show', id, '--limit', '1')
  expect(limited.text).toContain('There are 1 more')
})

test('show has what was to be sent only when it is asked for', async () => {
  const directory = await aStorage()
  const dead = await ran(directory, 'show', id, '--dead-letters', '--payload')
  const [first] = dead.text.split('\n').map((line) => line && JSON.parse(line))
  expect(JSON.stringify(first.payload)).toContain('canary')
  expect(first).toMatchObject({ reason: 'permanent', response: 'no\u0007 tenant', attempts: 3 })
})

test('replay puts dead letters back, and leaves what nobody can read', async () => {
  const directory = await aStorage()
  const { code, text } = await ran(directory, 'replay', id, '--all')
  expect(code).toBe(0)
  expect(text).toContain('1 records, 1 items: sent again at the next start')
  expect(text).toContain('1 cannot be read and stay dead letters')
  expect(await listed(directory)).toMatchObject([
    { records: 3, items: 4 },
    { records: 1, items: 4 },
  ])
})

test('drop asks first, and then forgets what was named', async () => {
  const directory = await aStorage()
  const asked = await ran(directory, 'drop', id, '--dead-letters', '--all')
  expect(asked.code).toBe(1)
  expect(asked.text).toContain('this drops 2 records, 5 items, for good: say --yes')
  const dropped = await ran(directory, 'drop', id, '--sequence', '1', '--yes')
  expect(dropped.text).toContain('1 records, 2 items: dropped')
  expect(await listed(directory)).toMatchObject([{ records: 1, items: 1 }, { records: 2 }])
})

test('what cannot be done is said: another process, no such destination, no choice', async () => {
  const directory = await aStorage()
  expect((await ran(directory, 'show', 'debug')).text).toContain(
    `debug has nothing on disk; there are ${id}`,
  )
  expect((await ran(directory, 'replay', id)).text).toContain('--sequence <number>, or --all')
  expect((await ran(directory, 'drop', id, '--sequence', '9', '--yes')).text).toContain(
    'no 9 in the queue',
  )
  const store = await openStore(directory)
  const { code, text } = await ran(directory, 'list')
  await store.close()
  expect(code).toBe(1)
  expect(text).toContain('is in use by another process')
  expect((await ran('/nowhere', 'list')).text).toContain('there are no queues in /nowhere')
})
