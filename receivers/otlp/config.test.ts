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
    address: { kind: 'tcp', host: 'localhost', port: 4318 },
    max_request_body_size: 64 * 1024 * 1024,
    compression_algorithms: ['', 'gzip', 'zlib', 'deflate', 'zstd'],
    include_metadata: false,
    traces_url_path: '/v1/traces',
  })
})

test.each([0, -1])('max_request_body_size %i is the default', (max_request_body_size) => {
  const { protocols } = config.parse({ protocols: { http: { max_request_body_size } } })
  expect(protocols.http?.max_request_body_size).toBe(64 * 1024 * 1024)
})

test.each([{}, { protocols: {} }, { protocols: null }])('%j names no protocol', (input) => {
  expect(problems(input)).toEqual([
    'protocols: must specify at least one protocol when using the OTLP receiver',
  ])
})

test('gRPC alone, beside HTTP, and present but empty are accepted', () => {
  const { protocols } = config.parse({ protocols: { grpc: null } })
  expect(protocols.http).toBeUndefined()
  expect(protocols.grpc).toMatchObject({
    address: { kind: 'tcp', host: 'localhost', port: 4317 },
    max_recv_msg_size_mib: 64,
    keepalive: { server_parameters: { time: 60_000, timeout: 20_000, max_connection_age: 0 } },
  })
  const keepalive = {
    server_parameters: { max_connection_age: '5m', max_connection_age_grace: '30s' },
    enforcement_policy: { min_time: '10s', permit_without_stream: true },
  }
  const grpc = { max_recv_msg_size_mib: 16, read_buffer_size: 524_288, keepalive }
  expect(problems({ protocols: { grpc, http: {} } })).toEqual([])
})

test.each([
  ['tcp4', '127.0.0.1:1', { kind: 'tcp', host: '127.0.0.1', port: 1, family: 4 }],
  ['tcp6', '[::1]:1', { kind: 'tcp', host: '::1', port: 1, family: 6 }],
  ['tcp', ':1', { kind: 'tcp', host: '', port: 1 }],
  ['unix', '/run/otlp.sock', { kind: 'unix', path: '/run/otlp.sock' }],
])('transport %s reads endpoint %s', (transport, endpoint, address) => {
  const { protocols } = config.parse({ protocols: { http: { transport, endpoint } } })
  expect(protocols.http?.address).toEqual(address)
})

test('an endpoint that its transport cannot bind is a problem of the endpoint', () => {
  const of = (http: object) => problems({ protocols: { http } })
  expect(of({ endpoint: 'nowhere' })).toEqual([
    'protocols.http.endpoint: must be host:port, such as localhost:4318; missing port in address',
  ])
  expect(of({ transport: 'tcp6', endpoint: '127.0.0.1:1' })).toEqual([
    'protocols.http.endpoint: must be an IPv6 address and a port',
  ])
  expect(of({ transport: 'npipe' })).toEqual([
    'protocols.http.transport: npipe comes later: is tcp, tcp4, tcp6, unix',
  ])
})

test.each([
  ['tls', { cert_file: 'a.pem' }],
  ['auth', { authenticator: 'basicauth' }],
  ['middlewares', [{ id: 'limiter' }]],
  ['write_timeout', '5s'],
  ['transport', 'npipe'],
  ['compression_algorithms', ['snappy']],
])('%s comes later and is never silently ignored', (key, value) => {
  const [problem] = problems({ protocols: { http: { [key]: value } } })
  expect(problem).toMatch(new RegExp(`^protocols.http.${key}.*: .*comes? later`))
})

test('unknown keys, equal paths and unknown compressions are problems', () => {
  const http = { compression_algorithms: ['brotli'], max_body: 1 }
  expect(problems({ protocols: { http } })).toEqual([
    'protocols.http.compression_algorithms.0: is no compression: write gzip, zlib, deflate, zstd, or "" for none',
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
