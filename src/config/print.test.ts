import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '../../test/fixtures/config/catalogue.ts'
import { loadConfig } from './load.ts'
import { printConfig } from './print.ts'

const text = `
receivers: { otlp: { protocols: { grpc: } } }
exporters:
  otlp_http:
    endpoint: https://user:canary@host/v1?key=canary&b=canary
    timeout: \${env:TIMEOUT}
    api_key: \${env:KEY:-canary}
    headers:
      Authorization: Bearer \${env:TOKEN}
      X-Literal: canary
      X-Escaped: $\${canary}
      X-Inline: \${yaml:canary}
      X-Mixed: "can\${TOKEN}ary"
    compression: zstd
service:
  admin: { tokens: [{ name: ops, token: canary, roles: [read] }] }
  pipelines: { traces: { receivers: [otlp], exporters: [otlp_http] } }
`
const env = { TIMEOUT: '5s', TOKEN: 'canary2', KEY: '0123' }

test('every secret is redacted, in YAML and in JSON', async () => {
  const config = await load(text)
  for (const format of ['yaml', 'json'] as const) {
    const shown = printConfig(config, { format })
    expect(shown).not.toContain('canary')
    expect(parse(shown)).toMatchObject({
      exporters: {
        otlp_http: {
          endpoint: 'https://[REDACTED]@host/v1?key=[REDACTED]&b=[REDACTED]',
          timeout: '5s',
          api_key: '[REDACTED]',
          headers: { Authorization: '[REDACTED]' },
          compression: 'zstd',
        },
      },
      service: { admin: { tokens: [{ name: 'ops', token: '[REDACTED]', roles: ['read'] }] } },
    })
  }
})

test('as written, references stay readable and literal secrets do not', async () => {
  const shown = printConfig(await load(text), { view: 'as_written' })
  expect(shown).not.toContain('canary')
  expect(parse(shown).exporters.otlp_http).toMatchObject({
    timeout: '${env:TIMEOUT}',
    api_key: '${env:KEY:-[REDACTED]}',
    headers: {
      Authorization: '[REDACTED]${env:TOKEN}',
      'X-Literal': '[REDACTED]',
      'X-Escaped': '[REDACTED]',
      'X-Inline': '[REDACTED]',
      'X-Mixed': '[REDACTED]${TOKEN}[REDACTED]',
    },
  })
})

test('unredacted, the configuration is whole and loads again to the same', async () => {
  const config = await load(text)
  const shown = printConfig(config, { mode: 'unredacted' })
  expect(parse(shown).exporters.otlp_http).toMatchObject({
    api_key: '0123',
    headers: { Authorization: 'Bearer canary2' },
  })
  const again = await load(shown)
  expect(again.resolved).toEqual(config.resolved)
  expect(again.exporters).toEqual(config.exporters)
})

test('any text survives printing and loading', async () => {
  const value = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom('$', '{', '}', 'A', ':-')).map((it) => it.join('')),
  )
  await fc.assert(
    fc.asyncProperty(value, async (name) => {
      const config = await load(text)
      const resolved = {
        ...Object(config.resolved),
        service: { telemetry: { resource: { name } } },
      }
      const shown = printConfig({ ...config, resolved }, { mode: 'unredacted' })
      const pipelines =
        'service::pipelines: { traces: { receivers: [otlp], exporters: [otlp_http] } }'
      const again = await load(shown, [`yaml:${pipelines}`])
      expect(again.service.telemetry.resource).toEqual({ name })
    }),
    { numRuns: 200 },
  )
})

async function load(yaml: string, more: readonly string[] = []) {
  const result = await loadConfig(['c.yaml', ...more], [], catalogue, env, async () => yaml)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config
}
