import type { Signal } from './signal.ts'
import { FieldReader } from './wire.ts'

/**
 * One step of the envelope that all signals share: a message, and the tags of those of its fields
 * that hold the next step. Below the last level are the items.
 */
export interface Level {
  /** By tag: the level below, or `item`. */
  readonly children: ReadonlyMap<number, Level | Item>
  readonly isItem: false
  /** A child of the request: what `Chunk.resourceCount` counts. */
  readonly isResource: boolean
}

export interface Item {
  readonly isItem: true
  readonly isResource: false
  /** The tag of its attributes. */
  readonly attributes: number
}

const item = (attributes: number): Item => ({ isItem: true, isResource: false, attributes })

function level(children: readonly (readonly [number, Level | Item])[], isResource = false): Level {
  return { children: new Map(children), isItem: false, isResource }
}

function request(items: readonly (readonly [number, Level | Item])[]): Level {
  return level([[0x0a, level([[0x12, level(items)]], true)]])
}

/** Metric types by the tag that holds their data; the attributes of their points by tag too. */
const metric = level([
  [0x2a, level([[0x0a, item(0x3a)]])],
  [0x3a, level([[0x0a, item(0x3a)]])],
  [0x4a, level([[0x0a, item(0x4a)]])],
  [0x52, level([[0x0a, item(0x0a)]])],
  [0x5a, level([[0x0a, item(0x3a)]])],
])

export const levels: Readonly<Record<Signal, Level>> = {
  traces: request([[0x12, item(0x4a)]]),
  logs: request([[0x12, item(0x32)]]),
  metrics: request([[0x12, metric]]),
}

/** The items below a level, between `from` and `to`. */
export function countItems(at: Level | Item, bytes: Uint8Array, from: number, to: number): number {
  if (at.isItem) return 1
  let count = 0
  const reader = new FieldReader().reset(bytes, from, to)
  while (reader.next()) {
    const child = at.children.get(reader.tag)
    if (child?.isItem) count++
    else if (child) count += countItems(child, bytes, reader.from, reader.to)
  }
  return count
}
