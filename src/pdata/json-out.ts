import type { Field, MessageType } from './schema.ts'
import {
  asBuffer,
  FieldReader,
  fixed32,
  fixed64AsBigInt,
  int64AsBigInt,
  skipVarint,
  uint64AsBigInt,
  varint32,
} from './wire.ts'

type Data = string | number | boolean | Data[] | { [key: string]: Data }

/** A message as plain data for `JSON.stringify`, in the mapping of OTLP/JSON. */
export function messageToData(
  type: MessageType,
  bytes: Uint8Array,
  from: number,
  to: number,
): { [key: string]: Data } {
  const buffer = asBuffer(bytes)
  const data: { [key: string]: Data } = {}
  const lists = new Map<string, Data[]>()
  const reader = new FieldReader().reset(bytes, from, to)
  while (reader.next()) {
    const field = type.byNumber.get(reader.tag >>> 3)
    if (field === undefined) continue
    if (!field.repeated) {
      const value = valueToData(field, buffer, reader.from, reader.to)
      if (field.explicit || field.message || !isDefault(value)) data[field.name] = value
      else delete data[field.name]
      continue
    }
    let list = lists.get(field.name)
    if (list === undefined) {
      list = []
      lists.set(field.name, list)
      data[field.name] = list
    }
    pushAll(field, buffer, reader, list)
  }
  return data
}

/** One element, or all those of a packed field. */
function pushAll(field: Field, bytes: Buffer, { tag, from, to }: FieldReader, list: Data[]): void {
  const isPacked = (tag & 7) === 2 && field.message === undefined && field.type !== 'string'
  if (!isPacked) {
    list.push(valueToData(field, bytes, from, to))
    return
  }
  const isVarint = field.type === 'uint64'
  for (let pos = from; pos < to; pos = isVarint ? skipVarint(bytes, pos) : pos + 8) {
    list.push(valueToData(field, bytes, pos, to))
  }
}

function valueToData(field: Field, bytes: Buffer, from: number, to: number): Data {
  if (field.message) return messageToData(field.message, bytes, from, to)
  switch (field.type) {
    case 'string':
      return bytes.toString('utf8', from, to)
    case 'id16':
    case 'id8':
      return bytes.toString('hex', from, to)
    case 'bytes':
      return bytes.toString('base64', from, to)
    case 'bool':
      return bytes[from] !== 0
    case 'double':
      return doubleToData(bytes.readDoubleLE(from))
    case 'enum':
    case 'int32':
      return varint32(bytes, from) | 0
    case 'uint32':
      return varint32(bytes, from)
    case 'sint32':
      return (varint32(bytes, from) >>> 1) ^ -(varint32(bytes, from) & 1)
    case 'fixed32':
      return fixed32(bytes, from)
    case 'int64':
      return `${int64AsBigInt(bytes, from)}`
    case 'uint64':
      return `${uint64AsBigInt(bytes, from)}`
    case 'fixed64':
      return `${fixed64AsBigInt(bytes, from)}`
    case 'sfixed64':
      return `${BigInt.asIntN(64, fixed64AsBigInt(bytes, from))}`
  }
}

function doubleToData(value: number): Data {
  return Number.isFinite(value) ? value : `${value}`
}

function isDefault(value: Data): boolean {
  return value === 0 || value === '' || value === false || value === '0'
}
