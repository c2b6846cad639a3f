import type { Batch } from '../component/batch.ts'
import type { Retryable, Slot } from '../component/delivery.ts'
import type { Exporter } from '../component/factory.ts'
import type { Instances } from './instances.ts'
import type { Branch } from './plan.ts'

/** Rooms in all destinations of a delivery, or the refusal of the one that has none. */
export type Reserved =
  | { readonly kind: 'reserved'; readonly slots: ReadonlyMap<string, readonly Slot[]> }
  | { readonly kind: 'refused'; readonly exporter: string; readonly refusal: Retryable }

/** Names the way of a delivery into one exporter of one pipeline. */
export function destinationKey(pipeline: string, exporter: string): string {
  return `${pipeline}>${exporter}`
}

/**
 * Reserves room in every destination before any of them gets a copy: either all have room, or none
 * holds anything.
 *
 * @param skip destinations that have the batch from an earlier attempt
 */
export function reserveAll(
  outputs: readonly { readonly branch: Branch; readonly batch: Batch }[],
  exporters: Instances['exporters'],
  skip?: ReadonlySet<string>,
): Reserved {
  const slots = new Map<string, Slot[]>()
  for (const { branch, batch } of outputs) {
    for (const id of branch.pipeline.exporters) {
      const key = destinationKey(branch.pipeline.id, id)
      const exporter = exporters.get(id)?.exporter
      if (exporter?.reserve === undefined || skip?.has(key)) continue
      const answer = exporter.reserve(batch)
      if ('kind' in answer) {
        releaseAll(slots)
        return { kind: 'refused', exporter: id, refusal: answer }
      }
      const held = slots.get(key)
      if (held === undefined) slots.set(key, [answer])
      else held.push(answer)
    }
  }
  return { kind: 'reserved', slots }
}

/** A destination that would begin to write to disk what it cannot send yet. */
export function spilling(
  outputs: readonly { readonly branch: Branch; readonly batch: Batch }[],
  exporters: Instances['exporters'],
): Exporter | undefined {
  for (const { branch, batch } of outputs) {
    for (const id of branch.pipeline.exporters) {
      const exporter = exporters.get(id)?.exporter
      if (exporter?.spills?.(batch)) return exporter
    }
  }
  return undefined
}

/** Gives back what was reserved and not claimed. */
export function releaseAll(slots: ReadonlyMap<string, readonly Slot[]>): void {
  for (const held of slots.values()) for (const slot of held) slot.release()
}
