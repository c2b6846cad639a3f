import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  encodeMessage,
  oracleDecode,
  oracleEncode,
  requestType,
  withoutExtras,
} from '../../test/support/otlp-oracle.ts'
import { mergeable, requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { compileMatcher } from './attributes.ts'
import { fromJson, toJson } from './json.ts'
import { forEachLogRecord } from './logs.ts'
import { forEachDataPoint } from './metrics.ts'
import { Edits, edit } from './overlay.ts'
import { DecodeError, decode, encode, splitByItems, TooManyError } from './payload.ts'
import { type Signal, signals } from './signal.ts'
import { forEachSpan } from './spans.ts'
import { maxItems } from './validate.ts'

const matcher = compileMatcher(['a', 'service.name'])

for (const signal of signals) {
  test(`${signal} that are cut anywhere throw DecodeError and nothing else`, () => {
    fc.assert(
      fc.property(requestsOf[signal], (data) => {
        const bytes = oracleEncode(signal, data)
        for (let length = 0; length < bytes.length; length++) {
          readOrRefuse(signal, bytes.subarray(0, length))
        }
      }),
      { numRuns: 30 },
    )
  })

  test(`${signal} with broken bytes are read or refused, as a general decoder does`, () => {
    fc.assert(
      fc.property(
        requestsOf[signal],
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (data, changes) => {
          const bytes = Buffer.from(oracleEncode(signal, data))
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
          if (!readOrRefuse(signal, bytes)) return
          // What we accept, others can read too: we are the stricter one.
          try {
            requestType(signal).decode(bytes)
          } catch (error) {
            expect(`${error}`).toMatch(/utf-8/i)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
}

test('random bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...signals), fc.uint8Array({ maxLength: 200 }), (signal, bytes) => {
      readOrRefuse(signal, bytes)
    }),
    { numRuns: 3000 },
  )
})

test.each([
  ['a group', [0x0b], 'wire type 3'],
  ['the end of a group', [0xf4, 0x3e], 'wire type 4'],
  ['wire type 7', [0xff, 0x3e], 'wire type 7'],
  ['field number 0', [0x02, 0x00], 'field number 0'],
  ['field number 0 as a varint', [0x00, 0x00], 'field number 0'],
  ['a known field of another wire type', [0x08, 0x01], 'wire type 0'],
  [
    'a long varint',
    [0xf8, 0x3e, ...Array.from({ length: 10 }, () => 0xff), 0x01],
    'longer than 10',
  ],
  ['a varint that ends early', [0xf8, 0x3e, 0xff], 'ends early'],
  ['a length beyond the end', [0x0a, 0x05, 0x00], 'a length of 5'],
  ['a huge length', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 'a length of'],
  ['a missing length', [0x0a], 'a length of 0'],
  ['a fixed64 that ends early', [0xf9, 0x3e, 0, 0, 0], 'bytes left'],
  ['a huge field number', [0xf8, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00], 'field number above'],
])('%s is refused and named', (_, bytes, message) => {
  const run = () => decode('traces', Uint8Array.from(bytes))
  expect(run).toThrow(DecodeError)
  expect(run).toThrow(message)
})

test.each([
  ['a trace id of 15 bytes', { traceId: new Uint8Array(15) }, 'spans.traceId'],
  ['a span id of 16 bytes', { spanId: new Uint8Array(16) }, 'spans.spanId'],
  ['a link to a short id', { links: [{ spanId: new Uint8Array(3) }] }, 'spans.links.spanId'],
])('%s is refused, with place and path', (_, span, path) => {
  const bytes = oracleEncode('traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
  expect(() => decode('traces', bytes)).toThrow(`resourceSpans.scopeSpans.${path}: found`)
})

test('values may nest 64 deep and no deeper', () => {
  const nested = (depth: number): Uint8Array => {
    let value: Uint8Array = new Uint8Array()
    for (let i = 1; i < depth; i++) value = field(0x2a, field(0x0a, value))
    return logWith(value)
  }
  expect(decode('logs', nested(64)).itemCount).toBe(1)
  expect(toJson(decode('logs', nested(64)))).toContain('arrayValue')
  expect(() => decode('logs', nested(65))).toThrow('nested more than 64 deep')
})

test('ten thousand nested values are refused without falling over', () => {
  const parts: Buffer[] = []
  let size = 0
  for (let i = 0; i < 20_000; i++) {
    const head = Buffer.concat([Buffer.of(i % 2 === 0 ? 0x0a : 0x2a), varint(size)])
    parts.push(head)
    size += head.length
  }
  const body = logWith(Buffer.concat(parts.reverse()))
  expect(() => decode('logs', body)).toThrow(DecodeError)
})

test('a great many tiny fields take linear time', () => {
  const count = 2_000_000
  const tiny = Buffer.alloc(2 * count)
  for (let i = 0; i < count; i++) tiny[2 * i] = 0x12
  const bytes = field(0x0a, tiny)
  const start = performance.now()
  const payload = decode('traces', bytes)
  forEachSpan(payload, () => {})
  expect(splitByItems(payload, 10)).toHaveLength(1)
  expect(performance.now() - start).toBeLessThan(5000)
})

test.each([
  ['traces', 'items', [0x0a, 0x12, 0x12]],
  ['logs', 'items', [0x0a, 0x12, 0x12]],
  ['metrics', 'items', [0x0a, 0x12, 0x12, 0x2a, 0x0a]],
  ['traces', 'resources', [0x0a]],
] as const)('%s with more %s than the limit are refused, however empty', (signal, what, tags) => {
  const filled = (count: number) => {
    const empties = Buffer.alloc(2 * count)
    for (let i = 0; i < count; i++) empties[2 * i] = tags.at(-1) ?? 0
    return tags.slice(0, -1).reduceRight<Uint8Array>((content, tag) => field(tag, content), empties)
  }
  const { itemCount, chunks } = decode(signal, filled(maxItems))
  expect(what === 'items' ? itemCount : chunks[0]?.resourceCount).toBe(maxItems)
  const read = () => decode(signal, filled(maxItems + 1))
  expect(read).toThrow(TooManyError)
  expect(read).toThrow(`more than ${maxItems} ${what}`)
})

test('fields in any order and unknown fields among them are read', () => {
  const kv = Buffer.concat([
    field(0x12, field(0x0a, Buffer.from('value'))),
    field(0x7a, Buffer.from('unknown')),
    field(0x0a, Buffer.from('not this')),
    field(0x0a, Buffer.from('a')),
  ])
  const span = Buffer.concat([
    field(0x2a, Buffer.from('one')),
    field(0x4a, kv),
    field(0x2a, Buffer.from('two')),
  ])
  const names: unknown[] = []
  forEachSpan(decode('traces', traceWith(span)), (it) => {
    names.push(it.name(), it.attributes(matcher).string(0))
  })
  expect(names).toEqual(['two', 'value'])
})

test('tags and lengths may be longer than they need to be', () => {
  const name = Buffer.concat([Buffer.of(0xaa, 0x80, 0x00, 0x83, 0x80, 0x00), Buffer.from('abc')])
  const bytes = Buffer.concat([Buffer.of(0x8a, 0x00), varint(0).fill(0)])
  expect(decode('traces', bytes).itemCount).toBe(0)
  const payload = decode('traces', traceWith(name))
  const set = { kind: 'set', key: 'k', value: 'v' } as const
  const result = oracleDecode('traces', encode(edit(payload, new Edits().item(0, set))))
  expect(result).toEqual({
    resourceSpans: [
      {
        scopeSpans: [
          { spans: [{ name: 'abc', attributes: [{ key: 'k', value: { stringValue: 'v' } }] }] },
        ],
      },
    ],
  })
})

test('embedded messages given twice are merged, as a general decoder merges them', () => {
  const twice = (tag: number, name: string, first: object, second: object) =>
    Buffer.concat([
      field(tag, encodeMessage(name, { ...first })),
      field(tag, encodeMessage(name, { ...second })),
    ])
  const attribute = (key: string) => ({ attributes: [{ key, value: { stringValue: key } }] })
  const span = Buffer.concat([
    twice(0x7a, 'Status', { message: 'x', code: 1, extraText: 'e' }, { code: 2 }),
    field(0x2a, Buffer.from('n')),
    field(0x4a, twice(0x12, 'AnyValue', { arrayValue: { values: [{}] } }, { arrayValue: {} })),
  ])
  const resourceSpans = Buffer.concat([
    twice(0x0a, 'Resource', attribute('service.name'), attribute('a')),
    field(
      0x12,
      Buffer.concat([twice(0x0a, 'Scope', { name: 's' }, { version: 'v' }), field(0x12, span)]),
    ),
  ])
  const bytes = field(0x0a, resourceSpans)
  const payload = decode('traces', bytes)

  expect(oracleDecode('traces', encode(payload))).toEqual(oracleDecode('traces', bytes))
  forEachSpan(payload, (it) => {
    expect([it.statusCode, it.statusMessage()]).toEqual([2, 'x'])
    expect(it.resource.attributes(matcher).string(1)).toBe('service.name')
    expect([it.scope.name(), it.scope.version()]).toEqual(['s', 'v'])
  })
  const remove = { kind: 'remove', key: 'service.name' } as const
  const edited = oracleDecode('traces', encode(edit(payload, new Edits().resource(0, remove))))
  expect(JSON.stringify(edited)).toContain(
    JSON.stringify({ resource: attribute('a') }).slice(0, -1),
  )
})

for (const [name, message] of mergeable) {
  test(`a ${name} in two parts is read as one, edited as one and cut as one`, () => {
    fc.assert(
      fc.property(message, message, (first, second) => {
        const whole = Buffer.concat([encodeMessage(name, first), encodeMessage(name, second)])
        const signal = name === 'Span' ? 'traces' : name === 'LogRecord' ? 'logs' : 'metrics'
        const bytes = traceWith(whole)
        const payload = decode(signal, bytes)
        const expected = oracleDecode(signal, bytes)
        expect(oracleDecode(signal, encode(payload))).toEqual(expected)
        expect(oracleDecode(signal, fromJson(signal, toJson(payload)))).toEqual(
          withoutExtras(expected),
        )
        const parts = splitByItems(payload, 1)
        const total = parts.reduce((sum, part) => sum + decode(signal, encode(part)).itemCount, 0)
        expect(total).toBe(payload.itemCount)
      }),
      { numRuns: 200 },
    )
  })
}

test('of a oneof the last member counts', () => {
  const value = Buffer.concat([field(0x0a, Buffer.from('text')), Buffer.of(0x18, 0x05)])
  forEachLogRecord(decode('logs', logWith(value)), (record) => {
    expect([record.body.kind, record.body.asBigInt()]).toEqual(['int', 5n])
  })
})

test('invalid UTF-8 is no error', () => {
  const name = field(0x2a, Buffer.of(0xff, 0x61))
  const names: string[] = []
  forEachSpan(decode('traces', traceWith(name)), (span) => names.push(span.name()))
  expect(names).toEqual(['\ufffda'])
})

test('packed and unpacked scalars are the same', () => {
  const one = Buffer.alloc(8, 0)
  one.writeBigUInt64LE(7n)
  const packed = field(0x32, Buffer.concat([one, one]))
  const unpacked = Buffer.concat([Buffer.of(0x31), one])
  const point = Buffer.concat([packed, unpacked])
  const metric = field(0x4a, field(0x0a, point))
  forEachDataPoint(decode('metrics', field(0x0a, field(0x12, field(0x12, metric)))), (it) => {
    expect(it.bucketCounts()).toEqual([7, 7, 7])
  })
  const broken = field(0x4a, field(0x0a, field(0x32, one.subarray(1))))
  expect(() => decode('metrics', field(0x0a, field(0x12, field(0x12, broken))))).toThrow('packed')
})

/** Reads everything that can be read; false when the bytes were refused. */
function readOrRefuse(signal: Signal, bytes: Uint8Array): boolean {
  try {
    const payload = decode(signal, bytes)
    toJson(payload)
    const read = (view: {
      attributes(wanted: typeof matcher): { string(slot: number): unknown }
    }) => view.attributes(matcher).string(0)
    if (signal === 'traces') forEachSpan(payload, read)
    else if (signal === 'logs') forEachLogRecord(payload, read)
    else forEachDataPoint(payload, read)
    for (const part of splitByItems(payload, 1)) decode(signal, encode(part))
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}

function field(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), varint(content.length), content])
}

function traceWith(span: Uint8Array): Buffer {
  return field(0x0a, field(0x12, field(0x12, span)))
}

function logWith(body: Uint8Array): Buffer {
  return field(0x0a, field(0x12, field(0x12, field(0x2a, body))))
}
