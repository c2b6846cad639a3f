import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { from } from 'rxjs'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import {
  alertsBatch,
  type Batch,
  factsBatch,
  type TelemetryBatch,
  telemetryBatch,
} from '../../src/component/batch.ts'
import type { Outcome } from '../../src/component/delivery.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { decode } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { aTask } from '../../test/support/facts.ts'
import { recordingLog, testSettings } from '../../test/support/settings.ts'
import { debugExporter } from './index.ts'

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'debug-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** What the exporter writes about batches, and how it settles them. */
async function shown(input: object, batches: readonly Batch[], scheduler = new VirtualScheduler()) {
  const path = join(aDirectory(), 'out')
  const outcomes: Outcome[] = []
  const closing: Promise<unknown>[] = []
  const log = recordingLog()
  let status: () => unknown = () => undefined
  const exporter = debugExporter.create(
    debugExporter.config.parse({ output_paths: [path], ...input }),
    testSettings({
      log,
      scheduler,
      closing: (work) => closing.push(work),
      status: (it) => {
        status = it
      },
    }),
  )
  const source = from(
    batches.map((batch) => ({ batch, settle: (it: Outcome) => outcomes.push(it) })),
  )
  await new Promise<void>((complete) => exporter.consume(source).subscribe({ complete }))
  await Promise.all(closing)
  const text = 'output_paths' in input ? '' : readFileSync(path, 'utf8')
  return { text, outcomes, log, status }
}

function batchOf(signal: Signal, data: object): TelemetryBatch {
  return telemetryBatch(decode(signal, fromJson(signal, JSON.stringify(data))))
}

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: `${value}` },
})

const anAgentSpan = batchOf('traces', {
  resourceSpans: [
    {
      resource: { attributes: [attribute('service.name', 'support')] },
      scopeSpans: [
        {
          scope: { name: 'sdk', version: '1.2' },
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name: 'chat gpt-5',
              kind: 3,
              startTimeUnixNano: '1544712660000000001',
              endTimeUnixNano: '1544712661250000001',
              status: { code: 2, message: 'canary said no' },
              attributes: [
                attribute('http.route', '/chat'),
                attribute('gen_ai.request.model', 'gpt-5'),
                attribute('gen_ai.input.messages', '[{"role":"user","content":"canary"}]'),
                attribute('gen_ai.usage.input_tokens', 12),
              ],
              events: [{ name: 'gen_ai.choice', attributes: [attribute('content', 'canary')] }],
            },
          ],
        },
      ],
    },
  ],
})

test('basic is a line a batch', async () => {
  const batches = [anAgentSpan, factsBatch('traces', [aTask()])]
  const { text, outcomes } = await shown({}, batches)
  expect(text).toBe(
    'Traces {"resource spans":1,"spans":1}\nTraces {"resource spans":0,"spans":0,"facts":1}\n',
  )
  expect(outcomes).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }])
})

test('normal is a line a span, with what the model was asked only counted', async () => {
  const { text } = await shown({ verbosity: 'normal' }, [anAgentSpan])
  expect(text).toBe(
    'span  chat gpt-5  1.25s  error  5b8efff7/eee19b7e  ' +
      'gen_ai.request.model=gpt-5 gen_ai.input.messages=<36 chars> ' +
      'gen_ai.usage.input_tokens=12 http.route=/chat\n',
  )
})

test('detailed is everything, texts and facts included', async () => {
  const batch = { ...anAgentSpan, facts: [aTask()] }
  const { text } = await shown({ verbosity: 'detailed' }, [batch])
  expect(text).toBe(`Resource
  attributes:
    service.name: support
Scope sdk
  version: 1.2
  Span chat gpt-5
    trace id: 5b8efff798038103d269b633813fc60c
    span id: eee19b7ec3c1b174
    kind: client
    start: 2018-12-13T14:51:00.000000001Z
    end: 2018-12-13T14:51:01.250000001Z
    duration: 1.25s
    status: error
    status message: canary said no
    attributes:
      http.route: /chat
      gen_ai.request.model: gpt-5
      gen_ai.input.messages: [{"role":"user","content":"canary"}]
      gen_ai.usage.input_tokens: 12
    event gen_ai.choice
      attributes:
        content: canary
Fact task
  traceId: 0af7651916cd43dd8448eb211c80319c
  spanId: b7ad6b7169203331
  atMs: 1767225601000
  evidence: status
  revision: 0
  agent: support-bot
  environment: default
  service: support-bot
  organization: default
  weight: 1
  startMs: 1767225600000
  endMs: 1767225601000
  outcome: good
  depth: 0
  llmCalls: 0
  toolCalls: 0
  failedToolCalls: 0
  inputTokens: 0
  outputTokens: 0
  cacheReadTokens: 0
  cacheWriteTokens: 0
  reasoningTokens: 0
  incompleteCalls: 0
  variants: {}
  isTruncated: false
`)
})

test('log records show their line, but not what an event about a model holds', async () => {
  const batch = batchOf('logs', {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                severityText: 'WARN',
                severityNumber: 13,
                body: { stringValue: 'disk\u001b[2Jfull' },
              },
              { severityNumber: 9, eventName: 'gen_ai.choice', body: { stringValue: 'canary' } },
              {
                severityNumber: 9,
                body: { stringValue: 'canary' },
                attributes: [attribute('event.name', 'gen_ai.user.message')],
              },
            ],
          },
        ],
      },
    ],
  })
  const { text } = await shown({ verbosity: 'normal' }, [batch])
  expect(text.split('\n')).toEqual([
    'log  WARN  disk\\e[2Jfull',
    'log  severity 9  gen_ai.choice  <6 chars>',
    'log  severity 9  <6 chars>  event.name=gen_ai.user.message',
    '',
  ])
  expect((await shown({ verbosity: 'detailed' }, [batch])).text).toContain('body: canary')
})

test('data points show their value', async () => {
  const point = { timeUnixNano: '1544712660000000000', attributes: [attribute('state', 'idle')] }
  const batch = batchOf('metrics', {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: 'cpu', unit: 's', sum: { dataPoints: [{ ...point, asInt: '7' }] } },
              {
                name: 'latency',
                histogram: {
                  dataPoints: [
                    {
                      ...point,
                      count: '3',
                      sum: 1.5,
                      bucketCounts: ['1', '2'],
                      explicitBounds: [1],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  })
  expect((await shown({ verbosity: 'normal' }, [batch])).text).toBe(
    'point  cpu  7  s  sum  state=idle\npoint  latency  count=3 sum=1.5  histogram  state=idle\n',
  )
  const { text } = await shown({ verbosity: 'detailed' }, [batch])
  expect(text).toContain('bounds: 1\n')
  expect(text).toContain('bucket counts: 1 2\n')
})

test('alerts are a line each', async () => {
  const batch = alertsBatch([
    {
      fingerprint: 'f',
      episode: 1,
      state: 'firing',
      signal: 'slo_burn_rate',
      severity: 'critical',
      summary: 'support fails',
      sinceMs: 0,
      labels: { agent: 'support' },
      evidence: {},
    },
  ])
  expect((await shown({}, [batch])).text).toBe('Alerts {"alerts":1,"firing":1}\n')
  expect((await shown({ verbosity: 'normal' }, [batch])).text).toBe(
    'alert  firing  critical  slo_burn_rate  support fails  agent=support  since 1970-01-01T00:00:00.000Z\n',
  )
  expect((await shown({ verbosity: 'detailed' }, [batch])).text).toContain('severity: critical')
})

test('the first batches of a second are shown, then each one of so many', async () => {
  const batches = Array.from({ length: 10 }, () => anAgentSpan)
  const lines = async (input: object) => (await shown(input, batches)).text.split('\n').length - 1
  expect(await lines({})).toBe(10)
  expect(await lines({ sampling_initial: 3, sampling_thereafter: 0 })).toBe(3)
  expect(await lines({ sampling_initial: 2, sampling_thereafter: 4 })).toBe(4)
})

test('writes into the own log when told to', async () => {
  const { log } = await shown({ use_internal_logger: true, output_paths: ['stdout'] }, [
    anAgentSpan,
  ])
  expect(log.lines).toEqual([
    { level: 'info', fields: {}, message: 'Traces {"resource spans":1,"spans":1}' },
  ])
})

test('a path that cannot be written costs a warning, not the batch', async () => {
  const { outcomes, log } = await shown({ output_paths: ['/nowhere/out'] }, [anAgentSpan])
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect(log.lines).toMatchObject([{ level: 'warn', message: 'Cannot write to an output path.' }])
})

test('what cannot be shown is let through and counted as a defect', async () => {
  const broken: Batch = { ...alertsBatch([]), alerts: [Object.create(null)] }
  const { outcomes, log, status } = await shown({ verbosity: 'normal' }, [broken, anAgentSpan])
  expect(outcomes).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }])
  expect(log.lines.map((it) => it.message)).toEqual(['Cannot show a batch.'])
  expect(status()).toEqual({
    ledger: { received: 2, delivered: 1, rejected: 0, dropped: { defect: 1 }, held: 0 },
  })
})

test('a reader that is too slow loses lines, and is told how many', async () => {
  const path = join(aDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(reader))
  const batches = Array.from({ length: 40_000 }, () => anAgentSpan)
  const written = shown({ output_paths: [path] }, batches)
  const pieces: Buffer[] = []
  let isDone = false
  void written.then(() => (isDone = true))
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    pieces.push(...readAll(reader))
  }
  pieces.push(...readAll(reader))
  const text = Buffer.concat(pieces).toString()
  const [, dropped] = /^(\d+) lines left out: the reader is slower$/m.exec(text) ?? []
  const lines = text.split('\n').filter((it) => it.startsWith('Traces')).length
  expect(lines).toBeLessThan(40_000)
  expect(lines + Number(dropped)).toBe(40_000)
})

function readAll(reader: number): Buffer[] {
  const pieces: Buffer[] = []
  const buffer = Buffer.alloc(65_536)
  try {
    for (let size = readSync(reader, buffer); size > 0; size = readSync(reader, buffer)) {
      pieces.push(Buffer.from(buffer.subarray(0, size)))
    }
  } catch {
    // Nothing to read yet.
  }
  return pieces
}

test('the example loads', () => {
  const example = parse(readFileSync(new URL('example.yaml', import.meta.url), 'utf8'))
  expect(debugExporter.config.safeParse(example.debug).success).toBe(true)
})
