import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { config } from './config.ts'

test('the example loads', () => {
  const example = parse(readFileSync(new URL('example.yaml', import.meta.url), 'utf8'))
  expect(config.safeParse(example.otlp).success).toBe(true)
})

test('a protocol that is present but empty has the defaults', () => {
  const { protocols, admission_timeout } = config.parse({ protocols: { http: null } })
  expect(admission_timeout).toBe(2000)
  expect(protocols.http).toMatchObject({
    endpoint: { host: 'localhost', port: 4318 },
    max_request_body_size: 64 * 1024 * 1024,
    compression_algorithms: ['', 'gzip'],
    traces_url_path: '/v1/traces',
  })
})

test.each([0, -1])('max_request_body_size %i is the default', (max_request_body_size) => {
  const { protocols } = config.parse({ protocols: { http: { max_request_body_size } } })
  expect(protocols.http.max_request_body_size).toBe(64 * 1024 * 1024)
})

test.each([{}, { protocols: {} }, { protocols: null }])('%j names no protocol', (input) => {
  expect(problems(input)).toEqual([
    'protocols: must specify at least one protocol when using the OTLP receiver',
  ])
})

test('gRPC alone is refused, and beside HTTP accepted', () => {
  expect(problems({ protocols: { grpc: null } })).toEqual([
    'protocols: gRPC comes next: add http, or nothing would listen',
  ])
  const grpc = { endpoint: '0.0.0.0:4317', max_recv_msg_size_mib: 16 }
  expect(problems({ protocols: { grpc, http: {} } })).toEqual([])
})

test.each([
  ['tls', { cert_file: 'a.pem' }],
  ['cors', { allowed_origins: ['*'] }],
  ['auth', { authenticator: 'basicauth' }],
  ['middlewares', [{ id: 'limiter' }]],
  ['include_metadata', true],
  ['write_timeout', '5s'],
  ['transport', 'unix'],
  ['compression_algorithms', ['zstd']],
])('%s comes later and is never silently ignored', (key, value) => {
  const [problem] = problems({ protocols: { http: { [key]: value } } })
  expect(problem).toMatch(new RegExp(`^protocols.http.${key}.*: .*comes? later`))
})

test('unknown keys, equal paths and unknown compressions are problems', () => {
  const http = { compression_algorithms: ['brotli'], max_body: 1 }
  expect(problems({ protocols: { http } })).toEqual([
    'protocols.http.compression_algorithms.0: is no compression: write gzip, or "" for none',
    'protocols.http: Unrecognized key: "max_body"',
  ])
  expect(problems({ protocols: { http: { logs_url_path: 'v1/traces' } } })).toEqual([
    'protocols.http: must have three different paths for traces, metrics and logs',
  ])
})

function problems(input: unknown): string[] {
  const { error } = config.safeParse(input)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}
