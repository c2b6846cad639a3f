import { createNoopMeter } from '@opentelemetry/api'
import { telemetryBatch } from '../../component/batch.ts'
import type { Outcome } from '../../component/delivery.ts'
import type { Catalogue } from '../../component/factory.ts'
import type { Log } from '../../component/log.ts'
import { MemoryLedger } from '../../component/memory.ts'
import { settleAll, VirtualScheduler } from '../../component/virtual-scheduler.ts'
import type { LoadedConfig } from '../../config/load.ts'
import type { Engine } from '../../pipeline/engine.ts'
import { build } from '../load.ts'
import { type Captured, captured } from './captured.ts'
import { seededRandom } from './seeded-random.ts'
import { type StandIns, standIns } from './stand-ins.ts'
import type { Step } from './steps.ts'

/** What a pipeline did with its steps. */
export interface Replayed {
  /** What the exporters got, in order. */
  readonly captured: readonly Captured[]
  /** What the clients would have been told, one for each request. */
  readonly answers: readonly Outcome[]
  /** Throws of components: each is a defect. */
  readonly componentErrors: number
}

/** Unix time at which every replay starts. */
export const startMs = Date.UTC(2026, 0, 1)
const stopMs = 25_000

/**
 * Runs steps through a configuration, in virtual time and with seeded chance: the same steps give
 * the same answer, always. The next step is taken only when nothing is in flight.
 */
export async function replaySteps(
  config: LoadedConfig,
  catalogue: Catalogue,
  steps: readonly Step[],
  log: Log,
): Promise<Replayed> {
  const kept: Captured[] = []
  const answers: Outcome[] = []
  const scheduler = new VirtualScheduler(startMs)
  const ends = standIns(catalogue, (exporter, batch) => {
    kept.push(captured(scheduler.now() - startMs, exporter, batch))
  })
  const engine = build(config, {
    catalogue: ends.catalogue,
    environment: {
      scheduler,
      random: seededRandom(1),
      log: () => log,
      meter: createNoopMeter(),
      memory: new MemoryLedger(config.service.memory.limit_mib * 1024 * 1024),
    },
  })
  await engine.start()
  for (const step of steps) {
    await scheduler.advanceTo(startMs + step.atMs, () => quiet(engine, scheduler))
    take(step, engine, ends, answers)
  }
  await drain(engine, scheduler)
  return { captured: kept, answers, componentErrors: engine.progress.componentErrors }
}

function take(step: Step, engine: Engine, ends: StandIns, answers: Outcome[]): void {
  if (step.kind === 'request') {
    const settle = (outcome: Outcome) => void answers.push(outcome)
    ends.receive(step.receiver, { batch: telemetryBatch(step.payload), settle })
  }
  if (step.kind === 'result') {
    engine.commit({ kind: 'result', component: step.component, body: step.body })
  }
  if (step.kind === 'command') {
    const { component, name, body } = step
    const command = engine.commands.find((it) => it.component === component && it.name === name)
    if (command === undefined) throw new Error(`${component} has no command ${name}`)
    command.body.parse(body)
    engine.commit({ kind: 'command', component, name, actor: 'replay', body })
  }
}

/** Turns of the event loop after which work that waits for no time will not come to rest. */
const maxTurns = 10_000

/** Waits until nothing is in flight; what waits for time to pass is at rest. */
async function quiet(engine: Engine, scheduler: VirtualScheduler): Promise<void> {
  for (let turn = 0; turn < maxTurns; turn++) {
    await settleAll()
    const { unsettled, derivedHeld } = engine.progress
    if (unsettled + derivedHeld === 0 || scheduler.pending > 0) return
  }
  throw new Error('a batch was taken and never settled, and nothing waits: this is a defect')
}

/** Stops the engine, moving time where that waits for it. */
async function drain(engine: Engine, scheduler: VirtualScheduler): Promise<void> {
  await quiet(engine, scheduler)
  let isStopped = false
  const stopping = engine.stop(stopMs).then(() => {
    isStopped = true
  })
  for (let turn = 0; turn < maxTurns && !isStopped; turn++) {
    await settleAll()
    const { nextMs } = scheduler
    if (!isStopped && nextMs !== undefined) await scheduler.advanceTo(nextMs)
  }
  await stopping
}
