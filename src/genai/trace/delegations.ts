import { isRun } from '../operation.ts'
import type { HandoverPart, SpanRecord } from '../span-record.ts'
import { skewMs } from './skew.ts'
import { none, type TraceTree } from './tree.ts'

/** One hand-over between agents, on the record that shows it. */
export interface Handover extends HandoverPart {
  readonly index: number
  /** The record of the agent that hands over. */
  readonly caller: number
  /** Somebody wrote it down; otherwise a run of one agent stands below the run of another. */
  readonly isReported: boolean
}

export interface Delegations {
  readonly handovers: readonly Handover[]
  /** For each record the hand-overs on the path to it. */
  readonly depths: Int32Array
}

/**
 * Finds the hand-overs of a trace. One that was written down explains the run that follows it, so
 * that the two are one.
 *
 * @param upstreamDepth hand-overs before the trace began
 */
export function delegationsOf(tree: TraceTree, upstreamDepth: number): Delegations {
  const paths = new Paths(tree, upstreamDepth)
  for (const index of tree.order) paths.visit(index)
  return paths
}

/** The hand-over that one record writes down, as far as it is sure alone. */
export function handoverAlone({ operation, handover, who }: SpanRecord): HandoverPart | undefined {
  if (operation !== 'delegation' || handover === undefined) return undefined
  const from = handover.from ?? who.agent ?? who.agentId
  return from !== undefined && from === handover.to ? undefined : { ...handover, from }
}

class Paths implements Delegations {
  readonly handovers: Handover[] = []
  readonly depths: Int32Array
  readonly #tree: TraceTree
  readonly #upstreamDepth: number
  /** The run of an agent that a record stands in, itself included. */
  readonly #runs: Int32Array
  /** The hand-over between that run and the record. */
  readonly #handedBy: Int32Array
  /** Whether a tool stands between that run and the record. */
  readonly #isInTool: Uint8Array
  /** Hand-overs that no run has followed yet, by the agent that is to follow. */
  readonly #open = new Map<string, number[]>()
  /** The last hand-over of each kind, so that it is known when it comes again. */
  readonly #last = new Map<string, number>()

  constructor(tree: TraceTree, upstreamDepth: number) {
    const size = tree.records.length
    this.#tree = tree
    this.#upstreamDepth = upstreamDepth
    this.depths = new Int32Array(size)
    this.#runs = new Int32Array(size).fill(none)
    this.#handedBy = new Int32Array(size).fill(none)
    this.#isInTool = new Uint8Array(size)
  }

  visit(index: number): void {
    const record = this.#tree.records[index]
    const parent = this.#tree.parents[index] ?? none
    if (record === undefined) return
    this.depths[index] = this.depths[parent] ?? this.#upstreamDepth
    this.#runs[index] = record.operation === 'evaluator' ? none : (this.#runs[parent] ?? none)
    this.#handedBy[index] = this.#handedBy[parent] ?? none
    this.#isInTool[index] = record.operation === 'execute_tool' ? 1 : (this.#isInTool[parent] ?? 0)
    if (record.handover !== undefined) this.#reported(index, record, record.handover)
    if (!isAgentRun(record)) return
    if (record.handover === undefined) this.#run(index, record)
    this.#runs[index] = index
    this.#handedBy[index] = none
    this.#isInTool[index] = 0
  }

  #reported(index: number, record: SpanRecord, { from: told, to, mode }: HandoverPart): void {
    const from = told ?? agentOf(this.#tree.records[this.#runs[index] ?? none])
    if (from !== undefined && from === to) return
    const isEvent = isHandingOver(record)
    if (this.#isWithin(index, to, isEvent)) return
    this.depths[index] = (this.depths[index] ?? 0) + 1
    this.#handedBy[index] = index
    if (this.#isRepeated(index, record, `${from} > ${to}`, isEvent)) return
    this.handovers.push({ index, caller: index, from, to, mode, isReported: true })
    if (to === undefined) return
    const open = this.#open.get(to)
    if (open === undefined) this.#open.set(to, [index])
    else open.push(index)
  }

  /**
   * Whether the record stands in the hand-over it tells of: in one to the same agent, or, where it
   * only says in which agent it was, in the latest.
   */
  #isWithin(index: number, to: string | undefined, isEvent: boolean): boolean {
    const around = this.#tree.records[this.#handedBy[index] ?? none]
    if (around?.handover === undefined) return false
    const { to: other } = around.handover
    if (other === to || other === undefined || to === undefined) return true
    return !isEvent && isHandingOver(around)
  }

  /**
   * Whether a hand-over was already told: by every span that a sub-agent writes, or by a second
   * instrumentation beside the first.
   */
  #isRepeated(index: number, record: SpanRecord, agents: string, isEvent: boolean): boolean {
    const place = isEvent ? `${this.#tree.parents[index]} ${agents}` : agents
    const last = this.#tree.records[this.#last.get(place) ?? none]
    this.#last.set(place, index)
    if (last === undefined) return false
    if (!isEvent) return true
    return last.scope !== record.scope && record.startMs - last.startMs <= skewMs
  }

  #run(index: number, record: SpanRecord): void {
    const { agent, agentId } = record.who
    if (this.#isWithin(index, agent ?? agentId, false)) return
    const explained = this.#take(agent) ?? this.#take(agentId)
    const depth = this.depths[index] ?? 0
    if (explained !== undefined) {
      this.depths[index] = Math.max(depth, this.depths[explained] ?? 0)
      return
    }
    const caller = this.#runs[index] ?? none
    const calling = this.#tree.records[caller]
    if (calling === undefined || isSameAgent(calling, record)) return
    this.depths[index] = depth + 1
    const mode = this.#isInTool[index] === 1 ? 'return_to_caller' : undefined
    const from = agentOf(calling)
    this.handovers.push({ index, caller, from, to: agentOf(record), mode, isReported: false })
  }

  #take(agent: string | undefined): number | undefined {
    return agent === undefined ? undefined : this.#open.get(agent)?.pop()
  }
}

/**
 * Whether the span is the hand-over itself; others only say which agent they belong to. A tool that
 * starts an agent leaves it to the trace who started it.
 */
function isHandingOver({ operation, handover }: SpanRecord): boolean {
  return (
    operation === 'delegation' || (operation === 'execute_tool' && handover?.from === undefined)
  )
}

/** A workflow that names no agent is nobody who hands over. */
function isAgentRun({ source, operation, who }: SpanRecord): boolean {
  return source === 'span' && isRun(operation) && (who.agent ?? who.agentId) !== undefined
}

function agentOf(record: SpanRecord | undefined): string | undefined {
  return record?.who.agent ?? record?.who.agentId
}

/** An agent that calls itself is another one if both runs name their instances, differently. */
function isSameAgent(a: SpanRecord, b: SpanRecord): boolean {
  if (agentOf(a) !== agentOf(b)) return false
  const { agentId } = a.who
  const isInstance = a.operation === 'invoke_agent' && b.operation === 'invoke_agent'
  return !isInstance || agentId === undefined || agentId === (b.who.agentId ?? agentId)
}
