/** More tokens than any call has: a higher number is damage or an attack. */
const maxTokens = 1e9

/** A count of tokens as a whole number; `undefined` for what cannot be one. */
export function tokenCount(count: number | undefined): number | undefined {
  if (count === undefined || !(count >= 0 && count <= maxTokens)) return undefined
  return Math.round(count)
}
