import type { OperatorFunction } from 'rxjs'
import { concat } from '../pdata/payload.ts'
import type { AlertsBatch, Batch, TelemetryBatch } from './batch.ts'
import { type Delivery, type Done, type Outcome, type Slot, shareSettle } from './delivery.ts'
import type { HoldingProcessor } from './processor.ts'

/** A processor that holds, merges or splits deliveries: an RxJS operator over them. */
export function holdDeliveries(operator: OperatorFunction<Delivery, Delivery>): HoldingProcessor {
  return { kind: 'operator', operator }
}

/**
 * Whether a delivery comes again because some of its destinations do not have it yet. It goes on
 * alone: merged with others it would go again to those that have it.
 */
export function travelsAlone({ done }: Delivery): boolean {
  return done !== undefined && done.size > 0
}

/**
 * Several deliveries as one, whose outcome goes to each of them. All are of one kind.
 *
 * @param deliveries at least one
 */
export function mergeDeliveries(deliveries: readonly Delivery[]): Delivery {
  const first = deliveries[0]
  if (first === undefined) throw new Error('nothing to merge')
  if (deliveries.length === 1) return first
  const slots = new Map<string, Slot[]>()
  for (const delivery of deliveries) {
    for (const [key, held] of delivery.slots ?? []) {
      const all = slots.get(key)
      if (all === undefined) slots.set(key, [...held])
      else all.push(...held)
    }
  }
  return {
    batch: mergeBatches(deliveries.map((it) => it.batch)),
    settle: (outcome) => {
      for (const delivery of deliveries) delivery.settle(outcome)
    },
    slots,
    ...mergedDone(deliveries),
    ...(deliveries.some((it) => it.awaitsResult) ? { awaitsResult: true } : {}),
  }
}

/**
 * One delivery as several, which settles with the worst of its parts. All of them have the rooms
 * that were reserved for the whole.
 */
export function splitDelivery(delivery: Delivery, batches: readonly Batch[]): Delivery[] {
  const settles: ((outcome: Outcome) => void)[] = shareSettle(batches.length, delivery.settle)
  const { slots, done, awaitsResult } = delivery
  const counted = done && countedDone(done, batches.length)
  return batches.map((batch, at) => ({
    batch,
    settle: settles[at] ?? delivery.settle,
    ...(slots ? { slots } : {}),
    ...(counted ? { done: counted } : {}),
    ...(awaitsResult ? { awaitsResult } : {}),
  }))
}

/** A destination has the merged batch once it has all of it; it gets each of them at once. */
function mergedDone(deliveries: readonly Delivery[]): { readonly done?: Done } {
  const all = deliveries.flatMap((it) => it.done ?? [])
  if (all.length === 0) return {}
  return {
    done: {
      size: 0,
      has: (destination) =>
        all.length === deliveries.length && all.every((it) => it.has(destination)),
      add: (destination) => {
        for (const done of all) done.add(destination)
      },
    },
  }
}

/** A destination has the whole only once it has every part. */
function countedDone(whole: Done, parts: number): Done {
  const taken = new Map<string, number>()
  return {
    size: whole.size,
    has: (destination) => whole.has(destination),
    add(destination) {
      const count = (taken.get(destination) ?? 0) + 1
      taken.set(destination, count)
      if (count === parts) whole.add(destination)
    },
  }
}

function mergeBatches(batches: readonly Batch[]): Batch {
  const shared = {
    origins: batches.flatMap((it) => it.origins),
    leases: batches.flatMap((it) => it.leases),
    ...sharedMetadata(batches),
  }
  const alerts = batches.filter((it): it is AlertsBatch => it.kind === 'alerts')
  const telemetry = batches.filter((it): it is TelemetryBatch => it.kind !== 'alerts')
  const first = telemetry[0]
  if (first === undefined) {
    return { kind: 'alerts', alerts: alerts.flatMap((it) => it.alerts), ...shared }
  }
  if (alerts.length > 0 || telemetry.some((it) => it.kind !== first.kind)) {
    throw new Error('only batches of one kind can be merged')
  }
  return {
    kind: first.kind,
    payload: concat(
      first.kind,
      telemetry.map((it) => it.payload),
    ),
    facts: telemetry.flatMap((it) => it.facts),
    ...shared,
  }
}

/** Metadata survives a merge only where all batches came from one client, told by identity. */
function sharedMetadata(batches: readonly Batch[]): Pick<Batch, 'metadata'> {
  const metadata = batches[0]?.metadata
  const isShared = batches.every((it) => it.metadata === metadata)
  return isShared && metadata !== undefined ? { metadata } : {}
}
