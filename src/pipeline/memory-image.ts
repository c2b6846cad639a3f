import { decodeImage, encodeImage, type StateImage } from '../state/image.ts'
import type { RequestWindow } from '../state/request-window.ts'
import type { Host } from './host.ts'
import type { Sequencer } from './sequencer.ts'

/** Who speaks for the records: named from the start, so that states can be merged one day. */
export interface Contributor {
  /** One for each ingest log, kept over restarts. */
  readonly contributor: string
  /** Grows with every change of what the records are folded with. */
  readonly epoch: number
  /** Names what they are folded with: configuration, prices, product version. */
  readonly fingerprint: string
}

/** All that is remembered: of the sequencer, of the components, of the requests seen. */
export interface Memory {
  readonly sequencer: Sequencer
  /** Hosts of components that remember. */
  readonly hosts: () => readonly Host[]
  readonly requests: RequestWindow
  /** States of components that are not configured at present; they wait for their return. */
  readonly dormant: Map<string, Uint8Array>
}

/** An image of memory, made in slices: nothing may be folded until the last of them. */
export function* imageOf(memory: Memory, who: Contributor): Generator<undefined, Uint8Array> {
  const components = new Map(memory.dormant)
  for (const { id, state } of memory.hosts()) components.set(id, yield* state.encodeSlices())
  const { nextOffset, lastMs } = memory.sequencer
  const requests = memory.requests.encode()
  return encodeImage({ ...who, nextOffset, lastMs, requests, components })
}

/**
 * Takes an image for what is remembered.
 *
 * @returns the image, for who made it
 * @throws NewerFormatError, DamagedStateError
 */
export function restoreImage(memory: Memory, bytes: Uint8Array): StateImage {
  const image = decodeImage(bytes)
  memory.sequencer.resume(image)
  if (image.requests.length > 0) memory.requests.restore(image.requests)
  const known = new Map(memory.hosts().map((it) => [it.id, it]))
  for (const [id, its] of image.components) {
    const host = known.get(id)
    if (host === undefined) memory.dormant.set(id, its)
    else host.state.restore(its)
  }
  return image
}
