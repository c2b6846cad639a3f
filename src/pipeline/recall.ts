import { randomUUID } from 'node:crypto'
import type { Log } from '../component/log.ts'
import { NewerFormatError } from '../state/format-errors.ts'
import type { StateImage } from '../state/image.ts'
import type { FoundSnapshot, Snapshots } from '../storage/snapshots.ts'
import { type Contributor, type Memory, restoreImage } from './memory-image.ts'

/** What a start found on disk. */
export interface Recalled {
  readonly who: Contributor
  /** Offset up to which the records are in the image; 0 where there was none. */
  readonly offset: number
  /** Next record of the ingest log; not `offset` where requests were not kept of late. */
  readonly logOffset: number
  /** Whether the records are folded with something else than before, or for the first time. */
  readonly isNewEpoch: boolean
}

/**
 * Takes the newest image for what is remembered. A changed fingerprint begins a new epoch at the
 * image's offset: what was kept since is folded with what is configured now.
 *
 * @throws an error that says what to do, where a newer version wrote the image
 */
export async function recall(
  memory: Memory,
  snapshots: Snapshots,
  fingerprint: string,
  log: Log,
): Promise<Recalled> {
  const found = await snapshots.read()
  if (found.kind === 'newer') throw new Error(newerSentence(found))
  if (found.kind === 'empty') {
    if (found.lost) {
      log.error({ state_lost: true }, 'both snapshots are damaged: what was remembered is lost')
    }
    const who = { contributor: randomUUID(), epoch: 1, fingerprint }
    return { who, offset: 0, logOffset: 0, isNewEpoch: true }
  }
  if (found.damagedSlots > 0) {
    log.error({}, 'a snapshot is damaged: the other one is used, which may be the one before')
  }
  const image = restored(memory, found.snapshot.payload)
  const isNewEpoch = image.fingerprint !== fingerprint
  const { contributor, nextOffset } = image
  const who = { contributor, epoch: image.epoch + (isNewEpoch ? 1 : 0), fingerprint }
  const [logOffset = nextOffset] = found.snapshot.offsets
  return { who, offset: nextOffset, logOffset, isNewEpoch }
}

function restored(memory: Memory, payload: Uint8Array): StateImage {
  try {
    return restoreImage(memory, payload)
  } catch (cause) {
    if (!(cause instanceof NewerFormatError)) throw cause
    throw new Error(`cannot start: ${cause.message}: ${instead}`, { cause })
  }
}

function newerSentence({ version }: Extract<FoundSnapshot, { kind: 'newer' }>): string {
  return `cannot start: the snapshot on disk has format ${version}, written by a newer version: ${instead}`
}

const instead = 'start the newer version, or name another service.storage.directory'
