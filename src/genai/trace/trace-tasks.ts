import type { LlmCall, Task, ToolCall } from '../../facts/fact.ts'
import type { SpanRecord } from '../span-record.ts'
import type { Delegations } from './delegations.ts'
import type { TraceOptions } from './options.ts'
import type { Overflow } from './overflow.ts'
import type { Places } from './places.ts'
import { taskOf } from './tasks.ts'
import { none } from './tree.ts'
import { decidingVerdict, decidingVerdicts, type PlacedVerdict } from './verdicts.ts'

/** A fact with the top of its task, or a number below 0. */
export interface PlacedFact<F> {
  readonly fact: F
  readonly top: number
}

/** What of a trace tasks are made of. */
export interface TraceParts {
  readonly calls: readonly PlacedFact<LlmCall>[]
  readonly toolCalls: readonly PlacedFact<ToolCall>[]
  readonly delegations: Delegations
  readonly verdicts: readonly PlacedVerdict[]
  /** Sums of what its records had no room for. */
  readonly overflow: Overflow | undefined
}

/** The tasks of a trace, each with its top. */
export function tasksOfTrace(
  places: Places,
  { calls, toolCalls, delegations, verdicts, overflow }: TraceParts,
  options: TraceOptions,
): { readonly top: number; readonly task: Task }[] {
  if (places.tops.length === 0) return []
  const deciding = decidingVerdicts(verdicts, places.traceId, options)
  const callsOfTop = countedByTop(calls)
  const toolsOfTop = countedByTop(toolCalls)
  const runsOfTop = new Map<number, SpanRecord[]>()
  const depths = new Map<number, number>()
  places.tree.records.forEach((record, index) => {
    const top = places.topOf(index)
    depths.set(top, Math.max(depths.get(top) ?? 0, delegations.depths[index] ?? 0))
    if (record.run === undefined || index === top) return
    const runs = runsOfTop.get(top)
    if (runs === undefined) runsOfTop.set(top, [record])
    else runs.push(record)
  })
  return places.tops.map((top, place) => {
    const subject = places.subject(top)
    const task = taskOf(
      {
        top: subject,
        runs: [subject.record, ...(runsOfTop.get(top) ?? [])],
        calls: callsOfTop.get(top) ?? [],
        toolCalls: toolsOfTop.get(top) ?? [],
        depth: depths.get(top) ?? 0,
        verdict: decidingVerdict(deciding, top),
        overflow: place === 0 ? overflow : undefined,
        isTruncated: overflow !== undefined,
      },
      options,
    )
    return { top, task }
  })
}

function countedByTop<F extends LlmCall | ToolCall>(
  placed: readonly PlacedFact<F>[],
): ReadonlyMap<number, F[]> {
  const byTop = new Map<number, F[]>()
  for (const { fact, top } of placed) {
    if (fact.notCounted !== undefined || top === none) continue
    const others = byTop.get(top)
    if (others === undefined) byTop.set(top, [fact])
    else others.push(fact)
  }
  return byTop
}
