const marks: ReadonlySet<string> = new Set([
  '',
  '<REDACTED>',
  '__REDACTED__',
  '[REDACTED]',
  '<not specified>',
  '<not serializable>',
  '<code_default>',
])

const longestMark = 32

/**
 * Whether a text stands for content that was not captured. Words that mean "nothing" as the value
 * of a name (`N/A`, `None`, `unknown`) are content here: a model or a tool may well have said so.
 */
export function isWithheld(text: string): boolean {
  if (text.startsWith('[Scrubbed due to ')) return true
  return text.length <= longestMark && marks.has(text.trim())
}
