/** Names are this long at most, in UTF-16 units. */
const maxLength = 256

/** A name as facts carry it: NFC, trimmed, at most 256 characters; `undefined` when nothing is left. */
export function shortText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (text.length > maxLength) return nameIn(copyOf(shortened(text.slice(0, 4 * maxLength))))
  return isPlain(text) ? text : nameIn(shortened(text))
}

function shortened(text: string): string {
  return text.normalize().trim().slice(0, maxLength)
}

function nameIn(short: string): string | undefined {
  return short === '' ? undefined : short
}

/** Printable ASCII without space around it, as most names are: there is nothing to be done. */
function isPlain(text: string): boolean {
  const last = text.length - 1
  if (last < 0 || text.charCodeAt(0) === space || text.charCodeAt(last) === space) return false
  for (let at = 0; at <= last; at++) {
    const code = text.charCodeAt(at)
    if (code < space || code > tilde) return false
  }
  return true
}

const space = 0x20
const tilde = 0x7e

/** The same text with memory of its own: a part of a text keeps all of it alive. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}

/** A label or variant: a short text in one line. What is longer is prose, which is no label. */
export function labelText(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 2 * maxLabelLength) return undefined
  const label = text.normalize().trim()
  return label === '' || label.length > maxLabelLength || /[\r\n]/.test(label) ? undefined : label
}

const maxLabelLength = 64
