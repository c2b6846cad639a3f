/** Longer texts are not worth remembering. */
const maxKeyLength = 256

/**
 * The same function of a text, with its last answers remembered: names repeat from span to span.
 * When `cap` texts are remembered, all are forgotten.
 */
export function memo<T>(compute: (text: string) => T, cap = 2_048): (text: string) => T {
  const answers = new Map<string, T>()
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const answer = compute(text)
    if (text.length > maxKeyLength) return answer
    if (answers.size >= cap) answers.clear()
    answers.set(text, answer)
    return answer
  }
}
