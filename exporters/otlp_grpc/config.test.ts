import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { otlpGrpcExporter } from './index.ts'

const endpoint = 'backend:4317'

test('has the defaults of otelcol', () => {
  expect(config.parse({ endpoint, keepalive: {} })).toMatchObject({
    endpoint: { target: endpoint, security: undefined, address: 'backend', port: 4317 },
    compression: 'gzip',
    timeout: 5000,
    balancer_name: 'round_robin',
    wait_for_ready: false,
    tls: { insecure: false, min_version: '1.2' },
    keepalive: { time: 10_000, timeout: 10_000, permit_without_stream: false },
    sending_queue: { enabled: true, queue_size: 1000 },
    retry_on_failure: { enabled: true, extra_retryable_codes: [] },
  })
})

test.each([
  ['http://a:1', { target: 'a:1', security: 'plaintext', address: 'a', port: 1 }],
  ['https://a:1/', { target: 'a:1', security: 'tls', address: 'a', port: 1 }],
  ['dns:///a:1', { target: 'dns:///a:1', security: undefined, address: 'a', port: 1 }],
  ['dns://8.8.8.8/a:1', { target: 'dns://8.8.8.8/a:1', address: 'a', port: 1 }],
  ['passthrough:///a:1', { target: 'a:1', address: 'a', port: 1 }],
  ['[::1]:1', { target: '[::1]:1', address: '::1', port: 1 }],
  [':1', { target: 'localhost:1', address: 'localhost', port: 1 }],
  ['unix:///run/a.sock', { target: 'unix:///run/a.sock', address: '/run/a.sock' }],
  ['unix:a.sock', { target: 'unix:a.sock', address: 'a.sock' }],
])('reads the endpoint %s', (input, target) => {
  expect(config.parse({ endpoint: input }).endpoint).toMatchObject(target)
})

test.each([
  [{}, 'endpoint', 'requires a non-empty "endpoint"'],
  [{ endpoint: '' }, 'endpoint', 'requires a non-empty "endpoint"'],
  [{ endpoint: 'backend' }, 'endpoint', 'missing port in address'],
  [{ endpoint: 'backend:x' }, 'endpoint', 'invalid port "x"'],
  [{ endpoint: 'https://backend:4318/v1/traces' }, 'endpoint', 'gRPC endpoints have no path'],
  [{ endpoint: 'xds:///backend' }, 'endpoint', 'xds:// is no scheme of gRPC that we know'],
  [{ endpoint: 'unix://' }, 'endpoint', 'names no socket'],
  [{ endpoint, compression: 'zstd' }, 'compression', 'zstd comes later'],
  [{ endpoint, compression: 'brotli' }, 'compression', 'must be gzip or none'],
  [{ endpoint, balancer_name: 'x' }, 'balancer_name', 'must be round_robin or pick_first'],
  [{ endpoint, auth: { authenticator: 'x' } }, 'auth', 'comes later'],
  [{ endpoint, headers: { 'a!b': 'x' } }, 'headers.a!b', 'is no metadata name'],
  [{ endpoint, headers: { 'grpc-x': 'x' } }, 'headers.grpc-x', 'is reserved'],
  [{ endpoint, headers: { TE: 'gzip' } }, 'headers.TE', 'concerns the connection'],
  [{ endpoint, headers: { upgrade: 'x' } }, 'headers.upgrade', 'concerns the connection'],
  [{ endpoint, headers: { a: 'ü' } }, 'headers.a', 'must be printable ASCII'],
  [
    { endpoint, retry_on_failure: { extra_retryable_codes: ['TIRED'] } },
    'retry_on_failure.extra_retryable_codes.0',
    'must be the name of a gRPC code',
  ],
])('refuses %j at %s', (input, path, sentence) => {
  const issue = config.safeParse(input).error?.issues[0]
  expect(issue?.path.join('.')).toBe(path)
  expect(issue?.message).toContain(sentence)
})

test.each([[{ 'x-a': 'a\nb' }], [{ 'x a': 'b' }], [[{ name: 'x-a', value: 'a\nb' }]], [5]])(
  'headers that are none are told, whatever else is checked: %j',
  (headers) => {
    const { error } = config.safeParse({ endpoint, headers })
    expect(new Set(error?.issues.map((it) => it.path[0]))).toEqual(new Set(['headers']))
  },
)

test('a key that is none is refused', () => {
  expect(config.safeParse({ endpoint, time_out: '1s' }).success).toBe(false)
})

test('a certificate that cannot be read stops the start, with its key', () => {
  const wrong = config.parse({ endpoint, tls: { ca_file: '/nowhere.pem' } })
  expect(() => otlpGrpcExporter.create(wrong, testSettings())).toThrow('cannot read tls.ca_file')
})

test('the example loads', () => {
  const example = parse(readFileSync(new URL('example.yaml', import.meta.url), 'utf8'))
  expect(config.safeParse(example.otlp_grpc).success).toBe(true)
})
