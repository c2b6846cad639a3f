/**
 * The product, built from its own parts: OTLP in over HTTP and gRPC, a traces pipeline, OTLP/HTTP
 * out, with the processors of `--processors=`; where a directory is given, with requests kept in it.
 * Answers questions by message.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createNoopMeter } from '@opentelemetry/api'
import { openStorage } from '../../../src/cli/open-storage.ts'
import { silentLog } from '../../../src/component/log.ts'
import { admissionBytes, MemoryLedger } from '../../../src/component/memory.ts'
import { machineScheduler } from '../../../src/component/scheduler.ts'
import { components } from '../../../src/components.ts'
import { storage as storageConfig } from '../../../src/config/storage.ts'
import { buildEngine } from '../../../src/pipeline/engine.ts'
import { byType } from '../../../src/pipeline/instances.ts'

const named = '--processors='
const given = process.argv.slice(2)
const processors =
  given
    .find((it) => it.startsWith(named))
    ?.slice(named.length)
    .split(',') ?? []
const [target = '', limitMib = '512', directory, acknowledge] = given.filter(
  (it) => !it.startsWith(named),
)
const anywhere = { endpoint: '127.0.0.1:0' }
const receiver = {
  protocols: { http: anywhere, grpc: anywhere },
  ...(acknowledge !== undefined && { acknowledge }),
}
const opened =
  directory === undefined
    ? undefined
    : await openStorage(storageConfig.parse({ directory, keep: 'requests' }), createNoopMeter())

const built = buildEngine({
  config: {
    receivers: configured('receivers', 'otlp', receiver),
    processors: new Map(processors.flatMap((it) => [...configured('processors', it, {})])),
    exporters: configured('exporters', 'otlp_http', { endpoint: target, compression: 'none' }),
    pipelines: [
      {
        id: 'traces',
        kind: 'traces',
        receivers: ['otlp'],
        processors,
        exporters: ['otlp_http'],
      },
    ],
  },
  catalogue: components,
  environment: {
    scheduler: machineScheduler,
    random: Math.random,
    log: () => silentLog,
    meter: createNoopMeter(),
    memory: new MemoryLedger(admissionBytes(Number(limitMib))),
    storage: opened?.engine,
  },
})
if (!built.ok) throw new Error(built.problems.map((it) => it.message).join('\n'))
const { engine } = built
await engine.start()
process.send?.(engine.instances.receivers.get('otlp')?.host.listening)
const resolutionMs = 10
const delays = monitorEventLoopDelay({ resolution: resolutionMs })
const questions: Readonly<Record<string, () => unknown>> = {
  status: () => engine.instances.exporters.get('otlp_http')?.host.document(),
  'watch loop': () => delays.enable(),
  /** 99th percentile in milliseconds; what is measured is the time between two timers. */
  'loop delay': () => {
    delays.disable()
    const p99Ms = Math.max(0, delays.percentile(99) / 1e6 - resolutionMs)
    delays.reset()
    return p99Ms
  },
}
process.on('message', (question) => process.send?.(questions[String(question)]?.()))
process.on('SIGTERM', async () => {
  await engine.stop(5_000)
  await opened?.store.close()
  process.exit(0)
})

/** One component with its settings as its schema reads them. */
function configured(
  place: 'receivers' | 'processors' | 'exporters',
  type: string,
  written: object,
) {
  const factory = byType<{ type: string; config: { parse(it: unknown): unknown } }>(
    components[place],
    { type },
  )
  return new Map([[type, { id: type, type, config: factory.config.parse(written) }]])
}
