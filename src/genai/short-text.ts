/** Names are this long at most, in UTF-16 units. */
const maxLength = 256

/** A name as facts carry it: NFC, trimmed, at most 256 characters; `undefined` when nothing is left. */
export function shortText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const short = text
    .slice(0, 4 * maxLength)
    .normalize()
    .trim()
    .slice(0, maxLength)
  return short === '' ? undefined : short
}

/** A label or variant: a short text in one line. What is longer is prose, which is no label. */
export function labelText(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 2 * maxLabelLength) return undefined
  const label = text.normalize().trim()
  return label === '' || label.length > maxLabelLength || /[\r\n]/.test(label) ? undefined : label
}

const maxLabelLength = 64
