import type { Meter } from '@opentelemetry/api'
import { map, Observable, type Subscriber } from 'rxjs'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Batch } from '../component/batch.ts'
import { type Delivery, delivered, type Outcome } from '../component/delivery.ts'
import { defineExporter, defineProcessor, defineReceiver } from '../component/factory.ts'
import { foldBatches } from '../component/fold-facts.ts'
import { silentLog } from '../component/log.ts'
import { mapBatches } from '../component/map-batches.ts'
import { MemoryLedger } from '../component/memory.ts'
import { machineScheduler } from '../component/scheduler.ts'
import { buildEngine, type Engine } from './engine.ts'
import type { Environment } from './host.ts'

const config = z.unknown()
const any = { type: '', config: {} }
const pipelines = (['traces', 'logs', 'metrics'] as const).map((kind) => ({
  id: kind,
  kind,
  receivers: ['hand'],
  processors: ['learn', 'pass', 'hold'],
  exporters: ['sink'],
}))

/** A graph with one component of each sort; a test sends by hand and says what the sink answers. */
export interface SmallGraph {
  readonly engine: Engine
  readonly sunk: readonly Batch[]
  /** What the sink answers from here on. */
  answer(outcome: Outcome): void
  send(batch: Batch): Promise<Outcome>
}

export async function smallGraph(
  environment: Partial<Environment> & { readonly meter: Meter },
): Promise<SmallGraph> {
  const sunk: Batch[] = []
  const open: Subscriber<Delivery>[] = []
  let outcome: Outcome = delivered
  const hand = defineReceiver({
    type: 'hand',
    config,
    create: (_config, { started }) =>
      new Observable((subscriber) => {
        open.push(subscriber)
        started()
      }),
  })
  const sink = defineExporter({
    type: 'sink',
    config,
    create: () => (source) =>
      new Observable((subscriber) =>
        source.subscribe({
          next({ batch, settle }) {
            sunk.push(batch)
            settle(outcome)
          },
          complete: () => subscriber.complete(),
        }),
      ),
  })
  const learn = defineProcessor({ type: 'learn', config, create: () => foldBatches({}) })
  const pass = defineProcessor({ type: 'pass', config, create: () => mapBatches((it) => it) })
  const hold = defineProcessor({
    type: 'hold',
    config,
    create: () => ({ kind: 'operator', operator: map((it) => it) }),
  })
  const only = (...types: string[]) =>
    new Map(types.map((type) => [type, { ...any, id: type, type }]))
  const built = buildEngine({
    config: {
      receivers: only('hand'),
      processors: only('learn', 'pass', 'hold'),
      exporters: only('sink'),
      pipelines,
    },
    catalogue: { receivers: [hand], processors: [learn, pass, hold], exporters: [sink] },
    environment: {
      scheduler: machineScheduler,
      random: () => 0.5,
      log: () => silentLog,
      memory: new MemoryLedger(1 << 20),
      ...environment,
    },
  })
  if (!built.ok) throw new Error(built.problems.map((it) => it.message).join('\n'))
  const { engine } = built
  await engine.start()
  onTestFinished(() => engine.kill())
  return {
    engine,
    sunk,
    answer(its) {
      outcome = its
    },
    send: (batch) =>
      new Promise((resolve) => {
        for (const subscriber of open) subscriber.next({ batch, settle: resolve })
      }),
  }
}
