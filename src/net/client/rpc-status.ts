import { asBuffer, int64AsNumber } from '../../pdata/wire.ts'
import { longestPauseMs } from './retry-after.ts'
import { eachField, jsonObject, objectOf } from './unchecked.ts'

/** `google.rpc.Status`, as error bodies and `grpc-status-details-bin` carry it. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
  /** Type URLs of the details. */
  readonly details: readonly string[]
  /** What a `google.rpc.RetryInfo` among the details asks for; at most a day. */
  readonly retryDelayMs?: number
}

const retryInfo = 'google.rpc.RetryInfo'

/** Reads a Status; `undefined` when the bytes are none. */
export function readStatus(type: 'proto' | 'json', body: Uint8Array): RpcStatus | undefined {
  return type === 'proto' ? statusFromProto(body) : statusFromJson(body)
}

function statusFromProto(body: Uint8Array): RpcStatus | undefined {
  let code = 0
  let message = ''
  let retryDelayMs: number | undefined
  const details: string[] = []
  const isWhole = eachField(body, (tag, from, to, bytes) => {
    if (tag === 0x08) code = int64AsNumber(bytes, from)
    if (tag === 0x12) message = asBuffer(bytes).toString('utf8', from, to)
    if (tag !== 0x1a) return true
    const any = anyFromProto(bytes.subarray(from, to))
    if (any === undefined) return false
    if (any.type !== '') details.push(any.type)
    if (any.type.endsWith(`/${retryInfo}`)) retryDelayMs = delayFromProto(any.value)
    return true
  })
  return isWhole ? { code, message, details, ...delay(retryDelayMs) } : undefined
}

/** Any: type_url=1, value=2. */
function anyFromProto(bytes: Uint8Array) {
  let type = ''
  let value: Uint8Array = new Uint8Array()
  const isWhole = eachField(bytes, (tag, from, to) => {
    if (tag === 0x0a) type = asBuffer(bytes).toString('utf8', from, to)
    if (tag === 0x12) value = bytes.subarray(from, to)
    return true
  })
  return isWhole ? { type, value } : undefined
}

/** RetryInfo: retry_delay=1; Duration: seconds=1, nanos=2. One that says nothing asks for 0. */
function delayFromProto(bytes: Uint8Array): number | undefined {
  let ms = 0
  const isWhole = eachField(bytes, (tag, from, to) => {
    if (tag !== 0x0a) return true
    return eachField(bytes.subarray(from, to), (inner, start, _end, duration) => {
      if (inner === 0x08) ms += int64AsNumber(duration, start) * 1000
      if (inner === 0x10) ms += int64AsNumber(duration, start) / 1e6
      return true
    })
  })
  return isWhole ? ms : undefined
}

function statusFromJson(body: Uint8Array): RpcStatus | undefined {
  const { code, message, details } = jsonObject(body) ?? {}
  if (typeof message !== 'string') return undefined
  const all = Array.isArray(details) ? details.map((it) => objectOf(it) ?? {}) : []
  const types = all.map((it) => it['@type']).filter(isText)
  const info = all.find(({ '@type': type }) => isText(type) && type.endsWith(`/${retryInfo}`))
  return {
    code: typeof code === 'number' ? code : 0,
    message,
    details: types,
    ...delay(info && delayFromJson(info.retryDelay ?? info.retry_delay)),
  }
}

/** A duration in JSON is a text such as `1.5s`. */
function delayFromJson(text: unknown): number | undefined {
  if (text === undefined) return 0
  const [, seconds] = isText(text) ? (/^(\d+(?:\.\d+)?)s$/.exec(text) ?? []) : []
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** Whatever else a server writes is never turned into a text: its own `toString` would be called. */
function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function delay(ms: number | undefined): Pick<RpcStatus, 'retryDelayMs'> {
  return ms === undefined ? {} : { retryDelayMs: Math.min(Math.max(0, ms), longestPauseMs) }
}
