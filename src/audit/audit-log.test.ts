import { describe, expect, test } from 'vitest'
import {
  type Fault,
  SimulatedFileSystem,
  type Survival,
  type SystemCall,
} from '../storage/simulated-file-system.ts'
import { decodeEntry, type Entry } from './entry.ts'
import { aLog, anEntry, aWholeLog, contents, directory, diskWith, startMs } from './log.fixture.ts'
import { segmentNames } from './segments.ts'
import { verifyAudit } from './verify.ts'

/** All entries, in order, as they lie there. */
async function entriesOf(files: SimulatedFileSystem): Promise<Entry[]> {
  const held = await contents(files)
  const lines = [...held].flatMap(([name, bytes]) =>
    name === 'head' ? [] : bytes.toString().split('\n').slice(0, -1),
  )
  return lines.map((it) => decodeEntry(Buffer.from(it))).filter((it) => typeof it !== 'string')
}

async function textsOf(files: SimulatedFileSystem): Promise<unknown[]> {
  const entries = await entriesOf(files)
  return entries.filter(({ type }) => type === 'test').map(({ body }) => body.text)
}

async function verdictOn(files: SimulatedFileSystem) {
  return verifyAudit({ files, directory })
}

test('what is appended at once is written with one sync, in order', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 2 ** 20 })
  await log.append(anEntry('first'))
  const calls: string[] = []
  files.faults = ({ name, path }) => {
    if (path.endsWith('.jsonl')) calls.push(name)
    return undefined
  }
  const heads = await Promise.all(['a', 'b', 'c'].map((it) => log.append(anEntry(it))))
  expect(calls).toEqual(['write', 'datasync'])
  expect(heads.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(log.status()).toMatchObject({ head: heads[2], appended: 4, pending: 0 })
  await log.close()
  expect(await textsOf(files)).toEqual(['first', 'a', 'b', 'c'])
  await expect(log.append(anEntry('late'))).rejects.toThrow('is closed')
})

test('a new day and a full file begin a new file that seals the one before', async () => {
  const files = new SimulatedFileSystem()
  let ms = startMs
  const log = await aLog(files, { now: () => ms, segmentBytes: 2 ** 20 })
  await Promise.all([log.append(anEntry('today')), log.append(anEntry('today too'))])
  const midnight = startMs + 24 * 3_600_000
  const late = log.append(anEntry('still today'))
  ms = midnight
  await Promise.all([late, log.append(anEntry('tomorrow'))])
  await log.close()
  expect(await segmentNames(files, directory)).toEqual(['000000000000.jsonl', '000000000003.jsonl'])
  const entries = await entriesOf(files)
  expect(entries[3]).toMatchObject({
    type: 'audit.segment',
    at: '2026-11-02T00:00:00.000Z',
    body: { previous: '000000000000.jsonl', bytes: expect.any(Number) },
  })
  expect((await verdictOn(files)).finding).toBeUndefined()
})

test('a restart goes on in the same file and tells how the run before ended', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  expect(log.runBefore).toBeUndefined()
  await log.append(anEntry('before'))
  await log.append({ type: 'collector.stop', actor: 'system', body: {} })
  await log.close()
  const again = await aLog(files)
  expect(again.runBefore).toEqual({ lastMs: startMs + 2000, hasStopped: true })
  expect((await again.append(anEntry('after'))).seq).toBe(2)
  await again.close()
  expect((await segmentNames(files, directory)).length).toBe(1)
  expect((await verdictOn(files)).finding).toBeUndefined()
})

test('too many that wait are refused and counted; what no log can hold is refused too', async () => {
  const log = await aLog(new SimulatedFileSystem(), { maxPending: 2 })
  const taken = [log.append(anEntry('a')), log.append(anEntry('b'))]
  await expect(log.append(anEntry('c'))).rejects.toThrow('the audit log is full')
  await Promise.all(taken)
  expect(log.status()).toMatchObject({ refused: 1, appended: 2 })
  await expect(log.append(anEntry('\ud800'))).rejects.toThrow('cannot hold this entry')
  await expect(log.append(anEntry('x'.repeat(2 ** 20)))).rejects.toThrow('is too large')
  await log.append(anEntry('d'))
  await log.close()
})

test.each(['ENOSPC', 'EIO'] as const)(
  'after %s the chain is as it was, and goes on',
  async (code) => {
    const said: string[] = []
    const files = new SimulatedFileSystem()
    const logger = { warn() {}, error: (_: object, message: string) => said.push(message) }
    const log = await aLog(files, { log: logger })
    const { seq } = await log.append(anEntry('a'))
    files.faults = ({ name }) => (name === 'write' ? { kind: 'error', code } : undefined)
    await expect(log.append(anEntry('lost'))).rejects.toThrow(`cannot write the audit log: ${code}`)
    await expect(log.append(anEntry('lost'))).rejects.toThrow(code)
    expect(log.status()).toMatchObject({ failed: 2, head: { seq }, lastError: expect.any(String) })
    expect(said).toEqual(['Cannot write the audit log.'])
    files.faults = ({ name }) => (name === 'write' ? { kind: 'short', bytes: 20 } : undefined)
    await expect(log.append(anEntry('lost'))).rejects.toThrow('wrote 40 of')
    files.faults = () => undefined
    expect(await log.append(anEntry('b'))).toMatchObject({ seq: seq + 1 })
    await log.close()
    expect(await textsOf(files)).toEqual(['a', 'b'])
    expect((await verdictOn(files)).finding).toBeUndefined()
  },
)

test('a file whose sync failed is sealed, and the group is in a new one', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  await log.append(anEntry('a'))
  let failures = 1
  files.faults = ({ name, path }) =>
    name === 'datasync' && path.endsWith('.jsonl') && failures-- > 0
      ? { kind: 'error', code: 'EIO' }
      : undefined
  await log.append(anEntry('b'))
  await log.close()
  expect(await segmentNames(files, directory)).toEqual(['000000000000.jsonl', '000000000001.jsonl'])
  expect(await textsOf(files)).toEqual(['a', 'b'])
  expect((await verdictOn(files)).finding).toBeUndefined()
})

test('what a failed sync left behind in its file is cut off at the next start', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  await log.append(anEntry('a'))
  files.faults = ({ name, path }) =>
    ['datasync', 'truncate'].includes(name) && path.endsWith('0.jsonl')
      ? { kind: 'error', code: 'EIO' }
      : undefined
  await log.append(anEntry('b'))
  await log.append(anEntry('c'))
  await log.close()
  expect(await textsOf(files)).toEqual(['a', 'b', 'b', 'c'])
  const found = files.afterCrash('everything')
  await (await aLog(found)).close()
  expect(await textsOf(found)).toEqual(['a', 'b', 'c'])
  expect((await entriesOf(found)).at(-1)).toMatchObject({ type: 'audit.repaired' })
  expect((await verdictOn(found)).finding).toBeUndefined()
})

test.each([
  ['that stands in the next one', (next: string) => next],
  ['that is new', (next: string) => next.replace('number', 'nummer')],
  ['that is none', () => 'x'],
])('a line %s, added to a closed file, stays there and is found', async (_, forge) => {
  const held = await aWholeLog(5)
  const [closed = '', newest = '', ...others] = [...held.keys()].filter((it) => it !== 'head')
  expect(others).toEqual([])
  const next = held.get(newest)?.toString().split('\n')[1] ?? ''
  const forged = `${held.get(closed)}${forge(next)}\n`
  held.set(closed, Buffer.from(forged))
  const files = await diskWith(held)
  const before = (await verdictOn(files)).finding
  expect(before?.file).toBe(closed)
  for (let starts = 0; starts < 2; starts++) await (await aLog(files)).close()
  expect((await contents(files)).get(closed)?.toString()).toBe(forged)
  expect((await verdictOn(files)).finding).toEqual(before)
  const problem = expect.stringContaining('behind its end, which no crash leaves there')
  const broken = (await entriesOf(files)).filter(({ type }) => type === 'audit.broken')
  expect(broken).toMatchObject([{ body: { problem } }])
})

test.each(['', '{"actor":"sys'])(
  'a file begun and never finished (%o) is taken away',
  async (text) => {
    const held = await aWholeLog(1)
    held.set('000000000001.jsonl', Buffer.from(text))
    const files = await diskWith(held)
    const log = await aLog(files)
    await log.append(anEntry('after'))
    await log.close()
    expect(await segmentNames(files, directory)).toEqual(['000000000000.jsonl'])
    expect(await textsOf(files)).toEqual(['number 0', 'after'])
    expect((await verdictOn(files)).finding).toBeUndefined()
  },
)

test('a file is made safe before another one seals it', async () => {
  const [files, longer] = [new SimulatedFileSystem(), new SimulatedFileSystem()]
  for (const [disk, texts] of [
    [files, ['a']],
    [longer, ['a', 'b']],
  ] as const) {
    const log = await aLog(disk)
    for (const it of texts) await log.append(anEntry(it))
    await log.close()
  }
  const path = `${directory}/000000000000.jsonl`
  const file = await files.open(path, 'update')
  await file.write([(await contents(longer)).get('000000000000.jsonl') ?? Buffer.alloc(0)], 0)
  await file.close()
  const log = await aLog(files, { segmentBytes: 1 })
  await log.append(anEntry('c'))
  await log.close()
  const found = files.afterCrash('nothing')
  expect(await textsOf(found)).toEqual(['a', 'b', 'c'])
  expect((await verdictOn(found)).finding).toBeUndefined()
})

async function run(
  files: SimulatedFileSystem,
  told: Set<string>,
  segmentBytes = 500,
): Promise<void> {
  for (const part of ['first', 'second']) {
    const log = await aLog(files, { segmentBytes })
    for (let group = 0; group < 3; group++) {
      const texts = [0, 1, 2].map((it) => `${part} run, group ${group}, entry ${it}`)
      const append = (it: string) =>
        log.append(anEntry(it)).then(
          () => told.add(it),
          () => undefined,
        )
      await Promise.all(texts.map(append))
    }
    await log.close()
  }
}

/** A start succeeds, all that was told to be there is, once, and the chain is whole. */
async function expectWhole(files: SimulatedFileSystem, told: Set<string>): Promise<void> {
  const log = await aLog(files, { segmentBytes: 500 })
  await log.append(anEntry('more'))
  await log.close()
  const found = await textsOf(files)
  expect([...told].filter((it) => !found.includes(it))).toEqual([])
  expect(new Set(found).size).toBe(found.length)
  expect(found.at(-1)).toBe('more')
  expect((await verdictOn(files)).finding).toBeUndefined()
  const broken = (await entriesOf(files)).filter(({ type }) => type === 'audit.broken')
  expect(broken).toEqual([])
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('F2: power lost after every single system call', () => {
  const survivals: readonly (readonly [string, (call: number) => Survival])[] = [
    ['nothing unsynced survives', () => 'nothing'],
    ['everything survives', () => 'everything'],
    ...[1, 2, 3, 4].map(
      (it) =>
        [`any of it survives (${it})`, (call: number) => ({ chance: seeded(call * it) })] as const,
    ),
  ]

  test.each(survivals)(
    'no promise is broken and no crash looks like tampering: %s',
    async (_, of) => {
      const whole = new SimulatedFileSystem()
      await run(whole, new Set())
      expect(whole.calls).toBeGreaterThan(60)
      for (let call = 1; call <= whole.calls; call++) {
        const files = new SimulatedFileSystem()
        const told = new Set<string>()
        files.faults = ({ number }) => (number === call ? { kind: 'crash' } : undefined)
        await run(files, told).catch(() => undefined)
        await expectWhole(files.afterCrash(of(call)), told)
      }
    },
  )

  test.each(survivals)('the same once a sync has failed: %s', async (_, of) => {
    const failing = () => {
      let syncs = 0
      return ({ name, path }: SystemCall): Fault | undefined => {
        if (!path.endsWith('000.jsonl') || !['datasync', 'truncate'].includes(name))
          return undefined
        return syncs++ > 0 ? { kind: 'error', code: 'EIO' } : undefined
      }
    }
    const whole = new SimulatedFileSystem()
    whole.faults = failing()
    await run(whole, new Set(), 2 ** 20)
    for (let call = 1; call <= whole.calls; call++) {
      const files = new SimulatedFileSystem()
      const told = new Set<string>()
      const fails = failing()
      files.faults = (it) => fails(it) ?? (it.number === call ? { kind: 'crash' } : undefined)
      await run(files, told, 2 ** 20).catch(() => undefined)
      await expectWhole(files.afterCrash(of(call)), told)
    }
  })

  test.each(['EIO', 'ENOSPC'] as const)('the same with one %s at every call', async (code) => {
    const whole = new SimulatedFileSystem()
    await run(whole, new Set())
    for (let call = 1; call <= whole.calls; call++) {
      const files = new SimulatedFileSystem()
      const told = new Set<string>()
      files.faults = ({ number }) => (number === call ? { kind: 'error', code } : undefined)
      await run(files, told).catch(() => undefined)
      await expectWhole(files.afterCrash(call % 2 === 0 ? 'everything' : 'nothing'), told)
    }
  })
})

test('a torn end is cut off at the start, and an entry says how much', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  await log.append(anEntry('a'))
  await log.close()
  const held = await contents(files)
  const torn = Buffer.from('{"actor":"user:ana","at":"2026')
  held.set('000000000000.jsonl', Buffer.concat([held.get('000000000000.jsonl') ?? torn, torn]))
  const found = await diskWith(held)
  expect(await verdictOn(found)).toMatchObject({ entries: 1, tornBytes: torn.length })
  const warned: object[] = []
  const logger = { warn: (fields: object) => warned.push(fields), error() {} }
  await (await aLog(found, { log: logger })).close()
  const body = { file: '000000000000.jsonl', cut_bytes: torn.length }
  expect(warned).toMatchObject([body])
  expect(await entriesOf(found)).toMatchObject([
    { seq: 0 },
    { seq: 1, type: 'audit.repaired', body },
  ])
  expect(await verdictOn(found)).toMatchObject({ entries: 2, tornBytes: 0 })
})

describe('what no crash leaves behind stays to be found after a restart', () => {
  const tampering: readonly (readonly [
    string,
    RegExp,
    (held: Map<string, Buffer>, last: string) => void,
  ])[] = [
    ['the last entry cut off', /missing/, (held, last) => held.set(last, cut(held.get(last), 1))],
    [
      'half an entry cut off',
      /missing/,
      (held, last) => held.set(last, held.get(last)?.subarray(0, -20) ?? empty),
    ],
    ['the newest file removed', /missing/, (held, last) => held.delete(last)],
    ['the newest file emptied', /missing/, (held, last) => held.set(last, empty)],
    [
      'an entry of the newest file changed',
      /missing|not the one/,
      (held, last) =>
        held.set(last, Buffer.from(held.get(last)?.toString().replace('number', 'nummer') ?? '')),
    ],
    ['the head file removed', /head file is missing/, (held) => held.delete('head')],
    [
      'every file but the head removed',
      /missing/,
      (held) => {
        for (const name of [...held.keys()]) if (name !== 'head') held.delete(name)
      },
    ],
  ]
  const empty = Buffer.alloc(0)

  function cut(bytes: Buffer | undefined, lines: number): Buffer {
    const kept = (bytes ?? empty)
      .toString()
      .split('\n')
      .slice(0, -1 - lines)
    return Buffer.from(kept.map((it) => `${it}\n`).join(''))
  }

  test.each(tampering)('%s', async (_, problem, tamper) => {
    const held = await aWholeLog(8)
    const last = [...held.keys()].filter((it) => it !== 'head').at(-1) ?? ''
    tamper(held, last)
    const files = await diskWith(held)
    const before = (await verdictOn(files)).finding
    expect(before).toBeDefined()
    const errors: string[] = []
    const logger = { warn() {}, error: (_: object, message: string) => errors.push(message) }
    const log = await aLog(files, { log: logger })
    await log.append(anEntry('after'))
    await log.close()
    expect(errors).toEqual(['The audit log is not as it was left; it goes on behind that.'])
    const broken = (await entriesOf(files)).find(({ type }) => type === 'audit.broken')
    expect(broken?.body.problem).toMatch(problem)
    expect((await textsOf(files)).at(-1)).toBe('after')
    if (before?.file !== 'head') expect((await verdictOn(files)).finding?.seq).toBe(before?.seq)
    const again = await aLog(files, { log: logger })
    await again.close()
    expect(errors.length).toBe(1)
  })
})
