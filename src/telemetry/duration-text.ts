/**
 * A length of time as Go writes it: `1h2m3.5s`, `16m24.4s`, `200ms`, `0s`.
 *
 * @param ms milliseconds; what is less than a microsecond is not shown
 */
export function durationText(ms: number): string {
  const rounded = Math.round(ms * 1e3) / 1e3
  if (rounded <= 0) return '0s'
  if (rounded < 1) return `${Math.round(rounded * 1e3)}µs`
  if (rounded < 1_000) return `${rounded}ms`
  const hours = Math.floor(rounded / 3_600_000)
  const minutes = Math.floor((rounded % 3_600_000) / 60_000)
  const seconds = Number(((rounded % 60_000) / 1_000).toFixed(6))
  const larger = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : ''
  return `${larger}${seconds}s`
}
