import type { AttributeValue } from './attribute-value.ts'
import { BackwardWriter } from './backward-writer.ts'
import { type Chunk, type Payload, payloadOf } from './chunk.ts'
import { ItemEdits, joined, OpList } from './item-edits.ts'
import { encodeKeyValue } from './value-writer.ts'

export { type AttributeValue, Int, int } from './attribute-value.ts'
export { filterItems } from './filter.ts'
export type { Overlay } from './item-edits.ts'

/**
 * `set` replaces the first attribute of that key and removes its later duplicates, or appends;
 * `add` appends where the key is missing; `remove` removes all of that key.
 */
export type AttributeEdit =
  | { readonly kind: 'set' | 'add'; readonly key: string; readonly value: AttributeValue }
  | { readonly kind: 'remove'; readonly key: string }

/** Changes to a payload, collected: by item index and by resource index of the whole payload. */
export class Edits {
  readonly items = new Map<number, OpList>()
  readonly resources = new Map<number, OpList>()
  /** Holds the encoded attributes of all edits, in a few blocks. */
  readonly #writer = new BackwardWriter()

  item(index: number, edit: AttributeEdit): this {
    this.#addTo(this.items, index, edit)
    return this
  }

  resource(index: number, edit: AttributeEdit): this {
    this.#addTo(this.resources, index, edit)
    return this
  }

  get isEmpty(): boolean {
    return this.items.size + this.resources.size === 0
  }

  #addTo(all: Map<number, OpList>, index: number, edit: AttributeEdit): void {
    const value = edit.kind === 'remove' ? undefined : edit.value
    const op = encodeKeyValue(edit.kind, edit.key, value, this.#writer)
    const list = all.get(index)
    if (list === undefined) all.set(index, new OpList([op]))
    else list.add(op)
  }
}

/**
 * The payload with the edits on it: it shares the bytes, and edits over edits compose. Indexes
 * outside the payload are a mistake of the caller's.
 */
export function edit(payload: Payload, edits: Edits): Payload {
  if (edits.isEmpty) return payload
  let itemBase = 0
  let resourceBase = 0
  const chunks = payload.chunks.map((chunk): Chunk => {
    const items = compose(chunk.overlay?.items, edits.items, itemBase, chunk.itemCount)
    const resources = compose(
      chunk.overlay?.resources,
      edits.resources,
      resourceBase,
      chunk.resourceCount,
    )
    itemBase += chunk.itemCount
    resourceBase += chunk.resourceCount
    const sizeBytes = items.addedBytes + resources.addedBytes + (chunk.overlay?.sizeBytes ?? 0)
    if (items.isSame && resources.isSame) return chunk
    return { ...chunk, overlay: { items: items.all, resources: resources.all, sizeBytes } }
  })
  rejectOutside(edits.items, itemBase, 'item')
  rejectOutside(edits.resources, resourceBase, 'resource')
  return payloadOf(payload.signal, chunks)
}

function compose(
  earlier: readonly (ItemEdits | undefined)[] | undefined,
  edits: ReadonlyMap<number, OpList>,
  base: number,
  count: number,
) {
  const all: (ItemEdits | undefined)[] = earlier?.slice() ?? []
  let addedBytes = 0
  let isSame = true
  if (edits.size > 0) {
    for (let index = 0; index < count; index++) {
      const ops = edits.get(base + index)?.ops
      if (ops === undefined) continue
      isSame = false
      for (const op of ops) addedBytes += op.to - op.from + 2
      all[index] = new ItemEdits(joined(earlier?.[index]?.ops, ops))
    }
  }
  return { all: isSame && earlier === undefined ? none : all, addedBytes, isSame }
}

const none: readonly undefined[] = []

function rejectOutside(edits: ReadonlyMap<number, unknown>, count: number, what: string): void {
  for (const index of edits.keys()) {
    if (index < 0 || index >= count) throw new RangeError(`no ${what} ${index} among ${count}`)
  }
}
