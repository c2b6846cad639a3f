import type { Batch, Origin, TelemetryBatch } from '../../src/component/batch.ts'
import type { Fact } from '../../src/facts/fact.ts'
import { type Chunk, payloadOf } from '../../src/pdata/chunk.ts'
import { type Payload, splitByItems } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'

/** How many items the parts of a batch may have. */
export interface PartSizes {
  /** Of the first part, which joins what waits before it; at least 1, at most `max`. */
  readonly first: number
  readonly max: number
}

/**
 * A batch in parts, all but the last full. A fact goes with the part that has its span, else with
 * the first one. Every part has a name of its own.
 *
 * @param component id under which the parts are numbered
 */
export function partsOf(batch: Batch, sizes: PartSizes, component: string): readonly Batch[] {
  if (batch.kind === 'alerts') return [batch]
  const payloads = cut(batch.payload, sizes)
  if (payloads.length === 1) return [batch]
  const facts = shareOut(batch.facts, payloads)
  return payloads.map((payload, index): TelemetryBatch => {
    const origins = partOrigins(batch.origins, component, index)
    return { ...batch, payload, facts: facts[index] ?? [], origins }
  })
}

/** A chunk without bytes stands in for the items that take room in the first part. */
function cut({ signal, chunks }: Payload, { first, max }: PartSizes): readonly Payload[] {
  const before: Chunk = { bytes: new Uint8Array(), itemCount: max - first, resourceCount: 0 }
  const [head, ...others] = splitByItems(payloadOf(signal, [before, ...chunks]), max)
  return [payloadOf(signal, head?.chunks.slice(1) ?? []), ...others]
}

/** As many origins as the whole has, the first being named as a part: `7/otlp/0/batch/2`. */
function partOrigins(
  [first, ...others]: readonly Origin[],
  component: string,
  index: number,
): readonly Origin[] {
  if (first === undefined) return []
  const path = `${first.component}/${first.index}/${component}`
  return [{ ...first, component: path, index }, ...others]
}

function shareOut(facts: readonly Fact[], payloads: readonly Payload[]): readonly Fact[][] {
  const shares = payloads.map((): Fact[] => [])
  const partOf = facts.length === 0 ? new Map<string, number>() : partsBySpan(payloads)
  for (const fact of facts) shares[partOf.get(`${fact.traceId} ${fact.spanId}`) ?? 0]?.push(fact)
  return shares
}

function partsBySpan(payloads: readonly Payload[]): Map<string, number> {
  const parts = new Map<string, number>()
  for (const [index, payload] of payloads.entries()) {
    if (payload.signal !== 'traces') continue
    forEachSpan(payload, (span) => {
      parts.set(`${span.traceIdHex()} ${span.spanIdHex()}`, index)
    })
  }
  return parts
}
