import type {
  Delegation,
  Evaluation,
  Fact,
  Handshake,
  LlmCall,
  PolicyCheck,
  Prediction,
  Task,
  ToolCall,
  TrustReport,
} from '../../facts/fact.ts'
import type { SpanRecord } from '../span-record.ts'
import type { LostTo } from './call-verdict.ts'
import { type Counting, countCalls } from './counting.ts'
import { delegationsOf } from './delegations.ts'
import {
  delegation,
  evaluation,
  handshakes,
  llmCall,
  policyCheck,
  toolCall,
  trustReports,
} from './facts-of-record.ts'
import { defaultTraceOptions, type TraceOptions } from './options.ts'
import type { Overflow } from './overflow.ts'
import { Places } from './places.ts'
import { policiesOf } from './policies.ts'
import { inEvaluation } from './task-tops.ts'
import { predictions } from './tasks.ts'
import { toolCallsOf } from './tool-calls.ts'
import { type PlacedFact, tasksOfTrace } from './trace-tasks.ts'
import { type Ancestry, buildTree, noAncestry } from './tree.ts'
import { verdictsOf } from './verdicts.ts'

/** One trace as it is known when it settles. */
export interface SettledTrace {
  readonly traceId: string
  /** In any order; of one span any number. */
  readonly records: Iterable<SpanRecord>
  readonly ancestry?: Ancestry
  /** Spans whose call counts in another trace. */
  readonly lostTo?: LostTo
  readonly options?: TraceOptions
  /** Hand-overs between agents before the trace began. */
  readonly upstreamDepth?: number
  /** Sums of what its records had no room for. */
  readonly overflow?: Overflow | undefined
}

/** All facts of one trace, each list by time and then by span. Revisions are the emitter's. */
export interface SettledFacts {
  readonly tasks: readonly Task[]
  readonly calls: readonly LlmCall[]
  readonly toolCalls: readonly ToolCall[]
  readonly delegations: readonly Delegation[]
  readonly policyChecks: readonly PolicyCheck[]
  readonly evaluations: readonly Evaluation[]
  readonly predictions: readonly Prediction[]
  readonly trustReports: readonly TrustReport[]
  readonly handshakes: readonly Handshake[]
  /** Requests to MCP servers; one that several spans show is one. */
  readonly mcpRequests: number
  /** Tokens that wrappers have beyond what counts below them. */
  readonly residueTokens: number
}

const noneLost: LostTo = new Map()

/** What one trace says, the same for every order in which its records came. */
export function settled(trace: SettledTrace): SettledFacts {
  const { traceId, ancestry = noAncestry, lostTo = noneLost, upstreamDepth = 0 } = trace
  const tree = buildTree(trace.records, ancestry)
  const places = new Places(traceId, tree)
  const counting = countCalls(tree, traceId, lostTo)
  const policies = policiesOf(tree)
  const tools = toolCallsOf(tree, policies.denied)
  const delegations = delegationsOf(tree, upstreamDepth)
  const verdicts = verdictsOf(tree, traceId)
  const calls = callsOf(places, counting)
  const toolCalls = perRecord(places, tools.verdicts, toolCall)
  const parts = { calls, toolCalls, delegations, verdicts, overflow: trace.overflow }
  const tasks = tasksOfTrace(places, parts, trace.options ?? defaultTraceOptions)
  const subjects = tree.records.flatMap(({ trust }, index) =>
    trust === undefined ? [] : [places.subject(index)],
  )
  return {
    tasks: sorted(tasks.map(({ task }) => task)),
    calls: sorted(calls.map(({ fact }) => fact)),
    toolCalls: sorted(toolCalls.map(({ fact }) => fact)),
    delegations: sorted(
      delegations.handovers.map((it) => delegation(places.subject(it.index, it.caller), it)),
    ),
    policyChecks: sorted(perRecord(places, policies.verdicts, policyCheck).map(({ fact }) => fact)),
    evaluations: sorted(
      verdicts.map((it) => evaluation(places.subject(it.target < 0 ? it.carrier : it.target), it)),
    ),
    predictions: sorted(tasks.flatMap(({ top, task }) => predictions(places.subject(top), task))),
    trustReports: sorted(subjects.flatMap(trustReports)),
    handshakes: sorted(subjects.flatMap(handshakes)),
    mcpRequests: tools.mcpRequests,
    residueTokens: counting.residueTokens,
  }
}

function callsOf(places: Places, { verdicts }: Counting): PlacedFact<LlmCall>[] {
  return verdicts.flatMap((verdict, index) => {
    if (verdict === undefined) return []
    const home = places.homeOf(verdict.members)
    const top = places.topOf(home)
    const purpose = top === inEvaluation ? 'evaluation' : 'task'
    return [{ fact: llmCall(places.subject(index, home), verdict, purpose), top }]
  })
}

function perRecord<V, F>(
  places: Places,
  verdicts: readonly (V | undefined)[],
  build: (subject: ReturnType<Places['subject']>, verdict: V) => F,
): PlacedFact<F>[] {
  return verdicts.flatMap((verdict, index) => {
    if (verdict === undefined) return []
    return [{ fact: build(places.subject(index), verdict), top: places.topOf(index) }]
  })
}

function sorted<F extends Fact>(facts: F[]): readonly F[] {
  return facts.sort(
    (a, b) => a.atMs - b.atMs || (a.spanId < b.spanId ? -1 : a.spanId === b.spanId ? 0 : 1),
  )
}
