import { FieldReader, skipVarint, varint32 } from './wire.ts'

/** Finds key and value in a `KeyValue`; reused. A missing part is an empty range. */
export class KeyValueReader {
  keyFrom = 0
  keyTo = 0
  valueFrom = 0
  valueTo = 0

  read(bytes: Uint8Array, from: number, to: number): void {
    const keyFrom = from + 2
    const keyTo = keyFrom + (bytes[from + 1] ?? 0)
    if (bytes[from] === 0x0a && keyTo < keyFrom + 128 && keyTo < to && bytes[keyTo] === 0x12) {
      let length = bytes[keyTo + 1] ?? 0
      let valueFrom = keyTo + 2
      if (length > 127) {
        length = varint32(bytes, keyTo + 1)
        valueFrom = skipVarint(bytes, keyTo + 1)
      }
      if (valueFrom + length === to) {
        this.keyFrom = keyFrom
        this.keyTo = keyTo
        this.valueFrom = valueFrom
        this.valueTo = to
        return
      }
    }
    this.#readAnyOrder(bytes, from, to)
  }

  #readAnyOrder(bytes: Uint8Array, from: number, to: number): void {
    this.keyFrom = this.keyTo = this.valueFrom = this.valueTo = from
    const reader = scan.reset(bytes, from, to)
    while (reader.next()) {
      if (reader.tag === 0x0a) {
        this.keyFrom = reader.from
        this.keyTo = reader.to
      } else if (reader.tag === 0x12) {
        this.valueFrom = reader.from
        this.valueTo = reader.to
      }
    }
  }
}

/** Shared by all readers: a search ends before another begins. */
const scan = new FieldReader()
