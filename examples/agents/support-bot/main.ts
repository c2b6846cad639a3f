import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'
import { agentName, agentVersion, recordRun } from './record.ts'
import { supportRuns } from './runs.ts'
import { Tally } from './tally.ts'

const usage = `Usage: node examples/agents/support-bot/main.ts [options]

  --rate <runs>   agent runs per second (default 2)
  --seed <int>    same seed, same sequence of runs (default 1)
  --runs <int>    stop after so many runs (default: run until Ctrl-C)

Sends to OTEL_EXPORTER_OTLP_ENDPOINT, http://127.0.0.1:4318 unless set.`

const { rate, seed, runs } = options()
process.env.OTEL_EXPORTER_OTLP_ENDPOINT ??= 'http://127.0.0.1:4318'
process.env.OTEL_SERVICE_NAME ??= agentName
process.env.OTEL_RESOURCE_ATTRIBUTES ??= `service.version=${agentVersion},deployment.environment.name=demo`
process.env.OTEL_LOG_LEVEL ??= 'error'
process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,serviceinstance'

const sdk = new NodeSDK({
  spanProcessors: [
    new BatchSpanProcessor({
      exporter: new OTLPTraceExporter(),
      scheduledDelayMillis: 500,
      maxQueueSize: 32_768,
    }),
  ],
  metricReaders: [],
  logRecordProcessors: [],
})
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

sdk.start()
const { OTEL_EXPORTER_OTLP_ENDPOINT: to } = process.env
console.log(`${rate} runs per second to ${to}, seed ${seed}`)
await simulate(stop.signal)
await sdk.shutdown().catch((cause) => {
  console.error(`the last spans were not taken by ${to}: ${cause.message}`)
  process.exitCode = 1
})

/** Gives runs to the SDK at the chosen rate, and says from time to time what they were. */
async function simulate(signal: AbortSignal): Promise<void> {
  const tracer = trace.getTracer(agentName, agentVersion)
  const total = new Tally()
  let recent = new Tally()
  const startMs = performance.now()
  const reportEvery = Math.ceil(rate * 2)

  for (const run of supportRuns(seed)) {
    if (total.runs === runs) break
    if (!(await waitUntil(startMs + (total.runs * 1_000) / rate, signal))) break
    recordRun(tracer, run)
    total.add(run)
    recent.add(run)
    if (total.runs % reportEvery === 0) {
      console.log(recent.sentence())
      recent = new Tally()
    }
  }
  console.log(`sent in all: ${total.sentence()}`)
}

/** Waits until `dueMs`, and lets the SDK work where that has passed; `false` when asked to stop. */
async function waitUntil(dueMs: number, signal: AbortSignal): Promise<boolean> {
  const delayMs = dueMs - performance.now()
  if (delayMs > 0) await sleep(delayMs, undefined, { signal }).catch(() => {})
  else await breathe()
  return !signal.aborted
}

function options(): { rate: number; seed: number; runs: number } {
  const number = (name: string, text: string, isGood: (value: number) => boolean): number => {
    const value = Number(text)
    if (text !== '' && isGood(value)) return value
    return refuse(`--${name} cannot be ${text}`)
  }
  const { rate, seed, runs, help } = args()
  if (help) {
    console.log(usage)
    process.exit(0)
  }
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0
  return {
    rate: number('rate', rate, (value) => value > 0 && value <= 10_000),
    seed: number('seed', seed, isCount),
    runs: runs === undefined ? Number.POSITIVE_INFINITY : number('runs', runs, isCount),
  }
}

function args() {
  try {
    return parseArgs({
      options: {
        rate: { type: 'string', default: '2' },
        seed: { type: 'string', default: '1' },
        runs: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : String(cause))
  }
}

function refuse(message: string): never {
  console.error(`${message}\n\n${usage}`)
  process.exit(1)
}
