import type { Exporter } from '../component/factory.ts'
import type { Log } from '../component/log.ts'
import type { SegmentLog } from '../storage/segment-log.ts'
import { Checkpoints } from './checkpoints.ts'
import { DirectIntake } from './direct-intake.ts'
import type { Environment } from './host.ts'
import type { Instances } from './instances.ts'
import type { Intake, OnCommitted } from './intake.ts'
import type { LogClient } from './log-client.ts'
import { type LoggedRequests, loggedRequests } from './logged-requests.ts'
import type { Memory } from './memory-image.ts'
import type { Outbox } from './outbox.ts'
import type { Plan } from './plan.ts'
import { type Recalled, recall } from './recall.ts'
import type { Folded } from './sequencer.ts'
import type { Streams } from './streams.ts'
import type { Telemetry } from './telemetry.ts'
import type { Turns } from './turns.ts'

export interface TakingUp {
  readonly environment: Environment
  readonly fingerprint: string
  readonly memory: Memory
  readonly plan: () => Plan
  readonly exporters: () => Instances['exporters']
  /** The same and those that a reload is replacing. */
  readonly persisting: () => Iterable<Exporter>
  readonly streams: Streams
  readonly outbox: Outbox
  readonly turns: Turns
  readonly telemetry: Telemetry
  readonly logger: Log
  readonly onCommitted: OnCommitted
  readonly onFolded: (folded: Folded) => void
  readonly onCaughtUp: () => void
  readonly onDefect: (component: string, cause: unknown) => void
}

/** What an engine works with once it knows what lies on disk. */
export interface TakenUp {
  readonly intake: Intake
  /** Present where requests are kept. */
  readonly client: LogClient | undefined
  /** Present where anything is. */
  readonly checkpoints: Checkpoints | undefined
  /** Whether the records are folded with something else than before. */
  readonly isNewEpoch: boolean
}

/** Takes up what is on disk, and joins what makes records, folds them and writes memory down. */
export async function takeUp(parts: TakingUp): Promise<TakenUp> {
  const { environment, fingerprint, memory, logger } = parts
  const { storage } = environment
  const recalled = storage && (await recall(memory, storage.snapshots, fingerprint, logger))
  const logged = loggedOf(parts, recalled)
  const checkpoints = recalled && checkpointsOf(parts, recalled, logged)
  return {
    intake: logged?.intake ?? directIntake(parts),
    client: logged?.client,
    checkpoints,
    isNewEpoch: recalled?.isNewEpoch ?? true,
  }
}

function loggedOf(parts: TakingUp, recalled: Recalled | undefined): LoggedRequests | undefined {
  const { environment, memory, logger } = parts
  const requests = environment.storage?.requests
  if (requests === undefined) return undefined
  return loggedRequests({
    ...parts,
    requests,
    sequencer: memory.sequencer,
    window: memory.requests,
    from: firstToFold(memory, requests.log, recalled?.logOffset ?? 0, logger),
  })
}

function checkpointsOf(
  { environment, memory, turns, persisting, telemetry, logger }: TakingUp,
  { who, offset, logOffset }: Recalled,
  logged: LoggedRequests | undefined,
): Checkpoints | undefined {
  const { storage, scheduler } = environment
  if (storage === undefined) return undefined
  const options = {
    memory,
    snapshots: storage.snapshots,
    scheduler,
    turns,
    exporters: persisting,
    telemetry,
    log: logger,
    reading: logged?.reading,
    logOffset,
  }
  return new Checkpoints(options, who, offset)
}

function directIntake(parts: TakingUp): DirectIntake {
  const { environment, memory, plan, exporters } = parts
  return new DirectIntake({
    ...parts,
    plan: plan(),
    exporters: exporters(),
    sequencer: memory.sequencer,
    scheduler: environment.scheduler,
  })
}

/**
 * Where the log is read on from; what was folded without it meanwhile does not count. Where it was
 * taken away, a new one counts anew: all that it holds is to be folded.
 */
function firstToFold(
  { sequencer }: Memory,
  { nextSequence }: SegmentLog,
  logOffset: number,
  logger: Log,
): number {
  const nextOffset = nextSequence >= logOffset ? logOffset : 0
  if (nextOffset < logOffset) {
    const problem = 'the ingest log is younger than the snapshot: it was lost'
    logger.warn({ offset: logOffset, nextSequence }, problem)
  }
  sequencer.resume({ nextOffset, lastMs: sequencer.lastMs })
  return nextOffset
}
