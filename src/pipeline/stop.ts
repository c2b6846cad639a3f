import { type Scheduler, within } from '../component/scheduler.ts'
import type { GraphConfig, PipelineConfig } from './graph-config.ts'
import type { Instances } from './instances.ts'
import type { Intake } from './intake.ts'
import type { LogClient } from './log-client.ts'
import type { Outbox } from './outbox.ts'
import type { Receivers } from './receivers.ts'
import type { Streams } from './streams.ts'

/** What is under way in an engine. */
export interface Progress {
  /** Requests whose clients wait for an answer. */
  readonly unsettled: number
  /** Of these, those that wait for room in a destination. */
  readonly waiting: number
  /** Derived batches that no destination has settled. */
  readonly derivedHeld: number
  /** Derived batches given up so far. */
  readonly derivedDropped: number
  readonly nextOffset: number
  /** Deliveries that were settled a second time: each is a defect. */
  readonly settledTwice: number
  /** Throws of components: each is a defect. */
  readonly componentErrors: number
}

/** Of the time for a stop, what receivers may use before those behind them go on without them. */
const receiversShare = 0.5
/** The same for folding what is kept, and waiting for what came of it. */
const clientShare = 0.25

/** The parts of an engine that stop. */
export interface Stopping {
  readonly config: GraphConfig
  readonly instances: Instances
  readonly receivers: Receivers
  readonly intake: Intake | undefined
  /** Present where requests are kept. */
  readonly client: LogClient | undefined
  readonly outbox: Outbox
  /** What a reload has replaced and is not through with what it had. */
  readonly retiring: Promise<void>
  readonly streams: Streams
  readonly scheduler: Scheduler
}

/**
 * Stops from the sources forward: receivers stop accepting, processors say their last, pipelines
 * flush, exporters drain, sockets close.
 *
 * @returns whether everything was done before the deadline
 */
export function stopInOrder(parts: Stopping, deadlineMs: number): Promise<boolean> {
  return within(parts.scheduler, inOrder(parts, deadlineMs), deadlineMs)
}

async function inOrder(parts: Stopping, deadlineMs: number): Promise<void> {
  const { config, instances, receivers, intake, client, outbox, streams } = parts
  const drained = receivers.drain()
  intake?.close()
  if (!(await within(parts.scheduler, drained, deadlineMs * receiversShare))) receivers.abort()

  // What is kept need not go out now, but where destinations take it there is no reason to leave it.
  if (client) await within(parts.scheduler, client.drained(), deadlineMs * clientShare)
  await client?.stop()

  const processors = instances.hosts.filter((it) => it.role === 'processor')
  for (const host of processors) host.drain()
  await Promise.allSettled(processors.flatMap((it) => it.closings))
  const outboxDrained = outbox.drained()

  for (const { host } of instances.exporters.values()) host.drain()
  // What holds gives up what it holds when its input ends; the outbox may be waiting for just that.
  for (const pipeline of sourcesFirst(config)) await streams.complete(pipeline.id)
  await Promise.all([...instances.exporters.keys()].map((id) => streams.drain(id)))
  await outboxDrained
  await parts.retiring
  await Promise.allSettled(instances.hosts.flatMap((it) => it.closings))
}

/** Pipelines fed by receivers alone before those that sources feed. */
function sourcesFirst(config: GraphConfig): PipelineConfig[] {
  const rank = (it: PipelineConfig) => (isDerived(it, config) ? 1 : 0)
  return config.pipelines.toSorted((a, b) => rank(a) - rank(b))
}

function isDerived(pipeline: PipelineConfig, config: GraphConfig): boolean {
  return pipeline.receivers.some((id) => !config.receivers.has(id))
}
