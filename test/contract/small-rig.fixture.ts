import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { buildEngine } from '../../src/pipeline/engine.ts'
import { aRequest } from '../support/build.ts'
import { aSink, type EngineModule, graph, type Sent, startMs } from './harness.ts'
import type { Sink } from './probes.ts'

/** The product, started with a fingerprint. */
export function withFingerprint(fingerprint: string): EngineModule {
  return { buildEngine: (options) => buildEngine({ ...options, fingerprint }) }
}

/** One pipeline from a receiver to sinks. */
export function onePipeline({
  receiver = 'probe_receiver',
  processors = ['probe_learn'],
  exporters = ['probe_fail/a'],
}: {
  readonly receiver?: string
  readonly processors?: readonly string[]
  readonly exporters?: readonly string[]
}) {
  return [{ id: 'traces', kind: 'traces' as const, receivers: [receiver], processors, exporters }]
}

/** A graph of one pipeline whose sink takes everything, after a while. */
export function toSink(
  pipeline: Parameters<typeof onePipeline>[0] = {},
  {
    sink = aSink(),
    delayMs = 0,
    capacity = 10,
    version = 1,
  }: {
    readonly sink?: Sink
    readonly delayMs?: number
    readonly capacity?: number
    readonly version?: number
  } = {},
) {
  const script = [{ kind: 'delivered' as const, delayMs }]
  return graph(onePipeline(pipeline), { 'probe_fail/a': { sink, capacity, script, version } })
}

export function clock(afterMs = 0): VirtualScheduler {
  return new VirtualScheduler(startMs + afterMs)
}

let spans = 0

/** A request with one span of its own. */
export function aTrace(traceId = '1'): Sent {
  const span = { traceId: traceId.padStart(32, '0'), spanId: `${++spans}`.padStart(16, '0') }
  const payload = aRequest('traces', [span])
  return { payload, keys: [], name: 'ok', outcomes: [], attempts: 0, extra: 0 }
}
