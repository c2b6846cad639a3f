import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Alert } from '../../src/alerts/alert.ts'
import { alertsBatch, factsBatch } from '../../src/component/batch.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import type { Settings } from '../../src/component/settings.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { runningExporter, until } from '../../src/net/client/running-exporter.fixture.ts'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { encode } from '../../src/pdata/payload.ts'
import { signals } from '../../src/pdata/signal.ts'
import { aBatch } from '../../test/support/build.ts'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { fileExporter } from './index.ts'

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'file-exporter-'))
  onTestFinished(() => {
    chmodSync(directory, 0o700)
    rmSync(directory, { recursive: true })
  })
  return directory
}

function running(input: object, overrides: Partial<Settings> = {}) {
  const parsed = config.parse(input)
  return runningExporter((settings) => fileExporter.create(parsed, settings), overrides)
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n')
}

const alert: Alert = {
  fingerprint: 'a',
  episode: 1,
  state: 'firing',
  signal: 'slo_burn_rate',
  severity: 'critical',
  summary: 'burns',
  sinceMs: 0,
  labels: { agent: 'support-bot' },
  evidence: { rate: 14.4 },
}

test.each(signals)('%s: a request is a line of OTLP/JSON', async (signal) => {
  const path = join(aDirectory(), 'out.jsonl')
  const exporter = running({ path })
  const batches = [aBatch(signal, [{ name: 'two\nlines' }, {}]), aBatch(signal, [{}])]
  for (const batch of batches) {
    expect(await exporter.send(batch)).toEqual({ kind: 'delivered' })
  }
  const found = linesOf(path).map((line) => fromJson(signal, line))
  expect(found.map((it) => Buffer.from(it).toString('hex'))).toEqual(
    batches.map((it) => Buffer.from(encode(it.payload)).toString('hex')),
  )
})

test('an alert is a line', async () => {
  const path = join(aDirectory(), 'alerts.jsonl')
  const exporter = running({ path })
  await exporter.send(alertsBatch([alert, { ...alert, fingerprint: 'b' }]))
  expect(linesOf(path).map((it) => JSON.parse(it))).toEqual([alert, { ...alert, fingerprint: 'b' }])
})

test('facts without telemetry write nothing', async () => {
  const path = join(aDirectory(), 'out.jsonl')
  const exporter = running({ path })
  expect(await exporter.send(factsBatch('traces', []))).toEqual({ kind: 'delivered' })
  expect(() => statSync(path)).toThrow('ENOENT')
})

test('lines keep the order of their batches, and nobody else may read them', async () => {
  const path = join(aDirectory(), 'out.jsonl')
  const exporter = running({ path })
  const names = Array.from({ length: 50 }, (_, at) => `span-${at}`)
  await Promise.all(names.map((name) => exporter.send(someSpans(1, { name }))))
  expect(linesOf(path).map((it) => /span-\d+/.exec(it)?.[0])).toEqual(names)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file that others could read is closed to them, once, and a device is left alone', async () => {
  const path = join(aDirectory(), 'out.jsonl')
  writeFileSync(path, '')
  chmodSync(path, 0o644)
  const exporter = running({ path })
  await exporter.send(someSpans(1))
  await exporter.send(someSpans(1))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(exporter.log.lines).toEqual([
    {
      level: 'info',
      fields: { path },
      message: 'The file was open to other users; its mode is 0600 now.',
    },
  ])
  const { mode } = statSync('/dev/null')
  const nowhere = running({ path: '/dev/null' })
  expect(await nowhere.send(someSpans(1))).toEqual({ kind: 'delivered' })
  expect(statSync('/dev/null').mode).toBe(mode)
})

test('a directory that is made is closed to others', async () => {
  const directory = join(aDirectory(), 'a', 'b')
  const exporter = running({ path: join(directory, 'out.jsonl'), create_directory: true })
  await exporter.send(someSpans(1))
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(join(directory, '..')).mode & 0o777).toBe(0o700)
})

test('nothing is lost when two writers have one file', async () => {
  const path = join(aDirectory(), 'out.jsonl')
  const [one, other] = [running({ path, append: true }), running({ path, append: true })]
  for (let at = 0; at < 50; at++) {
    await one.send(someSpans(1, { name: `one-${at}-and-some-more` }))
    await other.send(someSpans(1, { name: `other-${at}` }))
  }
  const found = linesOf(path).map((line) => fromJson('traces', line))
  expect(found).toHaveLength(100)
  const emptied = running({ path })
  await emptied.send(someSpans(1))
  await one.send(someSpans(1))
  await emptied.send(someSpans(1))
  expect(linesOf(path).map((line) => fromJson('traces', line))).toHaveLength(3)
})

test('two exporters of one collector with one file are an error that names both', () => {
  const directory = aDirectory()
  symlinkSync(directory, join(directory, 'link'))
  const memory = new MemoryLedger(1)
  const create = (id: string, path: string, of = memory) =>
    fileExporter.create(config.parse({ path }), testSettings({ id, memory: of }))
  create('file/a', join(directory, 'out'))
  const error = 'is written by exporters.file/a already: give each a file of its own'
  expect(() => create('file/b', join(directory, '.', 'out'))).toThrow(
    `exporters.file/b.path: ${join(directory, 'out')} ${error}`,
  )
  expect(() => create('file/b', join(directory, 'link', 'out'))).toThrow(error)
  writeFileSync(join(directory, 'out'), '')
  expect(() => create('file/b', join(directory, 'link', 'out'))).toThrow(error)
  expect(() => create('file/b', join(directory, 'other'))).not.toThrow()
  expect(() => create('file/b', join(directory, 'out'), new MemoryLedger(1))).not.toThrow()
  for (const id of ['file/c', 'file/d']) {
    expect(() => create(id, '/dev/null')).not.toThrow()
  }
})

test.each([
  [{}, 1],
  [{ append: true }, 2],
  [{ rotation: {} }, 2],
])('with %j an earlier run leaves a file of %d lines', async (input, count) => {
  const path = join(aDirectory(), 'out.jsonl')
  writeFileSync(path, '{}\n')
  const exporter = running({ path, ...input })
  await exporter.send(someSpans(1))
  expect(linesOf(path)).toHaveLength(count)
})

test('begins a new file when one is full, and keeps max_backups earlier ones', async () => {
  const directory = aDirectory()
  const path = join(directory, 'out.jsonl')
  const scheduler = new VirtualScheduler(Date.UTC(2026, 0, 31))
  const rotation = { max_megabytes: 1, max_backups: 2 }
  const exporter = running({ path, rotation }, { scheduler })
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await exporter.send(someSpans(1, { name: name.repeat(700_000) }))
  }
  expect(readdirSync(directory).toSorted()).toEqual([
    'out-2026-01-31T00-00-00.002.jsonl',
    'out-2026-01-31T00-00-00.003.jsonl',
    'out.jsonl',
  ])
  const first = (name: string) => readFileSync(join(directory, name), 'utf8').match(/([a-e])\1+/)
  expect(readdirSync(directory).map((name) => first(name)?.[1])).toEqual(['c', 'd', 'e'])
})

test('a write that fails is tried again, and then given back', async () => {
  const directory = join(aDirectory(), 'gone')
  mkdirSync(directory)
  const scheduler = new VirtualScheduler()
  const exporter = running({ path: join(directory, 'out.jsonl') }, { scheduler })
  rmSync(directory, { recursive: true })
  const back = exporter.send(someSpans(1))
  await until(() => scheduler.pending === 1)
  mkdirSync(directory)
  await scheduler.advanceTo(500)
  expect(await back).toEqual({ kind: 'delivered' })

  rmSync(directory, { recursive: true })
  const torn = running({ path: join(directory, 'x', 'y'), create_directory: true }, { scheduler })
  writeFileSync(directory, '')
  const given = torn.send(someSpans(2))
  for (let attempt = 1; attempt <= 4; attempt++) {
    await until(() => scheduler.pending === 1 || attempt === 4)
    if (scheduler.nextMs !== undefined) await scheduler.advanceTo(scheduler.nextMs)
  }
  expect(await given).toMatchObject({
    kind: 'retryable',
    reason: expect.stringContaining(`no more retries left: cannot write to ${directory}`),
  })
  expect(torn.status()).toMatchObject({
    ledger: { received: 2, dropped: { retries_exhausted: 2 }, held: 0 },
  })
})

test('drains, closes and holds no memory', async () => {
  const path = join(aDirectory(), 'out.jsonl')
  const memory = new MemoryLedger(1 << 20)
  const drain = new AbortController()
  const exporter = running({ path }, { memory, signal: drain.signal })
  const all = [1, 2, 3].map((count) => exporter.send(someSpans(count)))
  drain.abort()
  exporter.source.complete()
  await until(exporter.isComplete)
  expect((await Promise.all(all)).map((it) => it.kind)).toEqual(Array(3).fill('delivered'))
  expect(linesOf(path)).toHaveLength(3)
  expect(memory.status().reserved_bytes).toBe(0)
})

test('a directory that is missing, or is none, is an error that names it', () => {
  const directory = aDirectory()
  const create = (path: string, more: object = {}) =>
    fileExporter.create(config.parse({ path, ...more }), testSettings({ id: 'file/x' }))
  expect(() => create(join(directory, 'no', 'out'))).toThrow(
    `exporters.file/x.path: the directory ${join(directory, 'no')} does not exist`,
  )
  expect(() => create(join(directory, 'no', 'out'), { create_directory: true })).not.toThrow()
  appendFileSync(join(directory, 'file'), '')
  expect(() => create(join(directory, 'file', 'out'))).toThrow('is no directory')
  expect(() => create(directory)).toThrow('is a directory: add the name of a file')
})

test('an unwritable directory is an error that names it, except for root, who may write', () => {
  const directory = aDirectory()
  chmodSync(directory, 0o500)
  const parsed = config.parse({ path: join(directory, 'out') })
  const create = () => fileExporter.create(parsed, testSettings())
  if (process.getuid?.() === 0) expect(create).not.toThrow()
  else expect(create).toThrow(`the directory ${directory} may not be written`)
})

test.each([
  [{}, 'path'],
  [{ path: '' }, 'path'],
  [{ path: 'x', format: 'proto' }, 'format'],
  [{ path: 'x', compression: 'zstd' }, 'compression'],
  [{ path: 'x', group_by: {} }, 'group_by'],
  [{ path: 'x', rotation: { max_days: 3 } }, 'rotation.max_days'],
  [{ path: 'x', colour: 'red' }, ''],
])('refuses %j at %s', (input, path) => {
  expect(config.safeParse(input).error?.issues[0]?.path.join('.')).toBe(path)
})
