import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import { boolean, type Codec, codecOf, double, list, oneOf, optional, text } from './codec.ts'
import { DamagedStateError } from './format-errors.ts'

interface Usage {
  readonly input: number
  readonly output?: number | undefined
}

interface Call {
  readonly agent: string
  readonly model: string | undefined
  readonly startMs: number
  readonly endMs: number | undefined
  readonly isStreamed: boolean
  readonly isCached: boolean | undefined
  readonly outcome: 'good' | 'bad'
  readonly usage: Usage | undefined
  readonly tags: readonly string[]
  readonly parts: readonly Usage[] | undefined
}

const usage = codecOf<Usage>({ input: double, output: optional(double) })
const call = codecOf<Call>({
  agent: text,
  model: optional(text),
  startMs: double,
  endMs: optional(double),
  isStreamed: boolean,
  isCached: optional(boolean),
  outcome: oneOf('good', 'bad'),
  usage: optional(usage),
  tags: list(text),
  parts: optional(list(usage)),
})

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ud800'))
const maybe = <T>(it: fc.Arbitrary<T>) => fc.option(it, { nil: undefined })
const plainly = { noNullPrototype: true }
const aUsage: fc.Arbitrary<Usage> = fc.record(
  { input: fc.double(), output: maybe(fc.double()) },
  plainly,
)
const aCall: fc.Arbitrary<Call> = fc.record(
  {
    agent: anyText,
    model: maybe(anyText),
    startMs: fc.double(),
    endMs: maybe(fc.double()),
    isStreamed: fc.boolean(),
    isCached: maybe(fc.boolean()),
    outcome: fc.constantFrom('good', 'bad'),
    usage: maybe(aUsage),
    tags: fc.array(anyText),
    parts: maybe(fc.array(aUsage)),
  },
  plainly,
)

function bytesOf<T>(codec: Codec<T>, value: T): Uint8Array {
  const out = new BinaryWriter()
  codec.write(out, value)
  return out.toBytes()
}

function read<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const from = new BinaryReader(bytes)
  const value = codec.read(from)
  from.end()
  return value
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('what is read is what was written, and equal values give equal bytes', () => {
  fc.assert(
    fc.property(aCall, (value) => {
      const bytes = bytesOf(call, value)
      const again = read(call, bytes)
      expect(again).toStrictEqual(value)
      expect(bytesOf(call, again)).toEqual(bytes)
    }),
  )
})

test('the order of keys and whether a missing field has one change no byte', () => {
  const whole: Usage = { input: 1, output: undefined }
  const sparse: Usage = { input: 1 }

  expect(bytesOf(usage, sparse)).toEqual(bytesOf(usage, whole))
  expect(read(usage, bytesOf(usage, sparse))).toStrictEqual(whole)
  expect(bytesOf(usage, { output: 2, input: 1 })).toEqual(bytesOf(usage, { input: 1, output: 2 }))
})

test('every number that is none has the same bytes, and zeros keep their sign', () => {
  const [negative, canonical] = [new Float64Array(1), Number.NaN]
  new Uint8Array(negative.buffer).fill(0xff)

  expect(bytesOf(double, negative[0] ?? 0)).toEqual(bytesOf(double, canonical))
  expect(read(double, bytesOf(double, -0))).toBe(-0)
})

test('a record is a bit for each optional field, then its fields', () => {
  expect(hexOf(bytesOf(usage, { input: 1, output: undefined }))).toBe('00000000000000f03f')
  expect(hexOf(bytesOf(usage, { input: 1, output: 2 }))).toBe(
    '0101000000000000f03f0000000000000040',
  )
})

test('a record of 40 optional fields takes a byte for each eight up to the last that is there', () => {
  const names = Array.from({ length: 40 }, (_, at) => `field_${at}`)
  const wide = codecOf<Record<string, string | undefined>>(
    Object.fromEntries(names.map((name) => [name, optional(text)])),
  )
  const blank = Object.fromEntries(names.map((name) => [name, undefined]))

  for (const [at, name] of names.entries()) {
    const value = { ...blank, [name]: 'x' }
    const bytes = bytesOf(wide, value)
    expect(bytes.length).toBe(1 + Math.floor(at / 8) + 1 + 2)
    expect(read(wide, bytes)).toStrictEqual(value)
  }
  expect(hexOf(bytesOf(wide, blank))).toBe('00')
})

test('what was written before an optional field was added can be read, and not the other way', () => {
  interface Later extends Usage {
    readonly cached: string | undefined
  }
  const later = codecOf<Later>({ input: double, output: optional(double), cached: optional(text) })
  const value = { input: 1, output: 2 }

  expect(read(later, bytesOf(usage, value))).toStrictEqual({ ...value, cached: undefined })
  expect(() => read(usage, bytesOf(later, { ...value, cached: 'x' }))).toThrow(DamagedStateError)
})

test('a choice or a list that cannot be is damage', () => {
  expect(() => read(oneOf('good', 'bad'), new Uint8Array([2]))).toThrow(DamagedStateError)
  expect(() => read(boolean, new Uint8Array([2]))).toThrow(DamagedStateError)
  expect(() => read(list(usage), new Uint8Array([0xff, 0xff, 0xff, 0x7f, 0]))).toThrow(
    DamagedStateError,
  )
})

test('bytes that may be anything give a value or damage, never anything else', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(aCall, changes, fc.nat(), (value, flips, cut) => {
      const bytes = bytesOf(call, value)
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte
      try {
        read(call, bytes.subarray(0, bytes.length - (cut % 3)))
      } catch (cause) {
        expect(cause).toBeInstanceOf(DamagedStateError)
      }
    }),
    { numRuns: 500 },
  )
})
