/** Time for what is not remembered: retries, flushes, probes. Tests and replay drive their own. */
export interface Scheduler {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Runs `work` once after `delayMs`; the returned function cancels it. */
  schedule(work: () => void, delayMs: number): () => void
}

/** What one timer of the runtime can wait; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** The machine's time. */
export const machineScheduler: Scheduler = {
  now: () => Date.now(),
  schedule(work, delayMs) {
    let timer: NodeJS.Timeout
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, longestTimerMs)
      timer = setTimeout(() => (stepMs < leftMs ? wait(leftMs - stepMs) : work()), stepMs)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs`, or at once with `false` when `signal` aborts first. */
export function wait(
  scheduler: Scheduler,
  delayMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false)
    const finish = (whole: boolean) => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      resolve(whole)
    }
    const onAbort = () => finish(false)
    const cancel = scheduler.schedule(() => finish(true), delayMs)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Whether `work` is done within a time; it goes on when it is not. */
export async function within(
  scheduler: Scheduler,
  work: Promise<unknown>,
  timeMs: number,
): Promise<boolean> {
  const late = Promise.withResolvers<false>()
  const cancel = scheduler.schedule(() => late.resolve(false), timeMs)
  const inTime = await Promise.race([work.then(() => true), late.promise])
  cancel()
  return inTime
}
