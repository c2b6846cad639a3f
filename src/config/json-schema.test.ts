import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { schemas } from '../components.ts'
import { sections } from './catalogue.ts'
import { configSchema } from './json-schema.ts'
import { telemetry } from './telemetry.ts'

const schema = configSchema(schemas, 'test')
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema)

/** What an editor would mark, as `place message`. */
function marks(value: unknown): string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map((it) => `${it.instancePath} ${it.message}`)
}

/** Files in the style of public ones, all of which load. */
const corpus = 'test/corpus-config'

const yaml = (file: string): unknown => parse(readFileSync(file, 'utf8'))
const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((it) => it.isDirectory())
    .map(({ name }) => join(folder, name))

test.each([
  'collector.yaml',
  'examples/demo.yaml',
  ...foldersIn('pipelines').map((it) => join(it, 'pipeline.yaml')),
  ...readdirSync(corpus)
    .filter((it) => it.endsWith('.yaml'))
    .map((it) => join(corpus, it)),
])('%s is right', (file) => {
  expect(marks(yaml(file))).toEqual([])
})

const examples = sections.flatMap((section) =>
  foldersIn(section).map((folder) => [section, join(folder, 'example.yaml')] as const),
)

test.each(examples)('in %s, %s is right', (section, file) => {
  expect(marks({ [section]: yaml(file) })).toEqual([])
})

test.each([
  ['01-unknown-key', 'must NOT have additional properties'],
  ['03-unknown-type', 'must NOT have additional properties'],
  ['07-wrong-types', 'must be'],
  ['15-connectors', 'must NOT have additional properties'],
  ['16-several-faults', 'must NOT have additional properties'],
])('%s is marked', (name, mark) => {
  expect(marks(yaml(`test/fixtures/config/${name}.yaml`)).join('\n')).toContain(mark)
})

const otlp = (settings: object) => ({
  exporters: { 'otlp_http/a': { endpoint: 'x', ...settings } },
})

test('a reference may stand for anything, an empty value for a map', () => {
  const settings = {
    compression: '${env:HOW}',
    timeout: '${env:TIMEOUT:-5s}',
    max_idle_conns: '${env:N}',
    headers: '${file:headers.yaml}',
    sending_queue: { enabled: '${env:QUEUE}' },
  }
  expect(marks(otlp(settings))).toEqual([])
  expect(marks({ receivers: { otlp: { protocols: { grpc: null, http: null } } } })).toEqual([])
  expect(marks({ processors: { batch: null }, exporters: null })).toEqual([])
  expect(marks({ processors: '${file:processors.yaml}' })).toEqual([])
})

test('without a reference, a value has to be one of those that are allowed', () => {
  expect(marks(otlp({ max_idle_conns: 'many' })).join()).toContain('/max_idle_conns must match')
  expect(marks(otlp({ encoding: 'xml' })).join()).toContain('/encoding must be equal to one of')
  expect(marks(otlp({ sending_queue: { enabled: 'maybe' } })).join()).toContain(
    '/enabled must match',
  )
  expect(marks(otlp({ sending_queue: { enabled: 'yes' } }))).toEqual([])
})

test('old names are known, and marked as old; types that come later are not right', () => {
  expect(marks({ exporters: { 'otlphttp/b': { endpoint: 'x' } } })).toEqual([])
  expect(JSON.stringify(schema)).toContain('"deprecated":true')
  expect(marks({ exporters: { kafka: {} } })).not.toEqual([])
})

test('pipelines and service are described, with their usual values', () => {
  expect(
    marks({ service: { pipelines: { 'traces/2': { receivers: ['otlp'] }, alerts: {} } } }),
  ).toEqual([])
  expect(marks({ service: { pipelines: { profiles: {} } } })).not.toEqual([])
  expect(marks({ service: { pipelines: { traces: { receiver: [] } } } })).not.toEqual([])
  const text = JSON.stringify(schema)
  for (const description of Object.values(telemetry.shape.metrics.unwrap().shape)) {
    if (description.description) expect(text).toContain(JSON.stringify(description.description))
  }
  expect(text).toContain('"default":"localhost"')
})
