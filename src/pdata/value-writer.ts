import { type AttributeValue, Int } from './attribute-value.ts'
import type { BackwardWriter } from './backward-writer.ts'
import type { AttributeOp } from './item-edits.ts'
import { maxValueDepth } from './validate.ts'

/** Encodes an attribute of ours as a `KeyValue`, which stays in the writer's block. */
export function encodeKeyValue(
  kind: AttributeOp['kind'],
  key: string,
  value: AttributeValue | undefined,
  writer: BackwardWriter,
): AttributeOp {
  writeValue(value, writer, 1)
  const valueSize = writer.length
  writer.delimit(0x12, 0)
  const behindKey = writer.length
  writer.string(key)
  const keySize = writer.length - behindKey
  writer.delimit(0x0a, behindKey)
  const { bytes, from, to } = writer.seal()
  const keyTo = to - behindKey
  return { key, kind, bytes, from, keyFrom: keyTo - keySize, keyTo, valueFrom: to - valueSize, to }
}

/** Writes the content of an `AnyValue`. */
export function writeValue(
  value: AttributeValue | undefined,
  writer: BackwardWriter,
  depth: number,
): void {
  if (depth > maxValueDepth) throw new RangeError(`values nest more than ${maxValueDepth} deep`)
  const before = writer.length
  if (value === undefined) return
  if (typeof value === 'string') {
    writer.string(value)
    writer.delimit(0x0a, before)
  } else if (typeof value === 'boolean') {
    writer.varint(value ? 1 : 0)
    writer.varint(0x10)
  } else if (typeof value === 'number') {
    writer.double(value)
    writer.varint(0x21)
  } else if (typeof value === 'bigint') {
    const bits = BigInt.asUintN(64, value)
    writer.varint64(Number(bits >> 32n), Number(bits & 0xffff_ffffn))
    writer.varint(0x18)
  } else if (value instanceof Int) {
    writer.varint64(Math.floor(value.value / 0x1_0000_0000) >>> 0, value.value >>> 0)
    writer.varint(0x18)
  } else if (value instanceof Uint8Array) {
    writer.copy(value, 0, value.length)
    writer.delimit(0x3a, before)
  } else if (isArray(value)) {
    for (const element of value.toReversed()) {
      const start = writer.length
      writeValue(element, writer, depth + 1)
      writer.delimit(0x0a, start)
    }
    writer.delimit(0x2a, before)
  } else {
    for (const [key, entry] of Object.entries(value).reverse())
      writeEntry(key, entry, writer, depth)
    writer.delimit(0x32, before)
  }
}

function writeEntry(
  key: string,
  value: AttributeValue | undefined,
  writer: BackwardWriter,
  depth: number,
): void {
  const start = writer.length
  writeValue(value, writer, depth + 1)
  writer.delimit(0x12, start)
  const behindKey = writer.length
  writer.string(key)
  writer.delimit(0x0a, behindKey)
  writer.delimit(0x0a, start)
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: AttributeValue): value is readonly (AttributeValue | undefined)[] {
  return Array.isArray(value)
}
