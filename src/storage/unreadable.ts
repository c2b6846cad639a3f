import type { Timers } from './clock.ts'
import { errorCode } from './file-system.ts'
import type { Segment } from './segment.ts'

/** Waits between attempts to read; after the last one a segment that the disk lost is given up. */
const attemptDelaysMs = [100, 1000, 5000]

/** How long before a reader asks again for what has nothing to do with the disk. */
const otherDelayMs = 1000

/** What comes of a segment that the system did not read: another attempt, or an end. */
export type Verdict = 'again' | 'lost' | 'closed'

/**
 * Waits before the next attempt. Only what the disk itself answers loses a segment; a process
 * without file handles, memory or permission tries for as long as it takes.
 */
export async function patience(segment: Segment, cause: unknown, timers: Timers): Promise<Verdict> {
  const isLost = ['EIO', 'ENOENT'].includes(errorCode(cause) ?? '')
  const delayMs = isLost ? attemptDelaysMs[segment.failedReads++] : otherDelayMs
  if (delayMs === undefined) return 'lost'
  return (await timers.pause(delayMs)) ? 'again' : 'closed'
}
