import { type MessageType, requests } from './schema.ts'
import type { Signal } from './signal.ts'
import { skipVarint } from './wire.ts'

/** The fields on the way from the request to a byte, as in `resourceSpans.scopeSpans.spans`. */
export function pathAt(signal: Signal, bytes: Uint8Array, offset: number): string {
  const path: string[] = []
  let type: MessageType | undefined = requests[signal]
  let pos = 0
  while (type !== undefined) {
    const step: Step | undefined = stepTowards(type, bytes, pos, offset)
    if (step === undefined) break
    path.push(step.name)
    type = step.type
    pos = step.from
  }
  return path.slice(0, 12).join('.')
}

interface Step {
  readonly name: string
  readonly type: MessageType | undefined
  readonly from: number
}

function stepTowards(type: MessageType, bytes: Uint8Array, from: number, offset: number) {
  let pos = from
  while (pos < bytes.length && pos <= offset) {
    const start = pos
    const tag = smallVarint(bytes, pos)
    const field = type.byNumber.get(tag >>> 3)
    const name = field?.name ?? `${tag >>> 3}`
    pos = skipVarint(bytes, pos)
    const valueAt = pos
    if ((tag & 7) === 2) {
      const length = smallVarint(bytes, pos)
      const content = skipVarint(bytes, pos)
      pos = content + length
      if (offset > start && offset >= content && offset < pos && field?.message) {
        return { name, type: field.message, from: content }
      }
    } else pos = valueAt + ({ 1: 8, 5: 4 }[tag & 7] ?? skipVarint(bytes, valueAt) - valueAt)
    if (offset < pos || pos >= bytes.length) return { name, type: undefined, from: pos }
  }
  return undefined
}

function smallVarint(bytes: Uint8Array, pos: number): number {
  let value = 0
  for (let at = pos, factor = 1; at < bytes.length; at++, factor *= 128) {
    const byte = bytes[at] ?? 0
    value += (byte & 127) * factor
    if (byte < 128) break
  }
  return value
}
