import type { Alert } from '../alerts/alert.ts'
import type { Fact } from '../facts/fact.ts'
import { decode, encodePieces } from '../pdata/payload.ts'
import { type Batch, type Origin, pipelineKinds } from './batch.ts'

/** A batch was stored in a way that this version does not know, or not by us. */
export class StoredBatchError extends Error {}

interface Beside {
  readonly origins: readonly Origin[]
  readonly facts?: readonly Fact[]
  readonly alerts?: readonly Alert[]
}

const version = 1
const headBytes = 6

/**
 * A batch as it lies in a queue, in parts: version 1, kind 1, length of what travels beside the
 * bytes 4, that as JSON, and the OTLP bytes. Never the client's metadata, never leases.
 */
export function encodeBatch(batch: Batch): readonly Uint8Array[] {
  const { origins } = batch
  const isAlerts = batch.kind === 'alerts'
  const beside: Beside = isAlerts
    ? { origins, alerts: batch.alerts }
    : { origins, facts: batch.facts }
  const json = Buffer.from(JSON.stringify(beside))
  const head = Buffer.alloc(headBytes + json.length)
  head.set([version, pipelineKinds.indexOf(batch.kind)])
  head.writeUInt32LE(json.length, 2)
  head.set(json, headBytes)
  return isAlerts ? [head] : [head, ...encodePieces(batch.payload)]
}

/** The batch that {@link encodeBatch} wrote; throws a {@link StoredBatchError} or `DecodeError`. */
export function decodeBatch(bytes: Uint8Array): Batch {
  const [its, kindAt = -1] = bytes
  if (its !== version) {
    throw new StoredBatchError(`a batch of format ${its}; this version reads ${version}`)
  }
  const kind = pipelineKinds[kindAt]
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const payloadAt = bytes.length < headBytes ? headBytes : headBytes + buffer.readUInt32LE(2)
  if (kind === undefined || payloadAt > bytes.length) {
    throw new StoredBatchError('a batch that is cut or of no known kind')
  }
  const { origins, facts, alerts } = besideOf(buffer.toString('utf8', headBytes, payloadAt))
  if (kind === 'alerts') return { kind, alerts: alerts ?? [], origins, leases: [] }
  const payload = decode(kind, bytes.subarray(payloadAt))
  return { kind, payload, facts: facts ?? [], origins, leases: [] }
}

function besideOf(text: string): Beside {
  try {
    const beside: Beside = JSON.parse(text)
    if (Array.isArray(beside.origins)) return beside
  } catch (cause) {
    throw new StoredBatchError('a batch whose facts cannot be read', { cause })
  }
  throw new StoredBatchError('a batch without origins')
}
