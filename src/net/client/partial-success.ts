import type { Signal } from '../../pdata/signal.ts'
import { asBuffer, int64AsNumber } from '../../pdata/wire.ts'
import type { Answer } from './answer.ts'
import type { LogLimit } from './log-limit.ts'
import { eachField, jsonObject, objectOf } from './unchecked.ts'

/** What a destination says beside "taken". */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

const nothing: PartialSuccess = { rejected: 0, message: '' }

const rejectedNames: Readonly<Record<Signal, string>> = {
  traces: 'dropped_spans',
  metrics: 'dropped_data_points',
  logs: 'dropped_log_records',
}

/** Reads `Export…ServiceResponse`, which all signals share; `undefined` when it is none. */
export function readPartialSuccess(
  type: 'proto' | 'json',
  body: Uint8Array,
): PartialSuccess | undefined {
  return type === 'proto' ? fromProto(body) : fromJson(body)
}

/**
 * The answer of a destination that took a request, whatever it wrote: the data is never sent again.
 * What it refused is told.
 *
 * @param partial `undefined` when it cannot be read
 * @param problem what is wrong with it then
 */
export function taken(
  partial: PartialSuccess | undefined,
  signal: Signal,
  shownUrl: string,
  log: LogLimit,
  problem = 'undecodable',
): Answer {
  if (partial === undefined) {
    const sentence = 'The answer to a request that was taken cannot be read.'
    log.say('warn', { url: shownUrl, problem }, sentence)
    return { kind: 'sent', rejected: 0 }
  }
  const { rejected, message } = partial
  if (rejected !== 0 || message !== '') {
    const fields = { message, [rejectedNames[signal]]: rejected, url: shownUrl }
    log.say('warn', fields, 'Partial success response')
  }
  return { kind: 'sent', rejected }
}

function fromProto(body: Uint8Array): PartialSuccess | undefined {
  let found: PartialSuccess = nothing
  const isWhole = eachField(body, (tag, from, to) => {
    if (tag !== 0x0a) return true
    let { rejected, message } = nothing
    const isRead = eachField(body.subarray(from, to), (inner, start, end, bytes) => {
      if (inner === 0x08) rejected = int64AsNumber(bytes, start)
      if (inner === 0x12) message = asBuffer(bytes).toString('utf8', start, end)
      return true
    })
    found = { rejected, message }
    return isRead
  })
  return isWhole ? found : undefined
}

/** The mapping of both spellings of JSON names; a count may be a string. */
function fromJson(body: Uint8Array): PartialSuccess | undefined {
  const root = jsonObject(body)
  if (root === undefined) return undefined
  const partial = objectOf(root.partialSuccess ?? root.partial_success)
  if (partial === undefined) return nothing
  const counts = Object.entries(partial).filter(([key]) => /^rejected[_A-Z]/.test(key))
  const rejected = Number(counts[0]?.[1] ?? 0)
  const message = partial.errorMessage ?? partial.error_message ?? ''
  if (!Number.isFinite(rejected)) return undefined
  return { rejected, message: typeof message === 'string' ? message : '' }
}
