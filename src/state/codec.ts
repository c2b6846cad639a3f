import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'

/**
 * How one kind of value is written and read again: what is read equals what was written, equal
 * values give equal bytes, of which there is at least one, and bytes that are no value are a
 * `DamagedStateError`.
 */
export interface Codec<T> {
  readonly isOptional?: false
  readonly write: (out: BinaryWriter, value: T) => void
  readonly read: (from: BinaryReader) => T
}

/** How a field is written that may be missing; the record around it says whether it is there. */
export interface OptionalCodec<T> {
  readonly isOptional: true
  readonly write: (out: BinaryWriter, value: T) => void
  readonly read: (from: BinaryReader) => T
}

/** A codec for each field; it cannot be left out for one that may be missing. */
export type FieldCodecs<T> = {
  readonly [K in keyof T]-?: Codec<T[K]> | OptionalCodec<T[K]>
}

/** Any text, ill-formed ones too. */
export const text: Codec<string> = {
  write: (out, value) => out.text(value),
  read: (from) => from.text(),
}

/** Any number; all that are none are the same one. */
export const double: Codec<number> = {
  write: (out, value) => out.double(Number.isNaN(value) ? Number.NaN : value),
  read: (from) => from.double(),
}

export const boolean: Codec<boolean> = oneOf(false, true)

/** One of these; further ones may be added at the end. */
export function oneOf<const T extends string | number | boolean>(
  ...values: readonly T[]
): Codec<T> {
  return {
    write: (out, value) => out.count(values.indexOf(value)),
    read(from) {
      const value = values[from.count()]
      if (value === undefined) throw new DamagedStateError('a stored value is none of its kind')
      return value
    },
  }
}

export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    write(out, values) {
      out.count(values.length)
      for (const value of values) item.write(out, value)
    },
    read: (from) => Array.from({ length: from.listLength(1) }, () => item.read(from)),
  }
}

/** A field that may be missing; it takes a bit then. */
export function optional<T>(codec: Codec<T>): OptionalCodec<T | undefined> {
  return {
    isOptional: true,
    write(out, value) {
      if (value !== undefined) codec.write(out, value)
    },
    read: codec.read,
  }
}

/**
 * The codec of a flat record: a bit for each optional field that is there, the fields that always
 * are, and those optional ones, in the order of the table. What is read has every field,
 * `undefined` where it was missing.
 *
 * Optional fields may be added at the end, with a new format of the summary around it, and what was
 * written without them can still be read. Any other change needs another name for that summary.
 *
 * ```ts
 * const call = codecOf<Call>({ agent: text, model: optional(text), startMs: double, tags: list(text) })
 * ```
 */
export function codecOf<T extends object>(codecs: FieldCodecs<T>): Codec<T> {
  const fields: Field<T>[] = []
  for (const name in codecs) fields.push(fieldOf(name, codecs[name]))
  const always = fields.filter((it) => !it.isOptional)
  const optionals = fields.filter((it) => it.isOptional)
  const bits = new Uint8Array(Math.ceil(optionals.length / 8))
  const blank = blankOf(codecs)

  function write(out: BinaryWriter, record: T): void {
    out.bytes(present(optionals, record, bits))
    for (const field of always) field.write(out, record)
    for (const field of optionals) field.write(out, record)
  }

  function read(from: BinaryReader): T {
    const there = from.bytes()
    const record = { ...blank }
    for (const field of always) field.read(from, record)
    for (let at = 0; at < there.length * 8; at++) {
      if (hasBit(there, at)) fieldAt(optionals, at).read(from, record)
    }
    return record as T // a table has every field of T
  }

  return { write, read }
}

type Draft<T> = { -readonly [K in keyof T]?: T[K] | undefined }

/**
 * Every field, and nothing in it. Copies of it are read into: V8 keeps an object that grows key by
 * key as a hash table, which made reading 38 fields nearly four times as slow; a copy it lays out anew.
 */
function blankOf<T extends object>(codecs: FieldCodecs<T>): Draft<T> {
  const grown: Draft<T> = {}
  for (const name in codecs) grown[name] = undefined
  return { ...grown }
}

interface Field<T> {
  readonly isOptional: boolean
  isPresent(record: T): boolean
  write(out: BinaryWriter, record: T): void
  read(from: BinaryReader, into: Draft<T>): void
}

function fieldOf<T, K extends keyof T>(
  name: K,
  codec: Codec<T[K]> | OptionalCodec<T[K]>,
): Field<T> {
  return {
    isOptional: codec.isOptional ?? false,
    isPresent: (record) => record[name] !== undefined,
    write: (out, record) => codec.write(out, record[name]),
    read(from, into) {
      into[name] = codec.read(from)
    },
  }
}

/** A bit for each field that is there, up to the last byte that has one. */
function present<T>(fields: readonly Field<T>[], record: T, bits: Uint8Array): Uint8Array {
  let sizeBytes = 0
  bits.fill(0)
  for (let at = 0; at < fields.length; at++) {
    if (!fields[at]?.isPresent(record)) continue
    sizeBytes = (at >> 3) + 1
    bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
  }
  return bits.subarray(0, sizeBytes)
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1
}

function fieldAt<T>(fields: readonly Field<T>[], at: number): Field<T> {
  const field = fields[at]
  if (field === undefined) throw new DamagedStateError('a stored value has an unknown field')
  return field
}
