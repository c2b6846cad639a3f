/** One resolution in which events are kept: a ring of slots, each of the same length of time. */
export interface Resolution {
  readonly name: 'seconds' | 'minutes' | 'hours' | 'days'
  readonly slotMs: number
  readonly slots: number
  /** The longest window that is read from it. */
  readonly longestWindowMs: number
}

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000]

/** From fine to coarse; the last one is for those who ask for it. */
export const resolutions: readonly Resolution[] = [
  { name: 'seconds', slotMs: 15 * secondMs, slots: 512, longestWindowMs: 2 * hourMs },
  { name: 'minutes', slotMs: 5 * minuteMs, slots: 320, longestWindowMs: 26 * hourMs },
  { name: 'hours', slotMs: hourMs, slots: 760, longestWindowMs: 31 * dayMs },
  { name: 'days', slotMs: dayMs, slots: 100, longestWindowMs: 90 * dayMs },
]

/** How far in the future an event may be; beyond that its clock is wrong. */
export const maxSkewMs = 5 * minuteMs

export function slotIndex({ slotMs }: Resolution, atMs: number): number {
  return Math.floor(atMs / slotMs)
}

/**
 * Whether an event still has its slot. Slots that events of the next five minutes may need are not
 * for those of long ago, so that what is kept depends on no order.
 */
export function isInReach(resolution: Resolution, index: number, atMs: number): boolean {
  const ahead = Math.ceil(maxSkewMs / resolution.slotMs) + 1
  return index > slotIndex(resolution, atMs) - resolution.slots + ahead
}

/**
 * Slots of a window that ends with the slot of `atMs`: `⌈window / slot⌉` of them, so that what is
 * read spans between one slot less than the window and the window.
 */
export function windowSlots(
  { slotMs }: Resolution,
  windowMs: number,
  atMs: number,
): { readonly first: number; readonly last: number } {
  const last = Math.floor(atMs / slotMs)
  return { first: last - Math.max(1, Math.ceil(windowMs / slotMs)) + 1, last }
}

/** The finest of these resolutions that holds a window, and its number. */
export function finestFor(
  among: readonly Resolution[],
  windowMs: number,
): readonly [at: number, resolution: Resolution] {
  for (const [at, it] of among.entries()) if (windowMs <= it.longestWindowMs) return [at, it]
  throw new RangeError(`no ring holds a window of ${windowMs} ms`)
}
