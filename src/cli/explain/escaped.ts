/** Longer names help nobody. */
const maxLength = 256

/** A name that somebody else chose: short, on one line and unable to steer a terminal. */
export function escaped(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  return short.replace(unprintable, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  })
}

/** Control and format characters, separators of lines, and halves of pairs. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
