/** `; did you mean threshold?`, or nothing where no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

/** The candidate that most likely was meant: at most a third of the word's letters are wrong. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(Math.min(word.length, 60) / 3)) + 1
  for (const candidate of [...candidates].slice(0, maxCandidates)) {
    if (candidate === word || Math.abs(candidate.length - word.length) > 2 * least) continue
    const distance = editDistance(bare(word), bare(candidate))
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best
}

/** Keeps a file with thousands of wrong names cheap. */
const maxCandidates = 200

/** Case and separators are what people get wrong without it being another word. */
function bare(word: string): string {
  return word.slice(0, 60).toLowerCase().replaceAll(/[-_ ]/g, '')
}

/**
 * Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
 * `treshold` to `threshold` is 1, `otpl` to `otlp` is 1.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const swap = swapped ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity
      const replace = (last[column - 1] ?? Infinity) + (same ? 0 : 1)
      const insert = (current[column - 1] ?? Infinity) + 1
      const remove = (last[column] ?? Infinity) + 1
      current.push(Math.min(replace, insert, remove, swap))
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
