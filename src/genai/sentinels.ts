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

/** Whether a text stands for "nothing here": a placeholder, a redaction, an empty text. */
export function isSentinel(text: string): boolean {
  if (text.length > maxLength) return text.startsWith('[Scrubbed due to ')
  return sentinels.has(text) || sentinels.has(text.trim()) || text.startsWith('[Scrubbed due to ')
}
