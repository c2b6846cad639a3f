/** Where a `${…}` stands in a text; `end` is behind its brace. */
export interface Reference {
  readonly start: number
  readonly end: number
}

/**
 * The next `${…}` to expand: it ends at the first `}` and starts at the last `${` before it, so
 * inner ones come first. One behind an odd number of `$` is escaped and passed over; otelcol gives
 * up on the rest of the text there, which reads as an oversight.
 */
export function findReference(text: string): Reference | undefined {
  let from = 0
  for (;;) {
    const close = text.indexOf('}', from)
    if (close < 0) return undefined
    const open = text.slice(from, close).lastIndexOf('${')
    if (open >= 0 && !isEscaped(text, from + open)) return { start: from + open, end: close + 1 }
    from = close + 1
  }
}

function isEscaped(text: string, open: number): boolean {
  let first = open
  while (text[first - 1] === '$') first--
  return (open - first) % 2 === 1
}

/** Whether the text is this reference and nothing else. */
export function isWhole({ start, end }: Reference, text: string): boolean {
  return start === 0 && end === text.length
}

/** What is left when all is expanded: `$$` stands for `$`. */
export function unescapeDollars(text: string): string {
  return text.replaceAll('$$', () => '$')
}

/** The text that expands to this one: `${` and `$$` are escaped, a lone `$` need not be. */
export function escapeDollars(text: string): string {
  return /\$[${]/.test(text) ? text.replaceAll('$', () => '$$') : text
}
