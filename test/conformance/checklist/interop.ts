import { items, nightly, notYet, proven } from './item.ts'

const upstream = 'test/nightly/upstream.nightly.ts'
const sdk = 'receivers/otlp/sdk.test.ts'
const noToolchain = 'its tool chain is not part of the nightly job'

export const interop = items('interop', [
  [
    'javascript',
    'What the JavaScript SDK sends as JSON, as protobuf and over gRPC arrives, in its meaning unchanged.',
    proven(
      [sdk, 'spans of the JavaScript SDK arrive as %s'],
      [sdk, 'log records of the JavaScript SDK arrive as %s'],
      [sdk, 'metrics of the JavaScript SDK arrive as %s'],
      [
        'test/e2e/sdk.test.ts',
        '${signal} of the JavaScript SDK (${how}) pass two collectors unchanged in meaning',
      ],
    ),
  ],
  [
    'python',
    'What the Python SDK sends over both protocols arrives.',
    nightly([
      'test/nightly/python.nightly.ts',
      'sends traces, logs and metrics over ${protocol}, and all of it arrives',
    ]),
  ],
  [
    'go',
    'What the Go SDK sends over both protocols, in upstream’s load generator, arrives once.',
    nightly([
      'test/nightly/telemetrygen.nightly.ts',
      'sends ${spanCount} spans over ${protocol}, and each arrives once',
    ]),
  ],
  ['java', 'What the Java SDK sends arrives.', notYet(noToolchain)],
  ['dotnet', 'What the .NET SDK sends arrives.', notYet(noToolchain)],
  ['rust', 'What the Rust SDK sends arrives.', notYet(noToolchain)],
  [
    'upstream',
    'Through an upstream collector before us and one behind us, over both protocols, all that an SDK sends arrives.',
    nightly([upstream, '${signal}: what the JavaScript SDK sends arrives']),
  ],
  [
    'every_field',
    'So does every field of OTLP: ids, timestamps, flags, trace state, dropped counts, schema URLs, scope attributes, exemplars, exponential histograms and event names of logs.',
    nightly(
      [upstream, '${signal}: every field of OTLP arrives as it was sent'],
      [upstream, '${signal}: requests of any shape arrive'],
    ),
  ],
  [
    'unknown_fields',
    'Fields that our schema does not know pass us byte for byte.',
    proven([
      'test/e2e/sdk.test.ts',
      'what no schema of ours knows passes two collectors byte for byte',
    ]),
  ],
])
