import { BackwardWriter } from './backward-writer.ts'
import { type MessageType, requests } from './schema.ts'
import type { Signal } from './signal.ts'
import { FieldReader } from './wire.ts'

interface Range {
  readonly from: number
  readonly to: number
}

/** A field to write: once as it stands, or an embedded message made of all its occurrences. */
interface Entry {
  tag: number
  field: Range
  contents: Range[]
}

/**
 * The same request with every embedded message written once. Protobuf lets a sender give a
 * `resource` or `status` twice, which means the concatenation of their contents; and of a oneof
 * the last member counts. Merged at the door, nobody behind has to know. Linear: every byte is
 * copied once, however deep.
 */
export function merged(signal: Signal, bytes: Uint8Array): Uint8Array {
  const writer = new BackwardWriter(bytes.length)
  writeMessage(requests[signal], bytes, [{ from: 0, to: bytes.length }], writer)
  return writer.finish()
}

function writeMessage(
  type: MessageType,
  bytes: Uint8Array,
  contents: readonly Range[],
  writer: BackwardWriter,
): void {
  for (const { tag, field, contents: parts } of entriesOf(type, bytes, contents).reverse()) {
    const child = tag < 256 ? type.children[tag] : undefined
    if (child === undefined) {
      writer.copy(bytes, field.from, field.to)
      continue
    }
    const before = writer.length
    writeMessage(child, bytes, parts, writer)
    writer.delimit(tag, before)
  }
}

function entriesOf(type: MessageType, bytes: Uint8Array, contents: readonly Range[]): Entry[] {
  const entries: Entry[] = []
  const single = new Map<number, Entry>()
  const reader = new FieldReader()
  for (const { from, to } of contents) {
    reader.reset(bytes, from, to)
    while (reader.next()) {
      const { tag } = reader
      const once = tag < 256 ? (type.once[tag] ?? 0) : 0
      const field = { from: reader.start, to: reader.to }
      const content = { from: reader.from, to: reader.to }
      const earlier = once === 0 ? undefined : single.get(once)
      if (earlier === undefined) {
        const entry = { tag, field, contents: [content] }
        entries.push(entry)
        if (once !== 0) single.set(once, entry)
      } else if (earlier.tag === tag && type.children[tag]) earlier.contents.push(content)
      else Object.assign(earlier, { tag, field, contents: [content] })
    }
  }
  return entries
}
