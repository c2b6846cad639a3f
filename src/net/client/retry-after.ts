/** A day: no timer runs for longer than 24.8 days, and nobody means more. */
export const longestPauseMs = 86_400_000

/**
 * The delay that a `Retry-After` header asks for, in milliseconds: whole seconds, else an HTTP date.
 *
 * @returns `undefined` when it is neither; a date that has passed is 0, more than a day is a day
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestPauseMs)
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? undefined : Math.min(Math.max(0, atMs - nowMs), longestPauseMs)
}
