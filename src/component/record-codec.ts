import { decode, encodePieces } from '../pdata/payload.ts'
import { type Signal, signals } from '../pdata/signal.ts'
import type { RecordBody } from './record.ts'

/** A record was written in a way that this version does not know, or not by us. */
export class RecordFormatError extends Error {}

const version = 1
const requestKind = 0
const plainKind = 1
const requestHeadBytes = 5

/**
 * A record as it lies in the log. Version 1, kind 1; a request goes on with its signal 1, the
 * length of the receiver's id 2, the id, and the OTLP bytes as they came; all others are JSON.
 */
export function encodeRecord(body: RecordBody): readonly Uint8Array[] {
  if (body.kind !== 'request') {
    return [Buffer.concat([Buffer.from([version, plainKind]), Buffer.from(JSON.stringify(body))])]
  }
  const id = Buffer.from(body.receiver)
  const head = Buffer.alloc(requestHeadBytes + id.length)
  head.set([version, requestKind, signals.indexOf(body.payload.signal)])
  head.writeUInt16LE(id.length, 3)
  head.set(id, requestHeadBytes)
  return [head, ...encodePieces(body.payload)]
}

/** The record that {@link encodeRecord} wrote; throws a {@link RecordFormatError} or `DecodeError`. */
export function decodeRecord(bytes: Uint8Array): RecordBody {
  const [itsVersion, kind] = bytes
  if (itsVersion !== version) {
    throw new RecordFormatError(`a record of format ${itsVersion}; this version reads ${version}`)
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (kind === plainKind) return JSON.parse(buffer.toString('utf8', 2)) as RecordBody
  if (kind !== requestKind || bytes.length < requestHeadBytes) {
    throw new RecordFormatError(`a record of unknown kind ${kind}`)
  }
  const idEnd = requestHeadBytes + buffer.readUInt16LE(3)
  const receiver = buffer.toString('utf8', requestHeadBytes, idEnd)
  return { kind: 'request', receiver, payload: decode(signalAt(bytes[2]), bytes.subarray(idEnd)) }
}

function signalAt(index = -1): Signal {
  const signal = signals[index]
  if (signal === undefined) throw new RecordFormatError(`a record of unknown signal ${index}`)
  return signal
}
