/** The first `count` of what comes without end. */
export function take<T>(count: number, endless: Generator<T, never>): T[] {
  return Array.from({ length: count }, () => endless.next().value)
}
