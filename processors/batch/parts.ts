import type { Batch, Origin, TelemetryBatch } from '../../src/component/batch.ts'
import type { Fact } from '../../src/facts/fact.ts'
import { type Payload, splitByItems } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'

/**
 * A batch in parts of at most `maxItems` items, all but the last full. A fact goes with the part
 * that has its span, else with the first one. Every part has a name of its own.
 *
 * @param component id under which the parts are numbered
 */
export function partsOf(batch: Batch, maxItems: number, component: string): readonly Batch[] {
  if (batch.kind === 'alerts') return [batch]
  const payloads = splitByItems(batch.payload, maxItems)
  if (payloads.length === 1) return [batch]
  const facts = shareOut(batch.facts, payloads)
  return payloads.map((payload, index): TelemetryBatch => {
    const origins = [...batch.origins, ...partOrigin(batch.origins, component, index)]
    return { ...batch, payload, facts: facts[index] ?? [], origins }
  })
}

/** Parts have all the origins of the whole; one more keeps their names apart. */
function partOrigin(origins: readonly Origin[], component: string, index: number): Origin[] {
  const first = origins[0]
  return first === undefined ? [] : [{ ...first, component, index }]
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
