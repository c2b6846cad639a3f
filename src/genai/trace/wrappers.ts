import type { CallPart } from '../span-record.ts'
import { alone, type CallVerdict, isSpent, type LostTo, repeated } from './call-verdict.ts'
import { none, type TraceTree } from './tree.ts'

/** What is known of each record so far, by its index. */
type Verdicts = (CallVerdict | undefined)[]

/**
 * Counts those wrappers below which nothing counts, from the innermost out: the conventions let a
 * run of an agent carry the sum of its calls. What an evaluator does is no part of what is around it.
 *
 * @param verdicts those of all inferences; written to
 * @returns the wrappers that count
 */
export function countWrappers(
  tree: TraceTree,
  lostTo: LostTo,
  verdicts: Verdicts,
): ReadonlySet<number> {
  const hasTokens = new Uint8Array(tree.records.length)
  const counted = new Set<number>()
  fromBelow(tree, (index, parent) => {
    const record = tree.records[index]
    const call = record?.call
    if (call !== undefined && call.role !== 'inference' && isSpent(call)) {
      const lost = lostTo.get(record?.spanId ?? '')
      const verdict = repeated(call, index, hasTokens[index] === 1)
      verdicts[index] = lost === undefined ? verdict : alone(call, index, 'duplicate', lost)
      if (lost === undefined && verdict.notCounted === undefined) counted.add(index)
    }
    if (isReported(verdicts[index])) hasTokens[index] = 1
    if (parent !== none) hasTokens[parent] = (hasTokens[parent] ?? 0) | (hasTokens[index] ?? 0)
  })
  return counted
}

/** Visits what is below before what is above; `parent` is none for what is no part of it. */
function fromBelow(
  { records, parents, order }: TraceTree,
  visit: (index: number, parent: number) => void,
): void {
  for (let at = order.length - 1; at >= 0; at--) {
    const index = order[at] ?? none
    const isApart = records[index]?.operation === 'evaluator'
    visit(index, isApart ? none : (parents[index] ?? none))
  }
}

/** Whether the tokens of a call are somewhere known, so that a sum around it repeats them. */
function isReported(verdict: CallVerdict | undefined): boolean {
  if (verdict === undefined) return false
  const { notCounted, call } = verdict
  return notCounted !== 'cumulative' && notCounted !== 'gateway_copy' && isSpent(call)
}

/** How much more a wrapper may have before we say that calls are missing. */
const residueTolerance = 0.01

/** Tokens that wrappers have beyond what counts below them; of one in another the outer has them. */
export function residueOf(tree: TraceTree, verdicts: readonly (CallVerdict | undefined)[]): number {
  const tokens = new Float64Array(tree.records.length)
  const residues = new Float64Array(tree.records.length)
  let total = 0
  fromBelow(tree, (index, parent) => {
    const verdict = verdicts[index]
    if (verdict?.notCounted === undefined) add(tokens, index, tokensOf(verdict?.call))
    if (verdict?.notCounted === 'wrapper') {
      const missing = tokensOf(verdict.call) - (tokens[index] ?? 0)
      if (missing > tokensOf(verdict.call) * residueTolerance) residues[index] = missing
    }
    if (parent === none) total += residues[index] ?? 0
    else {
      add(tokens, parent, tokens[index] ?? 0)
      add(residues, parent, residues[index] ?? 0)
    }
  })
  return total
}

function add(sums: Float64Array, index: number, summand: number): void {
  sums[index] = (sums[index] ?? 0) + summand
}

function tokensOf(call: CallPart | undefined): number {
  return (call?.usage?.inputTokens ?? 0) + (call?.usage?.outputTokens ?? 0)
}

/**
 * Gives inferences without tokens to the wrapper that counts around them, since it has theirs. A
 * failed one has none that anybody could have.
 */
export function coverUnknown(
  tree: TraceTree,
  traceId: string,
  wrappers: ReadonlySet<number>,
  verdicts: Verdicts,
): void {
  if (wrappers.size === 0) return
  const around = new Int32Array(tree.records.length).fill(none)
  const covered = new Map<string, string>()
  for (const index of tree.order) {
    const parent = tree.parents[index] ?? none
    const record = tree.records[index]
    if (record === undefined || parent === none || record.operation === 'evaluator') continue
    around[index] = wrappers.has(parent) ? parent : (around[parent] ?? none)
    const verdict = verdicts[index]
    const wrapper = tree.records[around[index] ?? none]
    if (verdict === undefined || wrapper === undefined || record.isError) continue
    if (verdict.notCounted !== undefined || isSpent(verdict.call)) continue
    const winner = `${traceId}/${wrapper.spanId}`
    verdicts[index] = alone(verdict.call, index, 'duplicate', winner)
    covered.set(`${traceId}/${record.spanId}`, winner)
  }
  verdicts.forEach((verdict, index) => {
    const winner = covered.get(verdict?.duplicateOf ?? '')
    if (verdict !== undefined && winner !== undefined) {
      verdicts[index] = { ...verdict, duplicateOf: winner }
    }
  })
}
