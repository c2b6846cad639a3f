/** Whether a text fits. */
export type Pattern = (text: string) => boolean

/** Compiles a text in which each `*` stands for any text; the time to match is linear. */
export function compilePattern(pattern: string): Pattern {
  const [start = '', ...rest] = pattern.split('*')
  const end = rest.pop()
  if (end === undefined) return (text) => text === pattern
  const fixed = start.length + end.length
  return (text) =>
    text.length >= fixed &&
    text.startsWith(start) &&
    text.endsWith(end) &&
    hasInOrder(text, rest, start.length, text.length - end.length)
}

function hasInOrder(text: string, parts: readonly string[], from: number, to: number): boolean {
  let at = from
  for (const part of parts) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > to) return false
    at = found + part.length
  }
  return true
}
