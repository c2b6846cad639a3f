/** The product, built from its own parts: OTLP in over HTTP and gRPC, a traces pipeline, OTLP/HTTP out. */
import { createNoopMeter } from '@opentelemetry/api'
import { silentLog } from '../../../src/component/log.ts'
import { admissionBytes, MemoryLedger } from '../../../src/component/memory.ts'
import { machineScheduler } from '../../../src/component/scheduler.ts'
import { components } from '../../../src/components.ts'
import { buildEngine } from '../../../src/pipeline/engine.ts'
import { byType } from '../../../src/pipeline/instances.ts'

const [target = '', limitMib = '512'] = process.argv.slice(2)
const anywhere = { endpoint: '127.0.0.1:0' }

const built = buildEngine({
  config: {
    receivers: configured('receivers', 'otlp', { protocols: { http: anywhere, grpc: anywhere } }),
    processors: new Map(),
    exporters: configured('exporters', 'otlp_http', { endpoint: target, compression: 'none' }),
    pipelines: [
      {
        id: 'traces',
        kind: 'traces',
        receivers: ['otlp'],
        processors: [],
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
  },
})
if (!built.ok) throw new Error(built.problems.map((it) => it.message).join('\n'))
const { engine } = built
await engine.start()
process.send?.(engine.instances.receivers.get('otlp')?.host.listening)
process.on('message', () =>
  process.send?.(engine.instances.exporters.get('otlp_http')?.host.document()),
)
process.on('SIGTERM', async () => {
  await engine.stop(5_000)
  process.exit(0)
})

/** One component with its settings as its schema reads them. */
function configured(place: 'receivers' | 'exporters', type: string, written: object) {
  const factory = byType<{ type: string; config: { parse(it: unknown): unknown } }>(
    components[place],
    { type },
  )
  return new Map([[type, { id: type, type, config: factory.config.parse(written) }]])
}
