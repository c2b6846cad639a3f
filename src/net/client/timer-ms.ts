/** Node's timers hold no more, and take more for 1 ms: some 24.8 days. */
const longestMs = 2 ** 31 - 1

/** A configured time as timers and undici take it: whole milliseconds, rounded up; 0 stays 0. */
export function timerMs(ms: number): number {
  return Math.min(longestMs, Math.ceil(ms))
}
