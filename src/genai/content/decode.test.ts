import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxDepth, maxNodes, maxTextBytes } from './bounds.ts'
import { aSpan } from './content.fixture.ts'
import { ContentKeys } from './content-keys.ts'
import { type Decoded, decodeText, decodeView, splitJoined } from './decode.ts'

test('JSON is read as what it says', () => {
  expect(decodeText(' [{"role":"user"}, 1.5, true, null]')).toEqual({
    value: [{ role: 'user' }, 1.5, true, null],
    truncated: false,
  })
})

test('text that is no JSON is itself, also where it begins as JSON does', () => {
  for (const text of ['hello', '12', '[INST] be kind [/INST]', '{name}, hello', '"Yes" she said']) {
    expect(decodeText(text)).toEqual({ value: text, truncated: false })
  }
})

test('JSON in a JSON string is read up to three times', () => {
  const once = JSON.stringify({ a: 1 })
  const twice = JSON.stringify(once)
  const thrice = JSON.stringify(twice)
  const fourTimes = JSON.stringify(thrice)
  expect(decodeText(twice).value).toEqual({ a: 1 })
  expect(decodeText(thrice).value).toEqual({ a: 1 })
  expect(decodeText(fourTimes).value).toBe(once)
})

test('5.20 a time that was quoted twice is a time', () => {
  expect(decodeText('"2026-01-01T00:00:01.000Z"').value).toBe('2026-01-01T00:00:01.000Z')
})

test('5.16 a list in a string is a list', () => {
  expect(decodeText('["stop"]').value).toEqual(['stop'])
})

test('5.13, 5.21 the repr of Python is read as the JSON that it means', () => {
  expect(decodeText("{'cache_read': 128}").value).toEqual({ cache_read: 128 })
  expect(
    decodeText(
      "{'prompt_tokens': 5010, 'completion_tokens': 60, 'prompt_tokens_details': {'cached_tokens': 5000}}",
    ).value,
  ).toEqual({
    prompt_tokens: 5010,
    completion_tokens: 60,
    prompt_tokens_details: { cached_tokens: 5000 },
  })
})

test('tuples, prefixes, escapes and the names of Python are read', () => {
  const text = `{'a': None, 'b': (True, False,), "it's": 'say \\'hi\\' \\xe9 \\u00fc \\U0001f600\\n', 3: b'x'}`
  expect(decodeText(text).value).toEqual({
    a: null,
    b: [true, false],
    "it's": "say 'hi' é ü 😀\n",
    3: 'x',
  })
})

test('what is no finite number is null, as in the JSON that Python writes', () => {
  expect(decodeText('{"score": NaN, "max": [Infinity, -Infinity, 1e999]}').value).toEqual({
    score: null,
    max: [null, null, null],
  })
})

test('what was cut off stays text and says so', () => {
  for (const text of ['[{"role":"us', "{'a': No", '{"a":"b...(truncated)', '[1, 2', '{"a"']) {
    expect(decodeText(text)).toEqual({ value: text, truncated: true })
  }
})

test('a cut that an emitter names is believed for plain text too', () => {
  expect(decodeText('a long ans...(truncated)').truncated).toBe(true)
})

test('marks of withheld content are absent', () => {
  for (const mark of ['', '<REDACTED>', '__REDACTED__', '[REDACTED]', '<not serializable>']) {
    expect(decodeText(mark)).toEqual({ value: undefined, truncated: false })
  }
  expect(decodeText("[Scrubbed due to 'password']").value).toBeUndefined()
})

test('words that a model or a tool may have said are content', () => {
  for (const word of ['N/A', 'None', 'unknown']) expect(decodeText(word).value).toBe(word)
  expect(decodeText('{}').value).toEqual({})
})

test('scalars of OTLP keep their value; ints beyond 2^53 are text, NaN is absent', () => {
  expect(decoded(12)).toEqual({ value: 12, truncated: false })
  expect(decoded(9007199254740993n).value).toBe('9007199254740993')
  expect(decoded(-9223372036854775808n).value).toBe('-9223372036854775808')
  expect(decoded(0.5).value).toBe(0.5)
  expect(decoded(true).value).toBe(true)
  expect(decoded(Number.NaN).value).toBeUndefined()
  expect(decoded(Number.POSITIVE_INFINITY).value).toBeUndefined()
  expect(decoded(new Uint8Array([1, 2, 3])).value).toBe('AQID')
  expect(decoded(null).value).toBeUndefined()
})

test('structured values are walked', () => {
  const value = { role: 'user', parts: [{ type: 'text', content: '{"not":"parsed"}' }], n: null }
  expect(decoded(value).value).toEqual({
    role: 'user',
    parts: [{ type: 'text', content: '{"not":"parsed"}' }],
  })
})

test('5.8 a list of JSON texts is a list of what they say', () => {
  expect(decoded(['{"name":"lookup"}', 'plain', '[1]']).value).toEqual([
    { name: 'lookup' },
    'plain',
    [1],
  ])
})

test('joined names are split', () => {
  expect(splitJoined('prod, v2')).toEqual(['prod', 'v2'])
  expect(splitJoined(' ,')).toEqual([])
})

test('hostile keys are dropped, in JSON, in repr and in structured values', () => {
  const json = decodeText('{"__proto__":{"a":1},"constructor":2,"prototype":3,"ok":4}')
  const repr = decodeText("{'__proto__': {'a': 1}, 'ok': 4}")
  const structured = decoded(JSON.parse('{"__proto__":{"a":1},"ok":4}'))
  for (const { value } of [json, repr, structured]) {
    expect(value).toEqual({ ok: 4 })
    expect(Object.getPrototypeOf(value)).toBeNull()
  }
  expect(Object.prototype).not.toHaveProperty('a')
})

test('a list that is 100 000 deep stays text, and the stack stands', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(decodeText(deep)).toEqual({ value: deep, truncated: true })
  const open = '{"a":'.repeat(100_000)
  expect(decodeText(open).truncated).toBe(true)
})

test('depth and number of values have an end', () => {
  const atBound = '['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1)
  expect(decodeText(atBound).truncated).toBe(false)
  expect(decodeText(`[${atBound}]`).truncated).toBe(true)
  const many = `[${'0,'.repeat(maxNodes - 2)}0]`
  expect(decodeText(many).truncated).toBe(false)
  expect(decodeText(many.replace(']', ',0]')).truncated).toBe(true)
})

test('a text of 10 MB is read up to the bound', () => {
  const text = 'x'.repeat(10_000_000)
  for (const { value, truncated } of [decodeText(text), decoded(text)]) {
    expect(value).toBe('x'.repeat(maxTextBytes))
    expect(truncated).toBe(true)
  }
  expect(decoded(`["${text}"]`).truncated).toBe(true)
})

test('all texts of a structured value share one bound', () => {
  const { value, truncated } = decoded(['x'.repeat(3_000_000), 'y'.repeat(3_000_000)])
  expect(truncated).toBe(true)
  expect(JSON.stringify(value).length).toBeLessThan(maxTextBytes + 10)
})

test('values of a structured value have a bound', () => {
  const { value, truncated } = decoded(new Array(maxNodes + 10).fill(1))
  expect(truncated).toBe(true)
  expect(value).toHaveLength(maxNodes - 1)
})

const data = fc.jsonValue({ maxDepth: 5 })
const structures = data.filter((it) => typeof it === 'object' && it !== null)

test('JSON of anything decodes to the same', () => {
  fc.assert(
    fc.property(structures, (value) => {
      const plain = withoutHostile(value)
      expect(decodeText(JSON.stringify(plain))).toEqual({ value: plain, truncated: false })
      expect(decodeText(JSON.stringify(JSON.stringify(plain))).value).toEqual(plain)
    }),
  )
})

test('the repr of a value decodes to the same as its JSON', () => {
  fc.assert(
    fc.property(structures, (value) => {
      const plain = withoutHostile(value)
      expect(decodeText(repr(plain))).toEqual({ value: plain, truncated: false })
    }),
  )
})

test('every beginning of a JSON text is recognised as cut off', () => {
  fc.assert(
    fc.property(structures, fc.nat(), (value, at) => {
      const text = JSON.stringify(value)
      const cut = text.slice(0, 1 + (at % Math.max(1, text.length - 1)))
      if (cut === text) return
      const { value: kept, truncated } = decodeText(cut)
      expect(kept).toBe(cut)
      expect(truncated).toBe(true)
    }),
  )
})

test('no text throws', () => {
  const signs = fc.constantFrom(
    '{',
    '[',
    '(',
    '"',
    "'",
    '\\',
    ':',
    ',',
    'u',
    'x',
    '0',
    '-',
    ' ',
    '}',
    ']',
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(signs, { maxLength: 60 }).map((it) => it.join('')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const { value, truncated } = decodeText(text)
      expect(typeof truncated).toBe('boolean')
      if (value === undefined) expect(text.length).toBeLessThan(64)
    }),
    { numRuns: 1000 },
  )
})

const keys = new ContentKeys(['it'])

function decoded(value: unknown): Decoded {
  const view = keys.view(aSpan({ it: value }), 'it')
  if (view === undefined) throw new Error('no such attribute')
  return decodeView(view)
}

function withoutHostile(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, it) =>
    ['__proto__', 'constructor', 'prototype'].includes(key) ? undefined : it,
  )
}

/** As Python 3 writes it. */
function repr(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return reprText(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  const entries = Object.entries(Object(value))
  return `{${entries.map(([key, it]) => `${reprText(key)}: ${repr(it)}`).join(', ')}}`
}

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return quote + escaped + quote
}
