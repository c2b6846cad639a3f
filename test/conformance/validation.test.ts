import { expect, test } from 'vitest'
import { schemas } from '../../src/components.ts'
import { loadConfig } from '../../src/config/load.ts'
import { built, graphOf } from './building.ts'

/** What the collector says of a configuration, as `path message`, one a line. */
async function saidOf(text: string): Promise<string> {
  const readFile = () => Promise.resolve(text)
  const result = await loadConfig(['c.yaml'], [], schemas, {}, readFile)
  if (!result.ok) return shown(result.problems)
  const graph = built(graphOf(result.config))
  return shown(graph.ok ? result.config.warnings : graph.problems)
}

function shown(problems: readonly { path: readonly (string | number)[]; message: string }[]) {
  return problems.map((it) => `${it.path.join('::')}: ${it.message}`).join('\n')
}

const receivers = 'receivers: { otlp: { protocols: { http: } } }\n'
const exporters = 'exporters: { debug: }\n'
const pipelines = 'service: { pipelines: { traces: { receivers: [otlp], exporters: [debug] } } }\n'

test.each([
  [
    'an unknown section',
    `${receivers}${exporters}${pipelines}exporter: {}\n`,
    "exporter: is no section of a configuration: '' has invalid keys: exporter",
  ],
  [
    'an unknown key in a component',
    `${receivers}exporters: { debug: { verbosty: basic } }\n${pipelines}`,
    'exporters::debug::verbosty: is no setting of debug; did you mean verbosity?',
  ],
  [
    'an unknown type',
    `${receivers}exporters: { debug: , otlp_htpp/b: }\n${pipelines}`,
    'exporters::otlp_htpp/b: unknown type: "otlp_htpp" for id: "otlp_htpp/b" (valid values: [debug file otlp_grpc otlp_http])',
  ],
  [
    'a wrong type',
    `${receivers}exporters: { debug: { sampling_initial: few } }\n${pipelines}`,
    "expected type 'int', got unconvertible type 'string'",
  ],
  [
    'no receivers',
    `${exporters}${pipelines}`,
    'receivers: is missing: no receiver configuration specified in config',
  ],
  [
    'no exporters',
    `${receivers}${pipelines}`,
    'exporters: is missing: no exporter configuration specified in config',
  ],
  [
    'no pipelines',
    `${receivers}${exporters}service: {}\n`,
    'service::pipelines: is missing: service must have at least one pipeline',
  ],
  [
    'a pipeline without a receiver',
    `${receivers}${exporters}service: { pipelines: { traces: { exporters: [debug] } } }\n`,
    'service::pipelines::traces::receivers: must have at least one receiver',
  ],
  [
    'a pipeline without an exporter',
    `${receivers}${exporters}service: { pipelines: { traces: { receivers: [otlp] } } }\n`,
    'service::pipelines::traces::exporters: must have at least one exporter',
  ],
  [
    'a receiver that is not there',
    `${receivers}${exporters}${pipelines.replace('[otlp]', '[otlp/b]')}`,
    'service::pipelines::traces::receivers::0: references receiver "otlp/b" which is not configured',
  ],
  [
    'a processor that is not there',
    `${receivers}${exporters}${pipelines.replace('[otlp]', '[otlp], processors: [batch]')}`,
    'references processor "batch" which is not configured',
  ],
  [
    'an exporter that is not there',
    `${receivers}${exporters}${pipelines.replace('[debug]', '[debug, file]')}`,
    'references exporter "file" which is not configured',
  ],
  [
    'an extension that is not there',
    `${receivers}${exporters}${pipelines.replace('service: {', 'service: { extensions: [zpages],')}`,
    'service::extensions::0: references extension "zpages" which is not configured',
  ],
  [
    'a processor twice in one pipeline',
    `${receivers}${exporters}processors: { batch: }\n${pipelines.replace('[otlp]', '[otlp], processors: [batch, batch]')}`,
    'references processor "batch" multiple times',
  ],
  [
    'a connector',
    `${receivers}${exporters}connectors: { forward: }\n${pipelines}`,
    'connectors::forward: forward cannot be used, connectors are not supported: a processor that derives something stands itself under receivers: of the other pipeline',
  ],
  [
    'a signal that a component does not know',
    `${receivers}${exporters}${pipelines.replace('traces', 'alerts')}`,
    'telemetry type is not supported: otlp knows traces, logs, metrics, not alerts',
  ],
  [
    'a check of a component that fails',
    `${receivers}exporters: { debug: , otlp_grpc: { endpoint: "h:1", retry_on_failure: { multiplier: -1 } } }\n${pipelines}`,
    'exporters::otlp_grpc::retry_on_failure::multiplier: multiplier value must be greater than or equal to 0',
  ],
  ['an empty file', '# nothing\n', 'empty configuration file'],
  [
    'a text in place of a map',
    'receivers\n',
    'retrieved value (type=string) cannot be used as a Conf',
  ],
  ['bad YAML', `${receivers}exporters: { debug: "\n`, 'contents are not valid YAML'],
  [
    'a duplicate key',
    `${receivers}exporters: { debug: , debug: }\n${pipelines}`,
    'mapping key "debug" already defined at line 2',
  ],
  [
    'a component that no pipeline uses',
    `${receivers}exporters: { debug: , debug/b: }\n${pipelines}`,
    'exporters::debug/b: is configured but in no pipeline',
  ],
])('%s is told', async (_, text, sentence) => {
  expect(await saidOf(text)).toContain(sentence)
})

test('checks of one component are told together', async () => {
  const retry = '{ multiplier: -1, randomization_factor: 2 }'
  const queue = '{ num_consumers: 0, queue_size: 0 }'
  const said = await saidOf(
    `${receivers}exporters: { debug: , otlp_grpc: { endpoint: "", retry_on_failure: ${retry}, sending_queue: ${queue} } }\n${pipelines}`,
  )
  for (const sentence of [
    'requires a non-empty "endpoint"',
    'multiplier value must be greater than or equal to 0',
    'randomization_factor value must be less than or equal to 1',
    '`num_consumers` must be positive',
    '`queue_size` must be positive',
  ]) {
    expect(said).toContain(sentence)
  }
})

test('a receiver without protocols, and an exporter without endpoint, are told in the known words', async () => {
  expect(await saidOf(`receivers: { otlp: }\n${exporters}${pipelines}`)).toContain(
    'must specify at least one protocol when using the OTLP receiver',
  )
  const http = pipelines.replace('[debug]', '[otlp_http]')
  expect(await saidOf(`${receivers}exporters: { otlp_http: }\n${http}`)).toContain(
    'at least one endpoint must be specified',
  )
})
