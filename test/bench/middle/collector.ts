/** The product, built from its own parts: OTLP/HTTP in, a traces pipeline, OTLP/HTTP out. */
import { createNoopMeter } from '@opentelemetry/api'
import { silentLog } from '../../../src/component/log.ts'
import { admissionBytes, MemoryLedger } from '../../../src/component/memory.ts'
import { machineScheduler } from '../../../src/component/scheduler.ts'
import { components } from '../../../src/components.ts'
import { buildEngine } from '../../../src/pipeline/engine.ts'
import { byType } from '../../../src/pipeline/instances.ts'

const [target = '', limitMib = '512'] = process.argv.slice(2)
const receiver = byType(components.receivers, { type: 'otlp' })
const exporter = byType(components.exporters, { type: 'otlp_http' })

const built = buildEngine({
  config: {
    receivers: new Map([
      [
        'otlp',
        configured(
          'otlp',
          receiver.config.parse({ protocols: { http: { endpoint: '127.0.0.1:0' } } }),
        ),
      ],
    ]),
    processors: new Map(),
    exporters: new Map([
      [
        'otlp_http',
        configured('otlp_http', exporter.config.parse({ endpoint: target, compression: 'none' })),
      ],
    ]),
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
process.send?.(engine.instances.receivers.get('otlp')?.host.listening[0])
process.on('message', () =>
  process.send?.(engine.instances.exporters.get('otlp_http')?.host.document()),
)
process.on('SIGTERM', async () => {
  await engine.stop(5_000)
  process.exit(0)
})

function configured(id: string, config: unknown) {
  return { id, type: id, config }
}
