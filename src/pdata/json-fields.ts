import type { BackwardWriter } from './backward-writer.ts'
import { DecodeError } from './decode-error.ts'
import { describe, writeScalar } from './json-scalars.ts'
import { type Field, type MessageType, wireTag, wireTypeOf } from './schema.ts'
import { maxValueDepth } from './validate.ts'

/**
 * Writes the content of a message that came as parsed JSON, its last key first: the writer runs
 * backward.
 *
 * @param depth how many attribute values it lies in
 */
export function writeMessage(
  type: MessageType,
  value: unknown,
  writer: BackwardWriter,
  depth: number,
): void {
  if (!isObject(value)) fail(`${describe(value)} (an object is expected)`)
  const inner = type.deepens ? depth + 1 : depth
  if (inner > maxValueDepth) fail(`values nested more than ${maxValueDepth} deep`)
  const keys = Object.keys(value)
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] ?? ''
    const field = type.byName.get(key)
    const content = value[key]
    if (field === undefined || content === null || content === undefined) continue
    try {
      writeField(field, content, writer, inner)
    } catch (cause) {
      throw within(key, cause)
    }
  }
}

function writeField(field: Field, value: unknown, writer: BackwardWriter, depth: number): void {
  if (!field.repeated) {
    writeOne(field, value, writer, depth)
    return
  }
  if (!Array.isArray(value)) fail(`${describe(value)} (an array is expected)`)
  for (let i = value.length - 1; i >= 0; i--) {
    try {
      writeOne(field, value[i], writer, depth)
    } catch (cause) {
      throw within(`[${i}]`, cause)
    }
  }
}

function writeOne(field: Field, value: unknown, writer: BackwardWriter, depth: number): void {
  if (field.message === undefined) {
    const isPresent = writeScalar(field, value, writer)
    if (isPresent) writer.varint(wireTag(field.number, wireTypeOf(field)))
    return
  }
  const before = writer.length
  writeMessage(field.message, value ?? {}, writer, depth)
  writer.delimit(wireTag(field.number, 2), before)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Puts a step in front of the path in the message. */
function within(step: string, cause: unknown): unknown {
  if (!(cause instanceof DecodeError)) return cause
  const dot = cause.path === '' || cause.path.startsWith('[') ? '' : '.'
  return new DecodeError(step + dot + cause.path, cause.found)
}

function fail(found: string): never {
  throw new DecodeError('', found)
}
