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

/**
 * Hands what was remembered on to those who take over: to a component of the same id, or to nobody
 * for the time being. Who cannot take it over begins anew, and `onLost` is told.
 */
export function moveMemory(
  before: readonly Host[],
  after: readonly Host[],
  dormant: Map<string, Uint8Array>,
  onLost: (id: string, cause: unknown) => void,
): void {
  for (const host of before) if (!after.includes(host)) dormant.set(host.id, host.state.encode())
  for (const host of after) {
    const image = dormant.get(host.id)
    if (image === undefined || before.includes(host)) continue
    dormant.delete(host.id)
    try {
      host.state.restore(image)
    } catch (cause) {
      onLost(host.id, cause)
    }
  }
}
