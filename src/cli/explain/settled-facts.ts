import { z } from 'zod'
import { delivered } from '../../component/delivery.ts'
import {
  defineExporter,
  defineProcessor,
  defineReceiver,
  type ProcessorFactory,
} from '../../component/factory.ts'
import { silentLog } from '../../component/log.ts'
import { mapBatches } from '../../component/map-batches.ts'
import { loadConfig } from '../../config/load.ts'
import type { Fact } from '../../facts/fact.ts'
import type { Payload } from '../../pdata/payload.ts'
import { replaySteps, startMs } from '../replay/replay-steps.ts'
import type { Step } from '../replay/steps.ts'

/** When all requests come, and how long the processor may wait for their traces. */
export interface Times {
  /** Unix time; no span ends later. */
  readonly atMs: number
  readonly settleMs: number
}

/**
 * All that the processor tells of requests until their traces have settled, in virtual time.
 *
 * @param config of the processor, as its schema made it
 */
export async function settledFacts(
  payloads: readonly Payload[],
  genai: ProcessorFactory,
  config: unknown,
  { atMs, settleMs }: Times,
): Promise<readonly Fact[]> {
  const told: Fact[] = []
  const catalogue = {
    receivers: [input],
    processors: [genai, listener((fact) => told.push(fact))],
    exporters: [output],
  }
  const loaded = await loadConfig([`yaml:${JSON.stringify(written)}`], [], catalogue, {})
  if (!loaded.ok) throw new Error(loaded.problems.map((it) => it.message).join('\n'))
  const processors = new Map(loaded.config.processors)
  processors.set('genai', { id: 'genai', type: 'genai', config, path: ['processors', 'genai'] })
  const comesMs = Math.max(0, atMs - startMs)
  const steps = payloads.map((payload): Step => {
    return { atMs: comesMs, kind: 'request', receiver: 'input', payload }
  })
  steps.push({ atMs: comesMs + settleMs, kind: 'nothing' })
  await replaySteps({ ...loaded.config, processors }, catalogue, steps, silentLog)
  return told
}

const chain = { receivers: ['input'], processors: ['genai', 'listener'], exporters: ['output'] }

const written = {
  receivers: { input: {} },
  processors: { genai: {}, listener: {} },
  exporters: { output: {} },
  service: { pipelines: { traces: chain, logs: chain } },
}

const config = z.strictObject({})

/** The replay puts its own ends in place of these. */
function never(): never {
  throw new Error('is replaced and never made')
}

const input = defineReceiver({ type: 'input', config, create: never })
const output = defineExporter({ type: 'output', config, create: never })

/** Hears every fact; what passes ends here. */
function listener(hear: (fact: Fact) => void): ProcessorFactory {
  return defineProcessor({
    type: 'listener',
    config,
    create: () =>
      mapBatches((batch) => {
        if (batch.kind !== 'alerts') batch.facts.forEach(hear)
        return delivered
      }),
  })
}
