/** A length of time in milliseconds; fractions are allowed, 1 ns is 1e-6. */
export type Millis = number

const nanosOf = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
  ['d', 86_400e9],
])

/**
 * The milliseconds of a duration in Go's syntax: `1h2m3.5s`, `200ms`, `1us`, `0`. Days (`30d`) are
 * ours, Go has none. A bare number is nanoseconds, as in otelcol: `1_000_000_000` is one second.
 *
 * @returns the sentence that says what is wrong where it is no duration
 */
export function parseDuration(input: string | number): Millis | string {
  const nanos = typeof input === 'number' ? nanosOfNumber(input) : nanosOfText(input.trim())
  if (typeof nanos === 'string') return nanos
  if (nanos < 0) return 'must not be negative'
  return nanos / 1e6
}

function nanosOfNumber(input: number): number | string {
  if (!Number.isInteger(input)) return `is a duration: write ${input}s; ${bareNumber}`
  return input
}

const bareNumber = 'a number without a unit is nanoseconds and must be whole'

function nanosOfText(text: string): number | string {
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return 0
  let nanos = 0
  let at = 0
  for (const [part, amount = '', unit = ''] of body.matchAll(/(\d+\.?\d*|\.\d+)([a-zµμ]*)/g)) {
    if (!body.startsWith(part, at)) break
    const nanosOfUnit = nanosOf.get(unit)
    if (nanosOfUnit === undefined) return unit === '' ? missingUnit(text) : unknownUnit(text, unit)
    nanos += Number(amount) * nanosOfUnit
    at += part.length
  }
  if (at === 0 || at < body.length) return `is a duration: write it as in 200ms, 30s, 5m or 1h30m`
  return sign * nanos
}

/** `30` in quotes most likely meant seconds, so the answer offers them. */
function missingUnit(text: string): string {
  const example = /^\d+$/.test(text) ? `${text}s` : '30s'
  return `is a duration: write ${example}; missing unit in duration`
}

function unknownUnit(text: string, unit: string): string {
  const example = /^\d+[a-z]+$/.test(text) ? `${Number.parseInt(text, 10)}${unit[0]}` : ''
  const meant = nanosOf.has(unit[0] ?? '') && example !== '' ? `write ${example}; ` : ''
  return `is a duration: ${meant}unknown unit "${unit}" in duration (units are ns, us, ms, s, m, h, d)`
}
