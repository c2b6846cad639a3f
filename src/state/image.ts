import { BinaryWriter } from './binary-writer.ts'
import { beginImage, endImage, openImage, wholly } from './checked-image.ts'
import { DamagedStateError } from './format-errors.ts'

/** All that is remembered at one moment, and by whom. */
export interface StateImage {
  /** Who speaks for the records; one for each ingest log, kept over restarts. */
  readonly contributor: string
  /** Grows with every change of what the records are folded with. */
  readonly epoch: number
  /** Names what they are folded with. */
  readonly fingerprint: string
  /** The next record to fold. */
  readonly nextOffset: number
  /** Time of the last record, milliseconds since the Unix epoch; may be -Infinity. */
  readonly lastMs: number
  /** Image of the request window; empty where there is none. */
  readonly requests: Uint8Array
  /** Images of states by the id of their component. */
  readonly components: ReadonlyMap<string, Uint8Array>
}

const kind = { what: 'the snapshot', magic: 'ASim', format: 1 }

/** Format 1: contributor, epoch, fingerprint, next offset, last time, request window, components. */
export function encodeImage(image: StateImage): Uint8Array {
  const out = new BinaryWriter()
  beginImage(out, kind.magic, kind.format)
  out.text(image.contributor)
  out.count(image.epoch)
  out.text(image.fingerprint)
  out.count(image.nextOffset)
  out.double(image.lastMs)
  out.bytes(image.requests)
  const components = [...image.components].sort(([a], [b]) => (a < b ? -1 : 1))
  out.count(components.length)
  for (const [id, bytes] of components) {
    out.text(id)
    out.bytes(bytes)
  }
  return wholly(endImage(out))
}

/**
 * The image in bytes; parts of it are views of them.
 *
 * @throws NewerFormatError, DamagedStateError
 */
export function decodeImage(bytes: Uint8Array): StateImage {
  const { from } = openImage(bytes, kind)
  const head = {
    contributor: from.text(),
    epoch: from.count(),
    fingerprint: from.text(),
    nextOffset: from.count(),
    lastMs: from.double(),
    requests: from.bytes(),
  }
  const components = new Map<string, Uint8Array>()
  const length = from.listLength(2)
  for (let at = 0; at < length; at++) components.set(from.text(), from.bytes())
  if (components.size !== length) throw new DamagedStateError('a component is there twice')
  from.end()
  return { ...head, components }
}
