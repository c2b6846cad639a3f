import { type Chunk, type Payload, payloadOf } from './chunk.ts'
import { Cutter } from './cutter.ts'
import type { Level } from './levels.ts'
import type { Signal } from './signal.ts'
import { flatten } from './splice.ts'
import { FieldReader } from './wire.ts'

/**
 * The payload with only those items for which `keep` is true. A chunk that keeps all is shared as
 * it is; where something goes, envelopes that hold nothing any more go too.
 *
 * @param keep is asked once per item, in order
 */
export function filterItems(payload: Payload, keep: (index: number) => boolean): Payload {
  const chunks: Chunk[] = []
  let base = 0
  for (const chunk of payload.chunks) {
    const kept = Array.from({ length: chunk.itemCount }, (_, index) => keep(base + index))
    base += chunk.itemCount
    if (kept.every(Boolean)) chunks.push(chunk)
    else if (kept.some(Boolean)) chunks.push(filtered(payload.signal, chunk, kept))
  }
  return chunks.every((chunk, index) => chunk === payload.chunks[index]) &&
    chunks.length === payload.chunks.length
    ? payload
    : payloadOf(payload.signal, chunks)
}

function filtered(signal: Signal, chunk: Chunk, kept: readonly boolean[]): Chunk {
  const [flat = chunk] = flatten(payloadOf(signal, [chunk])).chunks
  const cutter = new Cutter(signal, flat.bytes)
  let index = 0
  const children = (level: Level, from: number, to: number): void => {
    const reader = new FieldReader().reset(flat.bytes, from, to)
    while (reader.next()) {
      const child = level.children.get(reader.tag)
      if (child === undefined) continue
      if (child.isItem) {
        if (kept[index++]) cutter.take(reader, child, 1)
        continue
      }
      cutter.open(child, reader)
      children(child, reader.from, reader.to)
      cutter.close()
    }
  }
  children(cutter.root, 0, flat.bytes.length)
  return cutter.finish()
}
