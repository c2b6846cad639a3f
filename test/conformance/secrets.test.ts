import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { components, schemas } from '../../src/components.ts'
import { loadConfig } from '../../src/config/load.ts'
import { printConfig } from '../../src/config/print.ts'
import { formatProblems, type Path } from '../../src/config/problem.ts'
import { hidingAt } from '../../src/config/schema-walk.ts'
import { service } from '../../src/config/service.ts'
import { mapAt } from '../corpus-config/corpus.ts'

const canary = 'canary-58c1'

/** Every secret that a configuration can hold. */
const config = {
  receivers: {
    otlp: { protocols: { http: { response_headers: { 'x-key': canary } } } },
  },
  exporters: {
    otlp_http: {
      endpoint: `https://user:${canary}@host/?key=${canary}`,
      headers: { authorization: canary },
      tls: { cert_pem: 'certificate', key_pem: canary },
    },
    otlp_grpc: {
      endpoint: 'host:4317',
      headers: [{ name: 'authorization', value: canary }],
      tls: { cert_pem: 'certificate', key_pem: canary },
    },
  },
  service: {
    telemetry: {
      metrics: {
        readers: [{ periodic: { exporter: { otlp: { headers: { authorization: canary } } } } }],
      },
      traces: {
        processors: [
          { batch: { exporter: { otlp: { headers: { authorization: canary } } } } },
          { simple: { exporter: { otlp: { headers: { authorization: canary } } } } },
        ],
      },
    },
    admin: { tokens: [{ name: 'ops', token: canary, roles: ['read'] }] },
    pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http', 'otlp_grpc'] } },
  },
}

test('a key that sounds like a secret is one', () => {
  const open = keysOf()
    .filter(({ path }) =>
      /(token|password|secret|credential|key_pem|api_key)$/.test(String(path.at(-1))),
    )
    .filter(({ schema, path }) => hidingAt(schema, path) !== 'everything')
  expect(open.map((it) => it.path.join('.'))).toEqual([])
})

test('the canary is in every secret key', () => {
  const without = keysOf()
    .filter(({ schema, path }) => hidingAt(schema, path) === 'everything')
    .filter(({ at, path }) => !JSON.stringify(valuesAt(at, path)).includes(canary))
  expect(without.map((it) => it.path.join('.'))).toEqual([])
})

test('no printed form of a configuration holds a secret', async () => {
  const result = await load(config)
  if (!result.ok) throw new Error(formatProblems(result.problems))
  const { receivers, exporters, service } = result.config
  const forms = [
    printConfig(result.config),
    printConfig(result.config, { format: 'json' }),
    printConfig(result.config, { view: 'as_written' }),
    inspect([receivers, exporters, service.admin], { depth: 20, showHidden: true }),
    JSON.stringify([[...receivers], [...exporters], service.admin]),
  ]
  for (const form of forms) expect(withoutUrls(form)).not.toContain(canary)
  expect(printConfig(result.config, { mode: 'unredacted' })).toContain(canary)
})

test('no problem of a configuration repeats a secret', async () => {
  const wrong = JSON.parse(JSON.stringify(config), (key, value: unknown) =>
    ['headers', 'response_headers', 'key_pem', 'token'].includes(key) ? [[canary]] : value,
  )
  const result = await load({ ...wrong, extra: 1 })
  const said = result.ok ? '' : formatProblems(result.problems)
  expect(said).toContain('exporters.otlp_http.headers')
  expect(said).toContain('service.admin.tokens[0].token')
  expect(said).not.toContain(canary)
})

test.each([
  ['from the environment', `\${env:CANARY}`],
  ['written there', canary],
  ['that is a number', 58_158_158],
  ['in a reference that cannot be followed', `\${nowhere:${canary}}`],
])('no problem repeats a plain value %s at or above a secret', async (_, plain) => {
  for (const path of pathsOf(config).filter((it) => it.length > 0)) {
    const result = await load(replaced(config, path, plain), { CANARY: canary })
    const said = result.ok ? '' : formatProblems(result.problems)
    expect(said, path.join('.')).not.toMatch(new RegExp(`${canary}|58158158`))
  }
})

function load(value: unknown, env: Record<string, string> = {}) {
  return loadConfig([`yaml:${JSON.stringify(value)}`], [], schemas, env)
}

/** Each place that is a secret or holds one, but for URLs: they show what is no credential. */
function pathsOf(value: unknown): string[][] {
  if (value === canary) return [[]]
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const below = entries.flatMap(([key, it]) => pathsOf(it).map((rest) => [key, ...rest]))
  return below.length === 0 ? [] : [[], ...below]
}

function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by
  if (Array.isArray(value)) {
    return value.map((it, index) => (String(index) === step ? replaced(it, rest, by) : it))
  }
  const map = mapAt(value)
  return { ...map, [step]: replaced(map[step], rest, by) }
}

/** The parsed endpoint is what connects, so it keeps its credentials; messages show another form. */
function withoutUrls(text: string): string {
  return text.replaceAll(`https://user:${canary}@host/?key=${canary}`, '')
}

interface Key {
  readonly schema: z.ZodType
  /** What the configuration above says where the schema begins. */
  readonly at: unknown
  readonly path: Path
}

/** Every key of every schema, but for those within a secret. */
function keysOf(): Key[] {
  const roots = (['receivers', 'processors', 'exporters'] as const).flatMap((section) =>
    components[section].map(({ type, config: schema }) => ({
      schema,
      at: mapAt(mapAt(config)[section])[type],
    })),
  )
  return [...roots, { schema: service, at: config.service }].flatMap(({ schema, at }) =>
    pathsIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
      .filter((path) => hidingAt(schema, path.slice(0, -1)) !== 'everything')
      .map((path) => ({ schema, at, path })),
  )
}

/** An entry of a list counts as its first. */
function pathsIn({
  properties = {},
  anyOf = [],
  items = [],
}: z.core.JSONSchema.BaseSchema): Path[] {
  const below = (it: z.core.JSONSchema._JSONSchema) => (typeof it === 'object' ? pathsIn(it) : [])
  return [
    ...Object.entries(properties).flatMap(([key, it]) => [
      [key],
      ...below(it).map((rest) => [key, ...rest]),
    ]),
    ...anyOf.flatMap(below),
    ...[items].flat().flatMap((it) => below(it).map((rest) => [0, ...rest])),
  ]
}

/** All that stands at a path, in every entry of a list. */
function valuesAt(value: unknown, [step, ...rest]: Path): unknown[] {
  if (step === undefined) return [value]
  const next = typeof step === 'number' ? Object.values(Object(value)) : [mapAt(value)[step]]
  return next.flatMap((it) => valuesAt(it, rest))
}
