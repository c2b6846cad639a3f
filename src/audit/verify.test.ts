import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimulatedFileSystem } from '../storage/simulated-file-system.ts'
import { AuditLog } from './audit-log.ts'
import { decodeEntry, genesis, hashOf } from './entry.ts'
import {
  aLog,
  anEntry,
  aWholeLog,
  contents,
  directory,
  diskWith,
  silent,
  startMs,
  verified,
} from './log.fixture.ts'
import { segmentNames } from './segments.ts'
import { verifyAudit } from './verify.ts'

test('EX-AUD-01: three entries, byte for byte, and their hashes', async () => {
  const times = [0, 5000, 180_000].map((it) => startMs + it)
  const files = new SimulatedFileSystem()
  const now = () => times.shift() ?? 0
  const log = await AuditLog.open({ files, directory, now, log: silent })
  const slo = 'support-bot/task_success'
  const appended = [
    await log.append({
      type: 'slo.status',
      actor: 'system',
      body: { slo, from: 'HEALTHY', to: 'CRITICAL' },
    }),
    await log.append({
      type: 'cost.decision',
      actor: 'system',
      body: { agent: 'support-bot', decision: 'kill', reason: 'daily_budget' },
    }),
    await log.append({
      type: 'override',
      actor: 'user:ana',
      body: { agent: 'support-bot', decision: 'release' },
    }),
  ]
  await log.close()
  const held = await contents(files)
  const text = held.get('000000000000.jsonl')?.toString()
  expect(text).toBe(readFileSync(new URL('ex-aud-01.fixture.jsonl', import.meta.url), 'utf8'))
  const last = 'af015523de6b387ca8c7714bd82891c57cd09a12bb678876c2ec1fc380cfd81f'
  expect(appended.map(({ hash }) => hash)).toEqual([
    '1c23f8e896632211fd47a17eed8063e2d61c1e720cb914b7b599fa2535f31bbd',
    '20f8fe71062d862b7c404bac45ef3d0b55a7d98d303597ccf832ec899fa72b59',
    last,
  ])
  expect(await verified(held)).toEqual({
    files: 1,
    entries: 3,
    end: { seq: 2, hash: last },
    tornBytes: 0,
    backwards: 0,
  })
  held.set('000000000000.jsonl', Buffer.from(text?.replace('"kill"', '"kilt"') ?? ''))
  expect(await verified(held)).toMatchObject({
    finding: { seq: 1, line: 2 },
    entries: 1,
    end: { seq: 0, hash: appended[0]?.hash },
  })
})

/** A line of a log, by its place in all of it. */
interface Spot {
  readonly name: string
  readonly line: number
}

type Lines = Map<string, string[]>

function linesOf(held: ReadonlyMap<string, Buffer>): Lines {
  const files = [...held].filter(([name]) => name.endsWith('.jsonl'))
  return new Map(files.map(([name, bytes]) => [name, bytes.toString().split('\n').slice(0, -1)]))
}

function spotsOf(lines: Lines): Spot[] {
  return [...lines].flatMap(([name, its]) => its.map((_, line) => ({ name, line })))
}

function joined(held: ReadonlyMap<string, Buffer>, lines: Lines): Map<string, Buffer> {
  const changed = [...lines].map(([name, its]) => {
    return [name, Buffer.from(its.map((it) => `${it}\n`).join(''))] as const
  })
  return new Map([...held, ...changed])
}

function lineAt(lines: Lines, { name, line }: Spot): string {
  return lines.get(name)?.[line] ?? ''
}

describe('a single change to a whole log is found and the first bad entry is named', async () => {
  const held = await aWholeLog(11)
  const spots = spotsOf(linesOf(held))
  const anySpot = fc.integer({ min: 0, max: spots.length - 1 })
  const spotAt = (seq: number) => spots[seq] ?? { name: '', line: 0 }

  test('several files are clean as they are', async () => {
    expect(linesOf(held).size).toBeGreaterThan(3)
    expect(await verified(held)).toMatchObject({ entries: spots.length, tornBytes: 0 })
    expect((await verified(held)).finding).toBeUndefined()
  })

  test('each byte of each entry, changed', async () => {
    await fc.assert(
      fc.asyncProperty(anySpot, fc.nat(), fc.integer({ min: 1, max: 255 }), async (seq, at, by) => {
        const { name, line } = spotAt(seq)
        const bytes = Buffer.from(held.get(name) ?? '')
        const lines = linesOf(held).get(name) ?? []
        const from = lines.slice(0, line).reduce((sum, it) => sum + it.length + 1, 0)
        const place = from + (at % (lines[line]?.length ?? 1))
        bytes[place] = (bytes[place] ?? 0) ^ by
        const { finding } = await verified(new Map(held).set(name, bytes))
        expect(finding).toMatchObject({ seq, file: name, line: line + 1 })
      }),
      { numRuns: 1000 },
    )
  })

  test('an entry written anew in proper form', async () => {
    for (const [seq, spot] of spots.entries()) {
      const lines = linesOf(held)
      const forged = lineAt(lines, spot).replace('user:ana', 'user:bob').replace('system', 'user:x')
      lines.get(spot.name)?.splice(spot.line, 1, forged)
      const { finding, entries, end } = await verified(joined(held, lines))
      expect(finding).toMatchObject({ seq, file: spot.name, line: spot.line + 1 })
      expect([entries, end.seq]).toEqual([seq, seq - 1])
    }
  })

  test('an entry removed', async () => {
    for (const [seq, spot] of spots.entries()) {
      const lines = linesOf(held)
      lines.get(spot.name)?.splice(spot.line, 1)
      expect((await verified(joined(held, lines))).finding?.seq).toBe(seq)
    }
  })

  test('an entry inserted: a copy of another, or a new one that fits', async () => {
    await fc.assert(
      fc.asyncProperty(anySpot, anySpot, fc.boolean(), async (seq, other, isNew) => {
        const lines = linesOf(held)
        const spot = spotAt(seq)
        const line = lineAt(lines, spot)
        const copy = isNew ? line.replace('"text":"', '"text":"x') : lineAt(lines, spotAt(other))
        if (copy === line) return
        lines.get(spot.name)?.splice(spot.line, 0, copy)
        const { finding } = await verified(joined(held, lines))
        expect([seq, seq + 1]).toContain(finding?.seq)
        expect(finding?.file).toBe(spot.name)
      }),
      { numRuns: 300 },
    )
  })

  test('two entries swapped', async () => {
    await fc.assert(
      fc.asyncProperty(anySpot, anySpot, async (a, b) => {
        if (a === b) return
        const lines = linesOf(held)
        const [first, second] = [spotAt(a), spotAt(b)]
        const [one, two] = [lineAt(lines, first), lineAt(lines, second)]
        lines.get(first.name)?.splice(first.line, 1, two)
        lines.get(second.name)?.splice(second.line, 1, one)
        expect((await verified(joined(held, lines))).finding?.seq).toBe(Math.min(a, b))
      }),
      { numRuns: 200 },
    )
  })

  test('the end cut off, at each byte of each file', async () => {
    for (const [name, bytes] of held) {
      if (name === 'head') continue
      for (let length = 0; length < bytes.length; length++) {
        const before = spots.findIndex((it) => it.name === name)
        const whole = bytes.subarray(0, length).toString().split('\n').length - 1
        const { finding } = await verified(new Map(held).set(name, bytes.subarray(0, length)))
        expect(finding?.seq).toBe(before + whole)
      }
    }
  })

  test('whole files removed, the first and the last too', async () => {
    for (const name of linesOf(held).keys()) {
      const rest = new Map(held)
      rest.delete(name)
      const seq = spots.findIndex((it) => it.name === name)
      expect((await verified(rest)).finding?.seq).toBe(seq)
    }
  })

  test('the head file removed, or made unreadable', async () => {
    const rest = new Map(held)
    rest.delete('head')
    expect((await verified(rest)).finding).toMatchObject({ file: 'head' })
    rest.set('head', Buffer.from('nonsense'))
    expect((await verified(rest)).finding?.problem).toContain('unreadable')
  })

  test('all of it written anew: seen by the head file, and by a head noted elsewhere', async () => {
    const last = spots.length - 1
    const forged = new SimulatedFileSystem()
    const log = await aLog(forged)
    for (let at = 0; at < 11; at++) await log.append(anEntry(`forged ${at}`))
    const { head } = log.status()
    await log.close()
    const all = await contents(forged)
    const files = await diskWith(all)
    const findingWith = async (seq: number, hash: string) =>
      (await verifyAudit({ files, directory, expect: { seq, hash } })).finding

    expect((await verified(all)).finding).toBeUndefined()
    const names = [...linesOf(held).keys()]
    const genuine = hashOf(
      Buffer.from(
        linesOf(held)
          .get(names.at(-1) ?? '')
          ?.at(-1) ?? '',
      ),
    )
    expect(await findingWith(last, genuine)).toMatchObject({ seq: last })
    expect(await findingWith(head.seq, head.hash)).toBeUndefined()
    expect(await findingWith(head.seq + 5, head.hash)).toMatchObject({ seq: head.seq + 1 })
    const old = held.get('head') ?? Buffer.alloc(0)
    expect((await verified(new Map(all).set('head', old))).finding?.seq).toBe(last)
  })
})

test('any log is clean, and any one change to it is found where it was made', async () => {
  const body = fc
    .dictionary(fc.string(), fc.jsonValue())
    .map((it) => JSON.parse(JSON.stringify(it)))
  const entry = fc.record({ type: fc.string(), actor: fc.string(), body })
  const kinds = fc.constantFrom('change', 'remove', 'insert', 'swap', 'cut' as const)
  const anyLog = fc.tuple(fc.array(entry, { minLength: 1, maxLength: 12 }), fc.nat(2000))
  await fc.assert(
    fc.asyncProperty(anyLog, kinds, fc.nat(), fc.nat(), async ([entries, size], kind, a, b) => {
      const files = new SimulatedFileSystem()
      const log = await aLog(files, { segmentBytes: size + 1 })
      for (const it of entries) await log.append(it)
      await log.close()
      const held = await contents(files)
      expect((await verified(held)).finding).toBeUndefined()

      const lines = linesOf(held)
      const spots = spotsOf(lines)
      const [seq, other] = [a % spots.length, b % spots.length]
      const [spot, second] = [spots[seq], spots[other]]
      if (!spot || !second) return
      const line = lineAt(lines, spot)
      const replacing = (place: Spot, ...by: string[]) =>
        lines.get(place.name)?.splice(place.line, 1, ...by)
      if (kind === 'change') replacing(spot, changed(line, b))
      if (kind === 'remove') replacing(spot)
      if (kind === 'insert') replacing(spot, lineAt(lines, second), line)
      if (kind === 'swap') [replacing(spot, lineAt(lines, second)), replacing(second, line)]
      const tampered = joined(held, lines)
      if (kind === 'cut') {
        const before = lines
          .get(spot.name)
          ?.slice(0, spot.line)
          .map((it) => `${it}\n`)
          .join('')
        const whole = Buffer.from(`${before}${line}`)
        tampered.set(spot.name, whole.subarray(0, whole.length - (b % Buffer.byteLength(line))))
      }
      const { finding } = await verified(tampered)
      if (kind === 'swap')
        expect(finding?.seq).toBe(seq === other ? undefined : Math.min(seq, other))
      else if (kind === 'insert') expect([seq, seq + 1]).toContain(finding?.seq)
      else expect(finding?.seq).toBe(seq)
    }),
    { numRuns: 200 },
  )
})

/** One character is another one. */
function changed(line: string, at: number): string {
  const characters = [...line]
  const place = at % characters.length
  characters[place] = characters[place] === 'x' ? 'y' : 'x'
  return characters.join('')
}

test('a long log, appended all at once, is clean', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 500_000, maxPending: 50_000 })
  await Promise.all(Array.from({ length: 20_000 }, (_, at) => log.append(anEntry(`${at}`))))
  await log.close()
  const names = await segmentNames(files, directory)
  expect(names.length).toBeGreaterThan(2)
  const { entries, finding } = await verifyAudit({ files, directory })
  expect({ entries, finding }).toEqual({
    entries: 20_000 + names.length - 1,
    finding: undefined,
  })
})

test('an entry is read back as it was, and other spellings of it are not', () => {
  const line = `{"actor":"a","at":"2026-11-01T00:00:00.000Z","body":{"n":1},"prev":"${genesis}","seq":0,"type":"t"}`
  expect(decodeEntry(Buffer.from(line))).toMatchObject({ seq: 0, body: { n: 1 } })
  for (const other of [
    line.replace('"n":1', '"n":1.0'),
    line.replace('"n":1', '"n": 1'),
    line.replace('"n":1', '"n":2,"n":1'),
    line.replace('"actor":"a"', '"actor":"\\u0061"'),
    `${line} `,
    '{}',
    'null',
    '',
  ]) {
    expect(typeof decodeEntry(Buffer.from(other))).toBe('string')
  }
})
