import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { catalogue } from '../../test/fixtures/config/catalogue.ts'
import { loadConfig } from './load.ts'
import { printConfig } from './print.ts'

async function load(telemetry: string) {
  const text = `
receivers: { otlp: { protocols: { grpc: } } }
exporters: { debug: }
service:
  pipelines: { traces: { receivers: [otlp], exporters: [debug] } }
  telemetry: ${telemetry}
`
  const result = await loadConfig([`yaml:${text}`], [], catalogue, {})
  if (result.ok) return { config: result.config, problems: [] }
  const problems = result.problems.map(
    ({ path, message }) => `${path.slice(2).join('.')} ${message}`,
  )
  return { problems }
}

const usual = {
  host: 'localhost',
  port: 8888,
  without_scope_info: true,
  without_units: true,
  without_type_suffix: true,
}

test('metrics are at localhost:8888 unless it says otherwise', async () => {
  for (const written of ['{}', '{ metrics: }', '{ metrics: { level: normal } }']) {
    const { config } = await load(written)
    const { metrics } = config?.service.telemetry ?? {}
    expect(metrics?.level).toBe('normal')
    expect(metrics?.readers).toEqual([{ pull: { exporter: { prometheus: usual } } }])
  }
  const readers = '[{ pull: { exporter: { prometheus: } } }]'
  const { config } = await load(`{ metrics: { readers: ${readers} } }`)
  expect(config?.service.telemetry.metrics.readers[0]?.pull?.exporter.prometheus).toEqual(usual)
})

test.each([
  [
    '{ metrics: { readers: [] } }',
    'metrics.readers collector telemetry metrics reader should exist when metric level is not none',
  ],
  ['{ metrics: { readers: [{}] } }', 'metrics.readers.0 must have exactly one of pull or periodic'],
  [
    '{ metrics: { address: ":8888" } }',
    'metrics.address is the old shape: write readers: [{ pull: { exporter: { prometheus: { host: localhost, port: 8888 } } } }]',
  ],
  [
    '{ metrics: { readers: [{ periodic: { exporter: { otlp: { protocol: grpc/protobuf } } } }] } }',
    'metrics.readers.0.periodic.exporter.otlp.protocol comes later and is not supported yet: write http/protobuf, at port 4318',
  ],
  [
    '{ metrics: { readers: [{ periodic: { exporter: { console: {} } } }] } }',
    'metrics.readers.0.periodic.exporter.console comes later and is not supported yet: write otlp',
  ],
  [
    '{ traces: { processors: [{ batch: { max_export_batch_size: 9, max_queue_size: 8, exporter: { otlp: {} } } }] } }',
    'traces.processors.0.batch.max_export_batch_size must not be larger than max_queue_size',
  ],
  [
    '{ traces: { sampler: { always_on: {}, always_off: {} } } }',
    'traces.sampler must have exactly one of always_on, always_off, trace_id_ratio_based, parent_based',
  ],
  [
    '{ traces: { sampler: { parent_based: { root: { always_on: , always_off: } } } } }',
    'traces.sampler.parent_based.root must have exactly one of always_on, always_off, trace_id_ratio_based',
  ],
])('%s is refused', async (written, problem) => {
  expect((await load(written)).problems).toContain(problem)
})

test('nothing has to read metrics that nobody wants', async () => {
  const { config } = await load('{ metrics: { level: none, readers: [] } }')
  expect(config?.service.telemetry.metrics).toMatchObject({ level: 'none', readers: [] })
})

test('credentials of our own exporters are shown nowhere', async () => {
  const otlp = {
    endpoint: 'https://user:canary@host:4318/v1/x?key=canary',
    headers: { Authorization: 'canary' },
  }
  const listed = { ...otlp, headers: [{ name: 'Authorization', value: 'canary' }] }
  const { config } = await load(
    JSON.stringify({
      metrics: { readers: [{ periodic: { exporter: { otlp } } }] },
      traces: {
        processors: [{ simple: { exporter: { otlp } } }, { batch: { exporter: { otlp: listed } } }],
      },
    }),
  )
  if (config === undefined) throw new Error('refused')
  const shown = printConfig(config)
  expect(shown).not.toContain('canary')
  expect(stringify(parse(shown).service.telemetry)).toContain('[REDACTED]')
})
