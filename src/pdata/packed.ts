import { FieldIndex } from './field-index.ts'
import { FieldReader, fixed64AsNumber, skipVarint, varint32, varintHigh32 } from './wire.ts'

/** Repeated scalars, written packed or one by one: legal are both, and a mixture. */
function each(
  fields: FieldIndex,
  number: number,
  read: (bytes: Buffer, pos: number) => number,
  next: (bytes: Buffer, pos: number) => number,
): number[] {
  const values: number[] = []
  const { bytes } = fields
  const reader = new FieldReader().reset(bytes, fields.firstOf(number), fields.lastOf(number))
  while (reader.next()) {
    if (reader.tag >>> 3 !== number) continue
    for (let pos = reader.from; pos < reader.to; pos = next(bytes, pos))
      values.push(read(bytes, pos))
  }
  return values
}

const eightOn = (_: Buffer, pos: number): number => pos + 8

export function doubles(fields: FieldIndex, number: number): number[] {
  return each(fields, number, (bytes, pos) => bytes.readDoubleLE(pos), eightOn)
}

export function fixed64s(fields: FieldIndex, number: number): number[] {
  return each(fields, number, fixed64AsNumber, eightOn)
}

export function uint64s(fields: FieldIndex, number: number): number[] {
  const read = (bytes: Buffer, pos: number) =>
    varintHigh32(bytes, pos) * 0x1_0000_0000 + varint32(bytes, pos)
  return each(fields, number, read, skipVarint)
}

export function quantiles(fields: FieldIndex, number: number) {
  const { bytes } = fields
  const values: { readonly quantile: number; readonly value: number }[] = []
  const reader = new FieldReader().reset(bytes, fields.firstOf(number), fields.lastOf(number))
  const one = new FieldIndex()
  while (reader.next()) {
    if (reader.tag >>> 3 !== number) continue
    one.reset(bytes, reader.from, reader.to)
    values.push({ quantile: one.double(1) ?? 0, value: one.double(2) ?? 0 })
  }
  return values
}
