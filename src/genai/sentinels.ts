const sentinels: ReadonlySet<string> = new Set([
  '',
  '<REDACTED>',
  '__REDACTED__',
  '[REDACTED]',
  '<not specified>',
  '<not serializable>',
  '<code_default>',
  'N/A',
  'n/a',
  'unknown',
  'None',
  'null',
  'undefined',
  '{}',
  '(merged tools)',
  '(merged)',
])

/** The longest sentinel, and a little more for the space around it. */
const maxLength = 64

const tilde = 0x7e
const firstCodes: ReadonlySet<number> = new Set([...sentinels].map((text) => text.charCodeAt(0)))
/** By the code of a first character: whether a sentinel may begin so. */
const mayBegin: readonly boolean[] = Array.from(
  { length: tilde + 1 },
  (_, code) => code <= 0x20 || firstCodes.has(code),
)

/** Whether a text stands for "nothing here": a placeholder, a redaction, an empty text. */
export function isSentinel(text: string): boolean {
  if (mayBegin[text.charCodeAt(0)] === false) return false
  if (text.length > maxLength) return text.startsWith('[Scrubbed due to ')
  return sentinels.has(text) || sentinels.has(text.trim()) || text.startsWith('[Scrubbed due to ')
}
