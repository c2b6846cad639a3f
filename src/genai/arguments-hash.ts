import { hash } from 'node:crypto'

/** Of longer arguments the beginning and the length are compared. */
const maxBytes = 65_536
const hexDigits = 13

/** A name for the arguments of a call, by which equal ones are known without keeping any. */
export function argumentsHash(bytes: Uint8Array): string {
  const size = `${bytes.length}:`
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxBytes))
  return hash('sha1', Buffer.concat([Buffer.from(size), head]), 'hex').slice(0, hexDigits)
}
