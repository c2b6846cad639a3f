import type { Catalogue } from '../component/factory.ts'
import { type Scheduler, within } from '../component/scheduler.ts'
import type { GraphConfig, GraphProblem } from './graph-config.ts'
import { graphProblems } from './graph-problems.ts'
import type { Environment, Host, HostCalls } from './host.ts'
import { createInstances, type Instances } from './instances.ts'
import { type Plan, plan } from './plan.ts'
import type { Receivers } from './receivers.ts'
import type { Flow, Streams } from './streams.ts'

/** What runs, and what it is made of. */
export interface Running {
  readonly config: GraphConfig
  readonly instances: Instances
}

/** A graph that is ready to take over: everything in it has started, nothing has been sent to it. */
export interface Successor extends Running {
  readonly plan: Plan
  readonly flow: Flow
  /** Components that the graph before does not have. */
  readonly added: readonly Host[]
  /** To be called once the graph before has let go of everything. */
  readonly goneBefore: () => void
}

export interface Preparing {
  readonly before: Running
  readonly catalogue: Catalogue
  readonly environment: Environment
  readonly calls: HostCalls
  readonly streams: Streams
  readonly receivers: Receivers
  /** Told of the components whose deliveries must wait until the graph takes over. */
  readonly hold: (hosts: readonly Host[]) => void
}

/**
 * Builds and starts what a configuration has beyond the running one; what did not change is shared.
 * Rejects, with everything new stopped again, where something cannot be created or started.
 */
export async function prepare(
  parts: Preparing,
  config: GraphConfig,
): Promise<Successor | readonly GraphProblem[]> {
  const { before, catalogue, environment, calls, streams, receivers } = parts
  const gone = Promise.withResolvers<void>()
  const predecessor = { ...before, gone: gone.promise }
  const instances = createInstances(config, catalogue, environment, calls, predecessor)
  const added = instances.hosts.filter((it) => !before.instances.hosts.includes(it))
  const problems = graphProblems(config, catalogue, instances)
  if (problems.length > 0) {
    for (const host of added) host.dismiss()
    return problems
  }
  const its = plan(config, instances)
  const flow = streams.open(its, instances)
  parts.hold(added)
  try {
    await receivers.start(instances.receivers)
  } catch (cause) {
    discard({ added, flow }, parts)
    throw cause
  }
  return { config, instances, plan: its, flow, added, goneBefore: gone.resolve }
}

/** Ends what was prepared and does not take over. */
export function discard(
  { added, flow }: Pick<Successor, 'added' | 'flow'>,
  { receivers, streams }: Pick<Preparing, 'receivers' | 'streams'>,
): void {
  receivers.cut(added)
  streams.discard(flow)
  for (const host of added) host.dismiss()
}

export interface Retiring {
  readonly before: Instances
  readonly flow: Flow
  readonly after: Instances
  readonly streams: Streams
  readonly receivers: Receivers
  readonly scheduler: Scheduler
}

/** How long one step of what leaves may take before it is cut off, in milliseconds. */
const patienceMs = 10_000

/** Drains what the graph before had for itself, from the sources forward. */
export async function retire(parts: Retiring): Promise<void> {
  const { before, flow, after, streams, receivers, scheduler } = parts
  const leaving = before.hosts.filter((it) => !after.hosts.includes(it))
  const ofRole = (role: Host['role']) => leaving.filter((it) => it.role === role)
  const inTime = (work: Promise<unknown>) => within(scheduler, work, patienceMs)

  const sources = ofRole('receiver')
  if (!(await inTime(receivers.drain(sources)))) receivers.cut(sources)
  for (const host of ofRole('processor')) host.drain()
  for (const host of ofRole('exporter')) host.drain()
  const closed = () => Promise.allSettled(leaving.flatMap((it) => it.closings))
  if (!(await inTime(streams.retire(flow)))) streams.cutOff(flow)
  if (!(await inTime(closed()))) for (const host of leaving) host.cut()
  // Who comes after opens what these have open: not before it is closed, however long that takes.
  await closed()
  for (const host of leaving) host.dismiss()
}

/** What a reload did, by component id. */
export interface Changes {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/** Compares two graphs by what was created anew. */
export function changesOf(before: Instances, after: Instances): Changes {
  const names = (hosts: readonly Host[]) => new Set(hosts.map(nameOf))
  const isShared = (host: Host) => before.hosts.includes(host) && after.hosts.includes(host)
  const old = names(before.hosts.filter((it) => !isShared(it)))
  const fresh = names(after.hosts.filter((it) => !isShared(it)))
  return {
    added: [...fresh].filter((it) => !old.has(it)).sort(),
    removed: [...old].filter((it) => !fresh.has(it)).sort(),
    changed: [...fresh].filter((it) => old.has(it)).sort(),
  }
}

function nameOf({ role, id }: Host): string {
  return `${role}s.${id}`
}
