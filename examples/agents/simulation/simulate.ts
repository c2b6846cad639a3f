import { type Tracer, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'
import { type Options, readOptions } from './options.ts'
import { follow, waitUntil } from './pace.ts'
import type { Agent, Run, Step } from './steps.ts'
import { Tally } from './tally.ts'

/** An agent that can be simulated. */
export interface Simulated {
  readonly agent: Agent
  /** Runs per second, unless the command line says otherwise. */
  readonly usualRate: number
  /** Runs without end; the same seed gives the same ones. */
  readonly runs: (seed: number) => Generator<Run, never>
}

/** Runs that are followed at the same time; further ones are sent at their end. */
const maxOpenRuns = 100
const reportEverySeconds = 4

/** Runs an agent as a process of its own: reads the command line, sends until told to stop. */
export async function simulate({ agent, usualRate, runs }: Simulated): Promise<void> {
  const options = readOptions(agent.name, usualRate)
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT ??= 'http://127.0.0.1:4318'
  process.env.OTEL_SERVICE_NAME ??= agent.name
  process.env.OTEL_RESOURCE_ATTRIBUTES ??= `service.version=${agent.version},deployment.environment.name=demo`
  process.env.OTEL_LOG_LEVEL ??= 'error'
  process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,serviceinstance'
  const { OTEL_EXPORTER_OTLP_ENDPOINT: to } = process.env

  const sdk = newSdk()
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())

  sdk.start()
  console.log(`${options.rate} runs per second to ${to}, seed ${options.seed}`)
  await send(runs, trace.getTracer(agent.name, agent.version), options, stop.signal)
  await sdk.shutdown().catch((cause) => {
    console.error(`the last spans were not taken by ${to}: ${cause.message}`)
    process.exitCode = 1
  })
}

function newSdk(): NodeSDK {
  return new NodeSDK({
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
}

/** Gives runs to the SDK at the chosen rate, and says from time to time what they were. */
async function send(
  runs: Simulated['runs'],
  tracer: Tracer,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const total = new Tally()
  let recent = new Tally()
  const onSpan = (step: Step, errorType: string | undefined, isRoot: boolean) => {
    for (const tally of [total, recent]) {
      tally.addSpan(step, errorType)
      if (isRoot) tally.addRun(errorType)
    }
  }
  const open = new Set<Promise<void>>()
  const startMs = performance.now()
  const reportEvery = Math.ceil(options.rate * reportEverySeconds)
  let begun = 0

  for (const run of runs(options.seed)) {
    if (begun === options.runs) break
    if (!(await waitUntil(startMs + (begun * 1_000) / options.rate, signal))) break
    begun++
    const speed = run.isFollowed && open.size < maxOpenRuns ? options.speed : undefined
    const following = follow(run, speed, signal, tracer, (step, errorType) =>
      onSpan(step, errorType, step === run.root),
    )
    if (following !== undefined) {
      open.add(following)
      void following.then(() => open.delete(following))
    }
    if (begun % reportEvery === 0) {
      console.log(recent.sentence(open.size))
      recent = new Tally()
    }
  }
  await Promise.all(open)
  console.log(`sent in all: ${total.sentence()}`)
}
