import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oracleDecode, oracleEncode, withoutExtras } from '../../test/support/otlp-oracle.ts'
import { requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { fromJson, toJson } from './json.ts'
import { maxJsonValues } from './json-integers.ts'
import { forEachLogRecord } from './logs.ts'
import { DecodeError, decode, TooManyError } from './payload.ts'
import { signals } from './signal.ts'
import { forEachSpan, type SpanView } from './spans.ts'

for (const signal of signals) {
  test(`JSON of ${signal} means what a general encoder makes of the same data`, () => {
    fc.assert(
      fc.property(requestsOf[signal], fc.boolean(), (data, isSnake) => {
        const bytes = oracleEncode(signal, data)
        const text = JSON.stringify(asJson(data, isSnake))
        expect(oracleDecode(signal, fromJson(signal, text))).toEqual(
          withoutExtras(oracleDecode(signal, bytes)),
        )
      }),
      { numRuns: 200 },
    )
  })

  test(`${signal} survive the way to JSON and back`, () => {
    fc.assert(
      fc.property(requestsOf[signal], (data) => {
        const bytes = oracleEncode(signal, data)
        const text = toJson(decode(signal, bytes))
        const back = fromJson(signal, text)
        expect(oracleDecode(signal, back)).toEqual(withoutExtras(oracleDecode(signal, bytes)))
        expect(toJson(decode(signal, back))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })
}

test('the shortest valid span of the specification is read', () => {
  const span = firstSpan(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",
    "value":{"stringValue":"my.service"}}]},"scopeSpans":[{"scope":{"name":"my.library"},"spans":[
    {"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"x","kind":2,
    "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000"}]}]}]}`)
  expect(span).toMatchObject({
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'x',
    kind: 2,
    start: 1544712660000000000n,
  })
})

test('timestamps keep their nanoseconds as strings, as numbers and with any spacing', () => {
  for (const text of ['"1544712660123456789"', '1544712660123456789', ' \n 1544712660123456789 ']) {
    expect(spanWith(`"startTimeUnixNano":${text}`).start).toBe(1544712660123456789n)
  }
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.boolean(), (nanos, isBare) => {
      const text = isBare ? `${nanos}` : `"${nanos}"`
      expect(spanWith(`"startTimeUnixNano":${text}`).start).toBe(nanos)
    }),
  )
})

test('enums are read as numbers, as names and as numbers in strings', () => {
  for (const kind of ['3', '"SPAN_KIND_CLIENT"', '"3"']) {
    expect(spanWith(`"kind":${kind},"status":{"code":"STATUS_CODE_ERROR"}`)).toMatchObject({
      kind: 3,
      statusCode: 2,
    })
  }
  expect(severityOf('"SEVERITY_NUMBER_WARN3"')).toBe(15)
  expect(severityOf('17')).toBe(17)
})

test('32-bit integers are read from numeric strings', () => {
  expect(spanWith('"flags":"257"').flags).toBe(257)
})

test('doubles that JSON has no numbers for are strings, both ways', () => {
  for (const text of ['NaN', 'Infinity', '-Infinity']) {
    const body = metricWith(`"asDouble":"${text}"`)
    expect(toJson(decode('metrics', fromJson('metrics', body)))).toContain(`"asDouble":"${text}"`)
  }
})

test('unknown keys are ignored at every depth and in every shape', () => {
  const junk = '"later":{"deep":[{"x":[null,1.5,{}]}]},"__proto__":{"name":"evil"},"constructor":1'
  const span = firstSpan(`{${junk},"resourceSpans":[{${junk},"resource":{${junk}},"scopeSpans":[
    {${junk},"spans":[{${junk},"name":"x","attributes":[{${junk},"key":"a","value":{${junk}}}]}]}]}]}`)
  expect(span.name).toBe('x')
  expect('evil' in {}).toBe(false)
})

test('null is absent, wherever it stands', () => {
  expect(spanWith('"name":null,"status":null,"attributes":null,"kind":null').name).toBe('')
  expect(decode('traces', fromJson('traces', '{"resourceSpans":null}')).itemCount).toBe(0)
})

test('an empty object is an empty request', () => {
  expect(fromJson('traces', '{}')).toHaveLength(0)
  expect(toJson(decode('traces', fromJson('traces', new TextEncoder().encode('{}'))))).toBe('{}')
})

test('bytes values are base64 of any alphabet, with and without padding', () => {
  for (const text of ['+/8=', '-_8=', '+/8']) {
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"bytesValue":"${text}"}}]}]}]}`
    expect(toJson(decode('logs', fromJson('logs', body)))).toContain('"bytesValue":"+/8="')
  }
})

test.each([
  ['an id in base64', '"traceId":"W47/95gDgQPSabYzgT/GDA=="', 'spans[0].traceId'],
  ['an id that is too short', '"spanId":"abcd"', 'spans[0].spanId'],
  ['an id that is no hex', `"traceId":"${'g'.repeat(32)}"`, 'traceId'],
  ['an id of other letters', `"spanId":"${'ｅ'.repeat(16)}"`, 'spanId'],
  ['a number for a string', '"name":5', 'name'],
  ['a long number for a string', '"name":12345678901234567890', 'name'],
  ['an object for a list', '"attributes":{}', 'attributes'],
  ['a list for an object', '"status":[]', 'status'],
  ['a string for a message', '"status":"ok"', 'status'],
  ['a fraction for an integer', '"startTimeUnixNano":1.5', 'startTimeUnixNano'],
  ['a negative timestamp', '"startTimeUnixNano":"-1"', 'startTimeUnixNano'],
  ['an integer above 64 bits', '"startTimeUnixNano":"18446744073709551616"', 'startTimeUnixNano'],
  ['an integer above 32 bits', '"flags":4294967296', 'flags'],
  ['an unknown name of an enum', '"kind":"SPAN_KIND_OTHER"', 'kind'],
  ['a bare word', '"attributes":[{"key":"a","value":{"boolValue":"yes"}}]', 'value.boolValue'],
  ['broken base64', '"attributes":[{"key":"a","value":{"bytesValue":"?"}}]', 'attributes[0]'],
])('%s is refused, with its path', (_, content, path) => {
  const parse = () => spanWith(content)
  expect(parse).toThrow(DecodeError)
  expect(parse).toThrow(path)
})

test('long bare integers keep their digits among any other text', () => {
  const name = String.raw`\\\\\", 1234567890123456789, \"[1234567890123456789`
  const span = spanWith(
    `"later":[1234567890123456789,-1234567890123456 ,{"x":12345678901234567890}],"name":"${name}","startTimeUnixNano" :\t1544712660123456789\r\n`,
  )
  expect(span.start).toBe(1544712660123456789n)
  expect(span.name).toBe(JSON.parse(`"${name}"`))
  for (const digits of ['-9223372036854775808', '9223372036854775807', '9007199254740993']) {
    expect(
      toJson(decode('metrics', fromJson('metrics', metricWith(`"asInt":${digits}`)))),
    ).toContain(`"asInt":"${digits}"`)
  }
})

test.each([
  '1234567890123456.5',
  '1.2345678901234567',
  '1234567890123456789e3',
  '1e-1234567890123456',
  '123456789012345678901234',
  '12345678901234567890',
])('the double %s is read as JSON reads it', (text) => {
  const json = toJson(decode('metrics', fromJson('metrics', metricWith(`"asDouble":${text}`))))
  expect(json).toContain(`"asDouble":${JSON.stringify(Number(text))}`)
})

test.each([
  ['"traceId":12345678901234567890', 'traceId'],
  ['"spanId":1234567890123456', 'found 1234567890123456 (16 hex digits'],
  ['"status":1234567890123456789', 'status: found 1234567890123456789 (an object'],
  ['"attributes":1234567890123456789', 'found 1234567890123456789 (an array'],
  ['"attributes":[{"key":"a","value":{"bytesValue":1234567890123456}}]', 'base64'],
])('a long bare integer is no text: %s', (content, message) => {
  expect(() => spanWith(content)).toThrow(message)
})

test.each([
  '{1234567890123456789:1}',
  '{"a":1,1234567890123456789 :1}',
  '{"a":01234567890123456789}',
  '{"a":-01234567890123456789}',
  '{"a":--1234567890123456789}',
  '{"a":+1234567890123456789}',
  '{"a":1 1234567890123456789}',
  '{"a":"b"1234567890123456789}',
  '{"a":1234567890123456789"b"}',
  '{"a":1234567890123456789x}',
  '{"a":1234567890123456789,"b":"c',
  '{"a":1234567890123456789,"b":"c\\',
  '{"a":1234567890123456789',
])('long integers make no JSON of what is none: %s', (body) => {
  const reason = (() => {
    try {
      JSON.parse(body)
    } catch (cause) {
      return `no JSON: ${cause}`
    }
    return 'it is JSON'
  })()
  const read = () => fromJson('traces', body)
  expect(read).toThrow(DecodeError)
  expect(read).toThrow(reason)
})

test('values beyond the limit are refused before any is made', () => {
  const filled = (start: string, unit: string) => {
    const body = Buffer.alloc(64 * 2 ** 20, unit)
    body.write(start)
    return body
  }
  for (const [start, unit] of [
    ['{"x":[', '{},'],
    ['{"x":[1234567890123456789,', '0,'],
    ['{"resourceSpans":[[', '['],
  ] as const) {
    const read = () => fromJson('traces', filled(start, unit))
    expect(read).toThrow(TooManyError)
    expect(read).toThrow(`more than ${maxJsonValues} JSON values`)
  }
})

test('values up to the limit are read, and what stands in strings is none', () => {
  const zeros = '0,'.repeat(maxJsonValues - 3)
  const inText = '{[,'.repeat(maxJsonValues)
  expect(fromJson('traces', `{"x":[${zeros}1234567890123456789],"y":"${inText}"}`)).toHaveLength(0)
  expect(() => fromJson('traces', `{"x":[0,${zeros}0],"y":"${inText}"}`)).toThrow(TooManyError)
})

test('what is no JSON, or no object, is refused', () => {
  for (const body of ['', '{', 'null', '[]', '"x"', '5', '{"resourceSpans":5}']) {
    expect(() => fromJson('traces', body)).toThrow(DecodeError)
  }
})

test('nesting without end is refused, known or unknown', () => {
  const values = (depth: number) =>
    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}}]}]}]}`
  expect(decode('logs', fromJson('logs', values(63))).itemCount).toBe(1)
  expect(() => fromJson('logs', values(64))).toThrow(DecodeError)
  expect(() => fromJson('logs', values(10_000))).toThrow(DecodeError)

  const brackets = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  for (const extra of ['', ', 1544712660123456789']) {
    const body = `{"later":[${brackets(100_000)}${extra}]}`
    try {
      expect(fromJson('logs', body)).toHaveLength(0)
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError)
    }
  }
})

test('a body that is cut anywhere throws DecodeError and nothing else', () => {
  const body = metricWith('"asInt":"5","attributes":[{"key":"a","value":{"intValue":1}}]')
  for (let length = 0; length < body.length; length++) {
    expect(() => fromJson('metrics', body.slice(0, length))).toThrow(DecodeError)
  }
})

test('any JSON at all gives bytes that decode, or DecodeError', () => {
  const known = [
    'resourceLogs',
    'scopeLogs',
    'logRecords',
    'body',
    'arrayValue',
    'values',
    'traceId',
  ]
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...known), tie('value')),
    ),
  })).value
  fc.assert(
    fc.property(json, (value) => {
      try {
        decode('logs', fromJson('logs', JSON.stringify(value) ?? ''))
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
      }
    }),
    { numRuns: 300 },
  )
})

function spanWith(content: string) {
  return firstSpan(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${content}}]}]}]}`)
}

function firstSpan(body: string) {
  const found: ReturnType<typeof shown>[] = []
  forEachSpan(decode('traces', fromJson('traces', body)), (span) => found.push(shown(span)))
  const [first] = found
  if (first === undefined) throw new Error('no span was found')
  return first
}

function shown(span: SpanView) {
  return {
    traceId: span.traceIdHex(),
    spanId: span.spanIdHex(),
    name: span.name(),
    kind: span.kind,
    start: span.startUnixNano,
    statusCode: span.statusCode,
    flags: span.flags,
  }
}

function severityOf(text: string): number {
  let severity = -1
  const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":${text}}]}]}]}`
  forEachLogRecord(decode('logs', fromJson('logs', body)), (record) => {
    severity = record.severityNumber
  })
  return severity
}

function metricWith(point: string): string {
  return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{${point}}]}}]}]}]}`
}

/** Plain data as a sender would write it: hex ids, base64 bytes, odd doubles as strings. */
function asJson(value: unknown, isSnake: boolean, key = ''): unknown {
  if (value instanceof Uint8Array) {
    const isId = key.endsWith('Id')
    return Buffer.from(value).toString(isId ? 'hex' : 'base64')
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : `${value}`
  if (Array.isArray(value)) return value.map((it) => asJson(it, isSnake, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [
      isSnake ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name,
      asJson(it, isSnake, name),
    ]),
  )
}
