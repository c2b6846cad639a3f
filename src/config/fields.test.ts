import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  comesLater,
  componentId,
  displayUrl,
  duration,
  endpoint,
  formatEndpoint,
  headers,
  httpUrl,
  isLoopback,
  mib,
  ratio,
  Secret,
  secret,
  sizeBytes,
  stringList,
} from './fields.ts'

test.each([
  ['1h2m3.5s', 3_723_500],
  ['200ms', 200],
  ['1us', 0.001],
  ['1µs', 0.001],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['0', 0],
  ['30d', 2_592_000_000],
  [1_000_000_000, 1000],
  [0, 0],
])('reads the duration %s as %d ms', (input, ms) => {
  expect(duration().parse(input)).toBe(ms)
})

test.each([
  ['30', 'is a duration: write 30s; missing unit in duration'],
  [
    '30sec',
    'is a duration: write 30s; unknown unit "sec" in duration (units are ns, us, ms, s, m, h, d)',
  ],
  ['soon', 'is a duration: write it as in 200ms, 30s, 5m or 1h30m'],
  ['', 'is a duration: write it as in 200ms, 30s, 5m or 1h30m'],
  ['1h 2m', 'is a duration: write it as in 200ms, 30s, 5m or 1h30m'],
  ['-1s', 'must not be negative'],
  [1.5, 'is a duration: write 1.5s; a number without a unit is nanoseconds and must be whole'],
  [true, 'is a duration: write 200ms, 30s, 5m or 1h30m'],
])('refuses the duration %s', (input, sentence) => {
  expect(sentenceOf(duration(), input)).toBe(sentence)
})

test('a field that is missing says that it is required', () => {
  for (const field of [duration(), headers(), stringList()]) {
    expect(sentenceOf(field, undefined)).toBe('is required')
  }
})

test('a duration takes its default as it would be written', () => {
  const config = z.strictObject({ window: duration().prefault('5m').describe('Short.') })
  expect(config.parse({})).toEqual({ window: 300_000 })
})

test('a ratio written as percent is told the ratio to write', () => {
  expect(ratio().parse(0.999)).toBe(0.999)
  expect(sentenceOf(ratio(), 99.9)).toBe('is a ratio: write 0.999 for 99.9 %')
  expect(sentenceOf(ratio(), -0.1)).toBe('is a ratio: write a number from 0 to 1')
  expect(sentenceOf(ratio(), 999)).toBe('is a ratio: write a number from 0 to 1')
})

test('a secret shows its value to nobody but its reader', () => {
  const token = secret().parse('canary')
  const shown = [`${token}`, JSON.stringify({ token }), inspect({ token }), String(token)].join()
  expect(shown).not.toContain('canary')
  expect(shown).toContain('[REDACTED]')
  expect(token.reveal()).toBe('canary')
})

test('a secret is compared without showing where it differs', () => {
  expect(new Secret('one').matches('one')).toBe(true)
  expect(new Secret('one').matches('other')).toBe(false)
})

test('headers are a map or a list of name and value', () => {
  const fromMap = headers().parse({ Authorization: 'Bearer canary' })
  const fromList = headers().parse([{ name: 'Authorization', value: 'Bearer canary' }])
  expect(fromMap.get('Authorization')?.reveal()).toBe('Bearer canary')
  expect(fromList.get('Authorization')?.reveal()).toBe('Bearer canary')
  expect(inspect(fromMap)).not.toContain('canary')
  expect(headers().safeParse({ 'a b': 'x' }).success).toBe(false)
  expect(headers().safeParse({ a: 'x\r\ny: z' }).success).toBe(false)
})

test.each([
  ['localhost:4318', { host: 'localhost', port: 4318 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  [':4318', { host: '', port: 4318 }],
  ['[::1]:4317', { host: '::1', port: 4317 }],
  ['0.0.0.0:4317', { host: '0.0.0.0', port: 4317 }],
])('reads the endpoint %s', (input, expected) => {
  expect(endpoint().parse(input)).toEqual(expected)
  expect(formatEndpoint(expected)).toBe(input)
})

test.each([
  ['localhost', 'must be host:port, such as localhost:4318; missing port in address'],
  ['::1', 'must be host:port; an IPv6 host stands in brackets, such as [::1]:4318'],
  ['localhost:http', 'must end in a port from 0 to 65535; invalid port "http"'],
  ['localhost:70000', 'must end in a port from 0 to 65535; invalid port "70000"'],
  ['http://localhost:4318', 'is host:port: leave out the scheme before ://'],
  ['', 'must not be empty: write host:port, such as localhost:4318'],
])('refuses the endpoint %j', (input, sentence) => {
  expect(sentenceOf(endpoint(), input)).toBe(sentence)
})

test('only localhost and loopback addresses are loopback', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopback)).toBe(true)
  expect(['', '0.0.0.0', '::', '10.0.0.1', '127.example.com'].some(isLoopback)).toBe(false)
})

test('a URL that is refused is not repeated, nor are its credentials', () => {
  expect(httpUrl().parse('https://host/path')).toBe('https://host/path')
  for (const input of [
    'localhost:4318',
    'ftp://u:canary@host',
    'http://u:canary@host:99999/',
    'x',
  ]) {
    expect(sentenceOf(httpUrl(), input)).toContain('must be a valid URL')
    expect(sentenceOf(httpUrl(), input)).not.toContain('canary')
  }
  expect(displayUrl('https://u:canary@host:8080/v1?key=canary#x')).toBe('https://host:8080/v1')
})

test('sizes are whole numbers', () => {
  expect(sizeBytes().parse(20_971_520)).toBe(20_971_520)
  expect(sizeBytes().safeParse(1.5).success).toBe(false)
  expect(mib().parse(512)).toBe(512)
  expect(mib().safeParse('512').success).toBe(false)
})

test('a string in place of a list is split at its commas', () => {
  expect(stringList().parse(['a', 'b'])).toEqual(['a', 'b'])
  expect(stringList().parse('a,b')).toEqual(['a', 'b'])
  expect(stringList().parse('')).toEqual([])
})

test('a component id is a type and perhaps a name, blanks aside', () => {
  expect(componentId().parse(' otlp / in ')).toEqual({ id: 'otlp/in', type: 'otlp', name: 'in' })
  expect(componentId().parse('otlp')).toEqual({ id: 'otlp', type: 'otlp' })
})

test.each([
  ['', 'id must not be empty'],
  ['/x', 'the part before / should not be empty'],
  ['x/', 'the part after / should not be empty'],
  ['1x', 'invalid character(s) in type "1x"'],
  ['otlp-http', 'invalid character(s) in type "otlp-http"'],
  ['otlp/a b', 'invalid character(s) in name "a b"'],
])('refuses the component id %j', (input, part) => {
  expect(sentenceOf(componentId(), input)).toContain(part)
})

test('a key that comes later is refused by name, unless it is empty', () => {
  const schema = comesLater('connect directly')
  expect(sentenceOf(schema, {})).toBe('comes later and is not supported yet: connect directly')
  expect(schema.parse(undefined)).toBeUndefined()
  expect(schema.parse(null)).toBeNull()
})

function sentenceOf(schema: z.ZodType, input: unknown): string | undefined {
  return schema.safeParse(input).error?.issues[0]?.message
}

test('a header value is what a header can carry, and each fault is named once', () => {
  const messages = (value: string) =>
    headers()
      .safeParse({ 'x-note': value })
      .error?.issues.flatMap((it) => issuesOf(it)) ?? []
  expect(messages('café')).toEqual([])
  expect(messages('café →')).toEqual(['has characters that a header cannot carry'])
  expect(messages('a\r\nb')).toEqual(['must not contain line breaks'])
})

/** The sentence of an issue, or of the alternative that came nearest. */
function issuesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code !== 'invalid_union') return [issue.message]
  return (issue.errors[0] ?? []).flatMap((it) => issuesOf(it))
}
