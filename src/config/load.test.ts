import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue } from '../../test/fixtures/config/catalogue.ts'
import type { SchemaCatalogue } from './catalogue.ts'
import { Secret } from './fields.ts'
import { type LoadedConfig, loadConfig, locateProblems } from './load.ts'
import { formatProblems, type Problem } from './problem.ts'

const minimal = `
receivers:
  otlp: { protocols: { grpc: } }
exporters:
  debug:
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [debug] }
`

test('an empty component has all defaults, and an empty block within it too', async () => {
  const { receivers, exporters, service, warnings } = await loaded({ 'c.yaml': minimal })
  expect(receivers.get('otlp')).toEqual({
    id: 'otlp',
    type: 'otlp',
    path: ['receivers', 'otlp'],
    config: {
      protocols: {
        grpc: {
          endpoint: { host: 'localhost', port: 4317 },
          max_recv_msg_size_mib: 64,
          include_metadata: false,
        },
      },
    },
  })
  expect(exporters.get('debug')?.config).toEqual({ verbosity: 'basic' })
  expect(service.pipelines.get('traces')).toMatchObject({ kind: 'traces', processors: [] })
  expect(service.admin).toEqual({
    endpoint: { host: '127.0.0.1', port: 13_133 },
    path: '/',
    tokens: [],
  })
  expect(service.memory).toEqual({ limit_mib: 512 })
  expect(service.telemetry.logs).toMatchObject({ level: 'info', encoding: 'console' })
  expect(warnings).toEqual([])
})

test('later sources win: maps merge, lists are replaced, an explicit null erases', async () => {
  const first = `${minimal}processors: { batch: , burn_rate: { objective: 0.9 } }\n`
  const second = `
exporters: { debug: { verbosity: detailed } }
processors:
service: { pipelines: { traces: { exporters: [debug] }, logs: { receivers: [otlp], exporters: [debug] } } }
`
  const config = await loaded({ 'a.yaml': first, 'b.yaml': second })
  expect(config.exporters.get('debug')?.config).toEqual({ verbosity: 'detailed' })
  expect([...config.processors.keys()]).toEqual([])
  expect([...config.service.pipelines.keys()]).toEqual(['traces', 'logs'])
  expect(config.service.pipelines.get('traces')?.receivers).toEqual(['otlp'])
})

test('--set comes last and its value is YAML', async () => {
  const sets = ['exporters.debug.verbosity=normal', 'service.memory.limit_mib=64']
  const config = await loaded({ 'c.yaml': minimal }, { sets })
  expect(config.exporters.get('debug')?.config).toEqual({ verbosity: 'normal' })
  expect(config.service.memory.limit_mib).toBe(64)
})

test('a fault in --set is reported at the option', async () => {
  const problems = await refused({ 'c.yaml': minimal }, { sets: ['exporters.debug.verbosity=x'] })
  expect(formatProblems(problems)).toBe(
    [
      '--set exporters.debug.verbosity  exporters.debug.verbosity',
      '    must be one of basic, normal, detailed (found "x")',
      '1 problem. Nothing was started.',
    ].join('\n'),
  )
  expect(await messages({ 'c.yaml': minimal }, { sets: ['a.b'] })).toEqual([
    'missing equal sign in --set a.b',
  ])
})

test('sources are files, variables and inline YAML with :: between keys', async () => {
  const sources = ['file:c.yaml', 'env:MORE', 'yaml:exporters::debug::verbosity: detailed']
  const env = { MORE: 'processors: { batch: { timeout: 5s } }' }
  const config = await loaded({ 'c.yaml': minimal }, { sources, env })
  expect(config.exporters.get('debug')?.config).toEqual({ verbosity: 'detailed' })
  expect(config.processors.get('batch')?.config).toMatchObject({ timeout: 5000 })
  const windows = await loaded({ 'C:\\c.yaml': minimal }, { sources: ['C:\\c.yaml'] })
  expect(windows.exporters.size).toBe(1)
})

test.each([
  [[], 'at least one config flag must be provided'],
  [['empty.yaml'], 'empty configuration file'],
  [['x1:y'], 'unsupported scheme on URI "x1:y"'],
  [['https://host/c.yaml'], 'is not enabled: configuration over https:'],
  [['env:NONE'], 'environment variable NONE is not set'],
  [['file:none.yaml'], 'unable to read the file file:none.yaml: ENOENT: no such file or directory'],
  [['list.yaml'], 'retrieved value (type=slice) cannot be used as a Conf'],
  [['text.yaml'], 'retrieved value (type=string) cannot be used as a Conf'],
])('the sources %j are refused', async (sources, message) => {
  const files = { 'empty.yaml': '# nothing\n', 'list.yaml': '[a]', 'text.yaml': 'a' }
  expect((await messages(files, { sources })).join()).toContain(message)
})

test('an empty file beside another is no fault', async () => {
  expect((await loaded({ 'empty.yaml': '', 'c.yaml': minimal })).exporters.size).toBe(1)
})

test('ids and references are trimmed, as upstream does', async () => {
  const text = minimal.replace('otlp:', '" otlp / in ":').replace('[otlp]', '[" otlp/in"]')
  expect((await loaded({ 'c.yaml': text })).receivers.get('otlp/in')).toMatchObject({ name: 'in' })
})

test('an old type name works and is named once', async () => {
  const exporters = `
  otlphttp: { endpoint: http://localhost:4318 }
  otlphttp/b: { endpoint: http://localhost:4318 }
`
  const text = minimal
    .replace('  debug:\n', exporters.slice(1))
    .replace('[debug]', '[otlphttp, otlphttp/b]')
  const { exporters: read, warnings } = await loaded({ 'c.yaml': text })
  expect(read.get('otlphttp/b')).toMatchObject({ type: 'otlp_http', name: 'b' })
  expect(warnings.map((it) => it.message)).toEqual([
    'otlphttp is the old name of otlp_http: write otlp_http, here and in pipelines',
  ])
})

test('a string field takes the text that was in the variable, a number field the number', async () => {
  const text = minimal.replace(
    '  debug:\n',
    `  debug:
  otlp_http:
    endpoint: http://localhost:4318
    api_key: \${env:KEY}
    headers: { X-Id: "\${env:KEY}" }
    timeout: \${env:TIMEOUT:-5s}
`,
  )
  const { exporters } = await loaded({ 'c.yaml': text }, { env: { KEY: '0123' } })
  const schema = z.object({ api_key: z.instanceof(Secret), headers: z.map(z.string(), z.any()) })
  const config = schema.parse(exporters.get('otlp_http')?.config)
  expect(config.api_key.reveal()).toBe('0123')
  expect(config.headers.get('X-Id').reveal()).toBe('0123')
  expect(exporters.get('otlp_http')?.config).toMatchObject({ timeout: 5000 })
})

test('components that no pipeline uses are warned about, a processor as source counts as used', async () => {
  const text = minimal
    .replace('  debug:\n', '  debug:\n  debug/unused:\n')
    .replace(
      '  pipelines:\n',
      '  pipelines:\n    metrics: { receivers: [burn_rate], exporters: [debug] }\n',
    )
  const all = `${text}processors: { batch: , burn_rate: { objective: 0.9 } }\n`
  const { warnings } = await loaded({ 'c.yaml': all })
  expect(warnings.map(({ path, message }) => [path.join('.'), message])).toEqual([
    ['exporters.debug/unused', 'is configured but in no pipeline'],
    ['processors.batch', 'is configured but in no pipeline'],
  ])
})

test('health_check is another spelling of service.admin, or a place for probes alone', async () => {
  const extended = `${minimal}  extensions: [health_check]\nextensions:\n  health_check: `
  const { service } = await loaded({
    'c.yaml': `${extended}{ endpoint: "localhost:1234", path: /up }`,
  })
  expect(service.admin).toMatchObject({ endpoint: { host: 'localhost', port: 1234 }, path: '/up' })
  const open = await loaded({ 'c.yaml': `${extended}{ endpoint: 10.0.0.1:13133 }` })
  expect(open.service).toMatchObject({
    admin: { endpoint: { host: '127.0.0.1', port: 13_133 }, path: '/', tokens: [] },
    probes: { endpoint: { host: '10.0.0.1', port: 13_133 }, path: '/' },
  })
  const samePort = await refused({ 'c.yaml': `${extended}{ endpoint: 0.0.0.0:13133 }` })
  expect(formatProblems(samePort)).toContain(
    'extensions.health_check.endpoint\n    needs a port of its own, the admin server listens on 127.0.0.1:13133: write service.admin.endpoint: 127.0.0.1:13134 (found "0.0.0.0:13133")',
  )
  const both = `${extended.replace('service:', 'service:\n  admin: { endpoint: "localhost:1" }')}{ endpoint: "localhost:2" }`
  expect(await messages({ 'c.yaml': both })).toEqual([
    'is another spelling of service.admin.endpoint: write one of them',
  ])
})

test('a second health_check is refused, an unlisted one only warned about', async () => {
  const both = 'extensions: { health_check: , health_check/b: }\n'
  const list = (ids: string) => `${minimal}  extensions: [${ids}]\n${both}`
  expect(await messages({ 'c.yaml': list('health_check, health_check/b') })).toEqual([
    'is one health_check too many: there is one admin server',
  ])
  expect(
    (await loaded({ 'c.yaml': list('health_check') })).warnings.map((it) => it.message),
  ).toEqual(['is configured but not in service.extensions'])
})

test('the admin server may be open to others once it has tokens', async () => {
  const admin =
    '{ endpoint: "0.0.0.0:13133", tokens: [{ name: ops, token: canary, roles: [read] }] }'
  const config = await loaded({
    'c.yaml': minimal.replace('service:', `service:\n  admin: ${admin}`),
  })
  expect(config.service.admin.tokens[0]?.token.reveal()).toBe('canary')
  expect(inspect(config.service, { depth: 9 })).not.toContain('canary')
})

test("otelcol's telemetry settings are accepted, those without effect with a warning", async () => {
  const telemetry = `
  telemetry:
    logs: { level: DEBUG, encoding: json, sampling: { initial: 5 }, initial_fields: { a: b }, development: true }
    metrics: { level: detailed, readers: [{ pull: { exporter: { prometheus: { port: 8888 } } } }] }
    resource: { service.name: mine, service.instance.id: null }
`
  const { service, warnings } = await loaded({ 'c.yaml': minimal.trimEnd() + telemetry })
  expect(service.telemetry.logs.level).toBe('debug')
  expect(service.telemetry.resource).toEqual({
    'service.name': 'mine',
    'service.instance.id': null,
  })
  expect(warnings.map((it) => it.path.slice(2).join('.'))).toEqual(['logs.development'])
})

test('a merged problem is reported in the file that wrote it', async () => {
  const problems = await refused({
    'a.yaml': minimal,
    'b.yaml': 'exporters:\n  debug:\n    verbosity: loud\n',
  })
  expect(problems[0]?.at).toMatchObject({ file: 'b.yaml', line: 3, column: 5 })
  expect(problems[0]?.at?.sourceLine).toBe('    verbosity: loud')
})

test('what came from a variable is shown with its reference, unless the field is secret', async () => {
  const text = `${minimal}  memory: { limit_mib: "\${env:LIMIT}" }\n  admin: { tokens: [{ name: a, token: [x], roles: ["\${env:ROLE}"] }] }\n`
  const problems = await refused({ 'c.yaml': text }, { env: { LIMIT: 'canary', ROLE: 'reed' } })
  expect(formatProblems(problems)).toContain('(found "canary" from ${env:LIMIT})')
  expect(formatProblems(problems)).toContain('did you mean read? (found "reed" from ${env:ROLE})')
  const secret = `${minimal}  admin: { tokens: [{ name: a, token: "\${env:T}", roles: [read, canary] }] }\n`
  const shown = formatProblems(
    await refused({ 'c.yaml': secret }, { env: { T: '{ a: canary2 }' } }),
  )
  expect(shown).not.toContain('canary2')
})

test('a reference that fails in a secret field is named without what it holds', async () => {
  const admin = '{ tokens: [{ name: a, token: "${env:T:-canary$x}", roles: [read] }] }'
  expect(await messages({ 'c.yaml': `${minimal}  admin: ${admin}\n` })).toEqual([
    "the uri [REDACTED] contains unsupported characters ('$')",
  ])
})

test('problems found later get their places from the configuration', async () => {
  const config = await loaded({ 'c.yaml': minimal })
  const path = ['service', 'pipelines', 'traces', 'exporters', 0]
  const [problem] = locateProblems(config, [{ path, message: 'is wrong' }])
  expect(problem).toMatchObject({ severity: 'error', at: { file: 'c.yaml', line: 8, column: 46 } })
  expect(config.locate(['service', 'nothing', 'here'], 'key')).toMatchObject({ line: 6, column: 1 })
  expect(config.locate(['receivers', 'otlp'], 'value')).toMatchObject({ line: 3, column: 9 })
})

test('one problem hides no other', async () => {
  const text = `
receivers: [otlp]
exporters: { debug: { x: 1 } }
service:
  pipelines: { traces: { receivers: [otlp], exporters: [debug] } }
  telemetry: 5
  memory: { limit_mib: -1 }
  more: 1
extra: 1
`
  expect((await refused({ 'c.yaml': text })).map((it) => it.path.join('.'))).toEqual([
    'receivers',
    'exporters.debug.x',
    'service.pipelines.traces.receivers.0',
    'service.telemetry',
    'service.memory.limit_mib',
    'service.more',
    'extra',
  ])
})

test('a configuration without anything is told all that it needs', async () => {
  expect(await messages({ 'c.yaml': 'service:\n' })).toEqual([
    'is missing: no receiver configuration specified in config',
    'is missing: no exporter configuration specified in config',
    'is missing: service must have at least one pipeline',
  ])
})

test('a file full of faults costs bounded time', async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `    verbosty${index}: x\n`).join('')
  const started = performance.now()
  const problems = await refused({ 'c.yaml': minimal.replace('  debug:\n', `  debug:\n${keys}`) })
  expect(problems).toHaveLength(20_000)
  expect(performance.now() - started).toBeLessThan(20_000)
})

interface Options {
  readonly sources?: readonly string[]
  readonly sets?: readonly string[]
  readonly env?: Record<string, string>
  readonly types?: SchemaCatalogue
}

function load(files: Record<string, string>, { sources, sets, env, types }: Options) {
  return loadConfig(
    sources ?? Object.keys(files),
    sets ?? [],
    types ?? catalogue,
    env ?? {},
    async (path) => {
      const text = files[path]
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
      return text
    },
  )
}

async function loaded(files: Record<string, string>, options: Options = {}): Promise<LoadedConfig> {
  const result = await load(files, options)
  if (!result.ok) throw new Error(formatProblems(result.problems))
  return result.config
}

async function refused(
  files: Record<string, string>,
  options: Options = {},
): Promise<readonly Problem[]> {
  const result = await load(files, options)
  return result.ok ? [] : result.problems
}

async function messages(files: Record<string, string>, options: Options = {}): Promise<string[]> {
  return (await refused(files, options)).map((it) => it.message)
}
