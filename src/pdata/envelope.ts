import {
  AttributeList,
  type AttributeMatcher,
  type AttributeSlots,
  type ValueView,
} from './attributes.ts'
import type { Payload } from './chunk.ts'
import { FieldIndex } from './field-index.ts'
import type { ItemEdits } from './item-edits.ts'
import { asBuffer, FieldReader } from './wire.ts'

/** The resource of the items that are visited. Reused. */
export class ResourceView {
  /** Its place among all resources of the payload: what `Edits.resource` takes. */
  index = 0
  readonly #envelope = new FieldIndex()
  readonly #resource = new FieldIndex()
  readonly #list = new AttributeList()

  /** @param from where the content of a resource-signals message begins */
  reset(bytes: Buffer, from: number, to: number, index: number, edits?: ItemEdits): void {
    this.index = index
    const envelope = this.#envelope.reset(bytes, from, to)
    const resource = this.#resource.reset(bytes, envelope.valueFrom(1), envelope.lastOf(1))
    this.#list.reset(bytes, resource.firstOf(1), resource.lastOf(1), 0x0a, edits)
  }

  get droppedAttributesCount(): number {
    return this.#resource.uint32(2)
  }

  schemaUrl(): string {
    return this.#envelope.string(3)
  }

  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }
}

/** The instrumentation scope of the items that are visited. Reused. */
export class ScopeView {
  /** Its place among all scopes of the payload. */
  index = 0
  readonly #envelope = new FieldIndex()
  readonly #scope = new FieldIndex()
  readonly #list = new AttributeList()

  reset(bytes: Buffer, from: number, to: number, index: number): void {
    this.index = index
    const envelope = this.#envelope.reset(bytes, from, to)
    const scope = this.#scope.reset(bytes, envelope.valueFrom(1), envelope.lastOf(1))
    this.#list.reset(bytes, scope.firstOf(3), scope.lastOf(3), 0x1a)
  }

  name(): string {
    return this.#scope.string(1)
  }

  version(): string {
    return this.#scope.string(2)
  }

  schemaUrl(): string {
    return this.#envelope.string(3)
  }

  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }
}

/** What the walk over a payload tells of the place it has come to. Reused. */
export class Place {
  readonly resource = new ResourceView()
  readonly scope = new ScopeView()
  /** The index of the next item, in the payload and in its chunk. */
  index = 0
  edits: readonly (ItemEdits | undefined)[] = []
  #chunkBase = 0

  beginChunk(edits: readonly (ItemEdits | undefined)[]): void {
    this.#chunkBase = this.index
    this.edits = edits
  }

  /** The changes of the next item. */
  nextEdits(): ItemEdits | undefined {
    return this.edits[this.index - this.#chunkBase]
  }
}

/** Visits every element (span, log record, metric) of a payload as a range of bytes, in order. */
export function walk(
  payload: Payload,
  place: Place,
  visit: (bytes: Buffer, from: number, to: number) => void,
): void {
  const scopes = new FieldReader()
  const elements = new FieldReader()
  let scopeIndex = 0
  walkResources(payload, place, (bytes, from, to) => {
    scopes.reset(bytes, from, to)
    while (scopes.next()) {
      if (scopes.tag !== 0x12) continue
      place.scope.reset(bytes, scopes.from, scopes.to, scopeIndex++)
      elements.reset(bytes, scopes.from, scopes.to)
      while (elements.next()) if (elements.tag === 0x12) visit(bytes, elements.from, elements.to)
    }
  })
}

/** Visits every resource of a payload, with or without items. */
export function forEachResource(payload: Payload, visit: (resource: ResourceView) => void): void {
  const place = new Place()
  walkResources(payload, place, () => visit(place.resource))
}

function walkResources(
  payload: Payload,
  place: Place,
  visit: (bytes: Buffer, from: number, to: number) => void,
): void {
  const reader = new FieldReader()
  let index = 0
  for (const chunk of payload.chunks) {
    const bytes = asBuffer(chunk.bytes)
    const base = index
    place.beginChunk(chunk.overlay?.items ?? [])
    reader.reset(bytes, 0, bytes.length)
    while (reader.next()) {
      if (reader.tag !== 0x0a) continue
      const edits = chunk.overlay?.resources[index - base]
      place.resource.reset(bytes, reader.from, reader.to, index++, edits)
      visit(bytes, reader.from, reader.to)
    }
  }
}
