import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeImage, encodeImage } from './image.ts'
import { decoded, encoded, type Kind, kinds } from './kinds.fixture.ts'
import { RequestWindow } from './request-window.ts'
import { State } from './state.ts'

/**
 * Bytes as earlier versions wrote them, one file for each format of each kind: hexadecimal, and
 * what they stand for. A new format gets a new file with `WRITE_GOLDEN=1 npx vitest run src/state`;
 * what is there is never written again, and must be readable for ever.
 */
const directory = join(import.meta.dirname, 'golden')
const isWriting = process.env.WRITE_GOLDEN === '1'

interface Golden {
  readonly hex: string
  readonly meaning: unknown
}

function keep(name: string, format: number, golden: Golden): void {
  const path = join(directory, `${name}.${format}.golden`)
  if (!isWriting || existsSync(path)) return
  writeFileSync(path, `${golden.hex}\n${JSON.stringify(golden.meaning)}\n`)
}

function goldens(name: string): (Golden & { readonly format: number })[] {
  const files = readdirSync(directory).filter((it) => it.startsWith(`${name}.`))
  return files.map((file) => {
    const [hex = '', meaning = ''] = readFileSync(join(directory, file), 'utf8').split('\n')
    return { format: Number(file.split('.')[1]), hex, meaning: JSON.parse(meaning) }
  })
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function sampleOf(kind: Kind) {
  const lists = fc.sample(kind.events, { seed: 4, numRuns: 20 })
  return kind.folded(lists.toSorted((a, b) => b.length - a.length)[0] ?? [])
}

describe.each(kinds)('$name', (kind) => {
  const { format } = kind.make()

  test('reads every format that was ever written', () => {
    const sample = sampleOf(kind)
    const meaning = { evicted: sample.evicted, snapshot: sample.snapshot() }
    keep(kind.name, format, { hex: hexOf(encoded(sample)), meaning })

    const found = goldens(kind.name)
    expect(found.map((it) => it.format)).toContain(format)
    for (const { hex, meaning, format } of found) {
      const summary = decoded(kind, Buffer.from(hex, 'hex'), format)
      const { evicted } = summary
      expect(asJson({ evicted, snapshot: summary.snapshot() })).toEqual(meaning)
    }
  })
})

function aState(): State {
  const state = new State()
  state.counts('calls')
  state.union<number>('open', Math.max, 10)
  return state
}

test('a state reads every format that was ever written', () => {
  const sample = aState()
  sample.due.set('trace', 1_760_000_010_000)
  const gone = sample.counts('gone')
  gone.add('x')
  keep('state', 1, { hex: hexOf(sample.encode()), meaning: sample.snapshot() })

  for (const { hex, meaning } of goldens('state')) {
    const state = aState()
    state.restore(Buffer.from(hex, 'hex'))
    state.counts('gone')
    expect(asJson(state.snapshot())).toEqual(meaning)
  }
})

test('a snapshot reads every format that was ever written', () => {
  const image = {
    contributor: 'c-1',
    epoch: 3,
    fingerprint: 'f',
    nextOffset: 2 ** 40,
    lastMs: 1_760_000_000_000,
    requests: new Uint8Array([1, 2]),
    components: new Map([['genai', new Uint8Array([3])]]),
  }
  const plain = (it: typeof image | ReturnType<typeof decodeImage>) => ({
    ...it,
    requests: [...it.requests],
    components: Array.from(it.components, ([id, bytes]) => [id, [...bytes]]),
  })
  keep('image', 1, { hex: hexOf(encodeImage(image)), meaning: plain(image) })

  for (const { hex, meaning } of goldens('image')) {
    expect(asJson(plain(decodeImage(Buffer.from(hex, 'hex'))))).toEqual(meaning)
  }
})

test('a request window reads every format that was ever written', () => {
  const options = { windowMs: 600_000, maxEntries: 1_000 }
  const hash = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
  const sample = new RequestWindow(options)
  sample.add(hash, 77, 1_760_000_000_000)
  keep('request-window', 1, { hex: hexOf(sample.encode()), meaning: 77 })

  for (const { hex, meaning } of goldens('request-window')) {
    const window = new RequestWindow(options)
    window.restore(Buffer.from(hex, 'hex'))
    expect(window.find(hash, 1_760_000_300_000)).toBe(meaning)
  }
})

test('every golden file is of a kind that is known', () => {
  const known = [...kinds.map((it) => it.name), 'state', 'image', 'request-window']
  for (const file of readdirSync(directory)) expect(known).toContain(file.split('.')[0])
})
