import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { otlpHttpExporter } from './index.ts'

const endpoint = 'http://127.0.0.1:4318'

test('has the defaults of otelcol', () => {
  expect(config.parse({ endpoint })).toMatchObject({
    encoding: 'proto',
    compression: 'gzip',
    timeout: 30_000,
    idle_conn_timeout: 90_000,
    max_idle_conns: 100,
    tls: { min_version: '1.2', insecure_skip_verify: false },
    sending_queue: {
      enabled: true,
      num_consumers: 10,
      queue_size: 1000,
      sizer: 'requests',
      block_on_overflow: false,
      wait_for_result: false,
    },
    retry_on_failure: {
      enabled: true,
      initial_interval: 5000,
      randomization_factor: 0.5,
      multiplier: 1.5,
      max_interval: 30_000,
      max_elapsed_time: 300_000,
    },
  })
})

test.each([
  [{}, 'endpoint', 'at least one endpoint must be specified'],
  [{ traces_endpoint: 'backend' }, 'traces_endpoint', 'must be a valid URL'],
  [{ endpoint, compression: 'snappy' }, 'compression', 'snappy comes later'],
  [{ endpoint, compression: 'brotli' }, 'compression', 'must be gzip, zstd or none'],
  [
    { endpoint, compression: 'zstd', compression_params: { level: 9 } },
    'compression_params.level',
    'must be one of 1, 3, 6, 11 for zstd',
  ],
  [{ endpoint, proxy_url: 'http://p' }, 'proxy_url', 'comes later'],
  [{ endpoint, auth: { authenticator: 'x' } }, 'auth', 'comes later'],
  [{ endpoint: 'http://u:50%25x%@h:1' }, 'endpoint', 'write %25 for a percent sign'],
  [{ logs_endpoint: 'http://%ff@h:1' }, 'logs_endpoint', 'write %25 for a percent sign'],
  [{ endpoint, headers: { Expect: '100-continue' } }, 'headers.Expect', 'leave it out'],
  [{ endpoint, headers: { connection: 'x y' } }, 'headers.connection', 'leave it out'],
  [
    { endpoint, headers: [{ name: 'Transfer-Encoding', value: 'chunked' }] },
    'headers.Transfer-Encoding',
    'concerns the connection',
  ],
  [{ endpoint, tls: { ca_file: 'a', ca_pem: 'b' } }, 'tls.ca_pem', 'either ca_file or ca_pem'],
  [{ endpoint, tls: { cert_file: 'a' } }, 'tls.key_file', 'a certificate needs its key'],
  [
    { endpoint, tls: { min_version: '1.3', max_version: '1.2' } },
    'tls.min_version',
    'must not be later than max_version',
  ],
  [
    { endpoint, sending_queue: { storage: '/disk' } },
    'sending_queue.storage',
    'is no component id',
  ],
])('refuses %j at %s', (input, path, sentence) => {
  const issue = config.safeParse(input).error?.issues[0]
  expect(issue?.path.join('.')).toBe(path)
  expect(issue?.message).toContain(sentence)
})

test('a URL that is none has one problem', () => {
  expect(config.safeParse({ endpoint: 'backend' }).error?.issues).toHaveLength(1)
})

test('what is wrong with credentials is said without them', () => {
  const { error } = config.safeParse({ endpoint: 'http://user:canary%@h:1' })
  expect(JSON.stringify(error?.issues)).not.toMatch(/user:|canary/)
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

test('a pipeline without an endpoint for its signal does not start', () => {
  const settings = testSettings({ id: 'otlp_http/x', kinds: ['traces', 'logs'] })
  const only = config.parse({ traces_endpoint: endpoint })
  expect(() => otlpHttpExporter.create(only, settings)).toThrow(
    'exporters.otlp_http/x: either endpoint or logs_endpoint must be specified, since a logs pipeline uses it',
  )
})

test('a certificate that cannot be read stops the start, with its key', () => {
  const wrong = config.parse({ endpoint: 'https://127.0.0.1', tls: { ca_file: '/nowhere.pem' } })
  expect(() => otlpHttpExporter.create(wrong, testSettings())).toThrow('cannot read tls.ca_file')
})

test('the example loads', () => {
  const example = parse(readFileSync(new URL('example.yaml', import.meta.url), 'utf8'))
  expect(config.safeParse(example.otlp_http).success).toBe(true)
})
