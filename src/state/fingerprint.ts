/** Bytes, or text. */
export type Id = Uint8Array | string

/**
 * Writes a 64-bit fingerprint of ids into two words, never both zero. The same in every process,
 * since what is remembered depends on it; so whoever chooses ids can choose equal fingerprints, as
 * they could choose equal ids. Lower-case hexadecimal text and the bytes it stands for are the same.
 *
 * Two lanes in the manner of MurmurHash3 (A. Appleby), with constants of their own, mixed at the
 * end: of n ids known, a new one is taken for one of them with probability n / 2^64.
 */
export function fingerprint(into: Uint32Array, ...ids: readonly Id[]): void {
  lanes[0] = 0x9747b28c
  lanes[1] = 0x2c1b3c6d
  for (const id of ids) mixId(id)
  finishInto(into)
}

function finishInto(into: Uint32Array): void {
  let a = finish(lanes[0] ?? 0)
  const b = finish((lanes[1] ?? 0) ^ a)
  a = finish(a + b)
  into[0] = a
  into[1] = (a | b) === 0 ? 1 : b
}

/**
 * The fingerprint of two ids that stand in words, the same as of their bytes: one in `words` from 0
 * to 4, as that of a trace, and one of two words from `at` on, as that of a span.
 */
export function fingerprintWords(into: Uint32Array, words: Int32Array, at: number): void {
  lanes[0] = 0x9747b28c
  lanes[1] = 0x2c1b3c6d
  for (let word = 0; word < 4; word++) mix(words[word] ?? 0)
  mix(16)
  mix(words[at] ?? 0)
  mix(words[at + 1] ?? 0)
  mix(8)
  finishInto(into)
}

const lanes = new Uint32Array(2)

function mixId(id: Id): void {
  if (typeof id === 'string') mixText(id)
  else if (id.length % 4 === 0) mixBytes(id)
  else mixText(Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex'))
}

function mixBytes(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 4) {
    const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)
    mix(high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  }
  mix(bytes.length)
}

function mixText(text: string): void {
  if (text.length % 8 === 0 && isHex(text)) return mixHex(text)
  for (let at = 0; at < text.length; at++) mix(text.charCodeAt(at))
  mix(~text.length)
}

function mixHex(text: string): void {
  for (let at = 0; at < text.length; at += 8) {
    let word = 0
    for (let digit = 0; digit < 8; digit++) word = (word << 4) | nibble(text.charCodeAt(at + digit))
    mix(word)
  }
  mix(text.length / 2)
}

function isHex(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false
  }
  return true
}

function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87
}

function mix(word: number): void {
  const a = (lanes[0] ?? 0) ^ Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
  const b = (lanes[1] ?? 0) ^ Math.imul(rotated(Math.imul(word, 0x239b961b), 17), 0xab0e9789)
  lanes[0] = Math.imul(rotated(a, 13), 5) + 0xe6546b64
  lanes[1] = Math.imul(rotated(b, 19), 5) + 0x561ccd1b
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function finish(word: number): number {
  let it = word
  it = Math.imul(it ^ (it >>> 16), 0x85ebca6b)
  it = Math.imul(it ^ (it >>> 13), 0xc2b2ae35)
  return (it ^ (it >>> 16)) >>> 0
}
