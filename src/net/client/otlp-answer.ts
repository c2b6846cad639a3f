import { asBuffer, FieldReader, int64AsNumber } from '../../pdata/wire.ts'

/** What a destination says beside "taken". */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** `google.rpc.Status`, as error bodies carry it. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
  /** Type URLs of the details. */
  readonly details: readonly string[]
}

const nothing: PartialSuccess = { rejected: 0, message: '' }

/** Reads `Export…ServiceResponse`, which all signals share; `undefined` when it is none. */
export function readPartialSuccess(
  type: 'proto' | 'json',
  body: Uint8Array,
): PartialSuccess | undefined {
  return type === 'proto' ? partialFromProto(body) : partialFromJson(body)
}

/** Reads a Status body; `undefined` when it is none. */
export function readStatus(type: 'proto' | 'json', body: Uint8Array): RpcStatus | undefined {
  return type === 'proto' ? statusFromProto(body) : statusFromJson(body)
}

function partialFromProto(body: Uint8Array): PartialSuccess | undefined {
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

function statusFromProto(body: Uint8Array): RpcStatus | undefined {
  let code = 0
  let message = ''
  const details: string[] = []
  const isWhole = eachField(body, (tag, from, to, bytes) => {
    if (tag === 0x08) code = int64AsNumber(bytes, from)
    if (tag === 0x12) message = asBuffer(bytes).toString('utf8', from, to)
    if (tag !== 0x1a) return true
    return eachField(bytes.subarray(from, to), (inner, start, end, any) => {
      if (inner === 0x0a) details.push(asBuffer(any).toString('utf8', start, end))
      return true
    })
  })
  return isWhole ? { code, message, details } : undefined
}

/** Visits the fields of bytes that nobody has checked; `false` when they are no message. */
function eachField(
  bytes: Uint8Array,
  visit: (tag: number, from: number, to: number, bytes: Uint8Array) => boolean,
): boolean {
  const reader = new FieldReader().reset(bytes, 0, bytes.length)
  while (reader.next()) {
    const wireType = reader.tag & 7
    const isKnown = wireType === 0 || wireType === 1 || wireType === 2 || wireType === 5
    if (!isKnown || reader.tag >>> 3 === 0 || reader.to > bytes.length) return false
    if (!visit(reader.tag, reader.from, reader.to, bytes)) return false
  }
  return true
}

/** The mapping of both spellings of JSON names; a count may be a string. */
function partialFromJson(body: Uint8Array): PartialSuccess | undefined {
  const root = objectOf(parseJson(body))
  if (root === undefined) return undefined
  const partial = objectOf(root.partialSuccess ?? root.partial_success)
  if (partial === undefined) return nothing
  const counts = Object.entries(partial).filter(([key]) => /^rejected[_A-Z]/.test(key))
  const rejected = Number(counts[0]?.[1] ?? 0)
  const message = partial.errorMessage ?? partial.error_message ?? ''
  if (!Number.isFinite(rejected)) return undefined
  return { rejected, message: typeof message === 'string' ? message : '' }
}

function statusFromJson(body: Uint8Array): RpcStatus | undefined {
  const { code, message, details } = objectOf(parseJson(body)) ?? {}
  if (typeof message !== 'string') return undefined
  const types = Array.isArray(details) ? details.map((it) => objectOf(it)?.['@type']) : []
  return {
    code: typeof code === 'number' ? code : 0,
    message,
    details: types.filter((it) => typeof it === 'string'),
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(asBuffer(body).toString('utf8'))
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined
}
