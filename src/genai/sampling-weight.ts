/** Thresholds of W3C tracestate are 56 bits, written as up to 14 hex digits without trailing zeros. */
const digits = 14
const threshold = /(?:^|[,;:=])th:([0-9a-f]{1,14})(?:$|[,;])/
const maxWeight = 1_000_000

/**
 * How many spans one stands for, of a sender that kept every n-th: `1 / (1 - th / 2^56)` for the
 * rejection threshold `th` that tracestate carries under `ot`. `ot=th:c` keeps a quarter, so 4.
 * OpenTelemetry specification, trace/tracestate-handling.
 *
 * @returns 1 where nothing is said, or nothing that can be
 */
export function samplingWeight(traceState: string): number {
  if (traceState === '' || !traceState.includes('ot=')) return 1
  const member = traceState.split(',').find((it) => it.trimStart().startsWith('ot='))
  const hex = threshold.exec(member ?? '')?.[1]
  if (hex === undefined) return 1
  const kept = 1 - Number.parseInt(hex.padEnd(digits, '0'), 16) / 2 ** (4 * digits)
  return Math.min(1 / kept, maxWeight)
}
