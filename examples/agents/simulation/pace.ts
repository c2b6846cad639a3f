import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import type { Tracer } from '@opentelemetry/api'
import { type OnSpan, recording } from './recording.ts'
import type { Run } from './steps.ts'

/**
 * Records a run: at once and as if it ended now, or with a `speed` step by step, each when its time
 * has come; `signal` cancels it.
 */
export function follow(
  run: Run,
  speed: number | undefined,
  signal: AbortSignal,
  tracer: Tracer,
  onSpan: OnSpan,
): Promise<void> | undefined {
  const durationMs = run.root.endMs
  if (speed === undefined) {
    for (const _dueMs of recording(tracer, run, Date.now() - durationMs, onSpan));
    return undefined
  }
  // So that the run ends now by its own clock as well, it began long ago and no span is from the future.
  const startMs = Date.now() + durationMs / speed - durationMs
  return keepUp(recording(tracer, run, Math.round(startMs), onSpan), speed, signal)
}

async function keepUp(
  recorded: Generator<number, void, void>,
  speed: number,
  signal: AbortSignal,
): Promise<void> {
  const beganMs = performance.now()
  for (const dueMs of recorded) {
    if (!(await waitUntil(beganMs + dueMs / speed, signal))) return
  }
}

/** Waits until `dueMs`, and lets the SDK work where that has passed; `false` when asked to stop. */
export async function waitUntil(dueMs: number, signal: AbortSignal): Promise<boolean> {
  const delayMs = dueMs - performance.now()
  if (delayMs > 0) await sleep(delayMs, undefined, { signal }).catch(() => {})
  else await breathe()
  return !signal.aborted
}
