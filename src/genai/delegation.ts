import type { SpanView } from '../pdata/spans.ts'
import { decodeView } from './content/decode.ts'
import { isList } from './content/json.ts'
import { handoverByTool } from './handover-tool.ts'
import type { Operation } from './operation.ts'
import { shortText } from './short-text.ts'
import type { Source } from './sources.ts'
import type { HandoverPart } from './span-record.ts'
import type { Values } from './values.ts'

/** Where a span says that one agent hands over to another. */
export const delegationKeys = {
  /** Agent-SRE; agents are named by their DIDs. */
  delegationFrom: ['agent.delegation.from'],
  delegationTo: ['agent.delegation.to'],
  /** The Agents SDK of OpenAI, by the conventions, OpenLLMetry and Logfire. */
  handoffFrom: ['gen_ai.handoff.from_agent', 'gen_ai.agent.handoff_parent', 'from_agent'],
  handoffTo: ['gen_ai.handoff.to_agent', 'to_agent'],
  /** Names proposed to the conventions. */
  transferFrom: ['gen_ai.caller.name', 'gen_ai.agent.handoff.source.name'],
  transferTo: ['gen_ai.transfer.target.name', 'gen_ai.agent.handoff.target.name'],
  transferMode: ['gen_ai.transfer.mode'],
  /** OpenLIT. */
  agentSource: ['gen_ai.agent.source'],
  agentTarget: ['gen_ai.agent.target'],
  /** LangGraph by OpenLLMetry; nodes need not be agents. */
  commandSource: ['langgraph.command.source_node'],
  commandTarget: ['langgraph.command.goto_node', 'langgraph.command.goto_nodes'],
  /** Executors of Agent Framework. */
  messageSource: ['message.source_id'],
  messageTarget: ['message.target_id'],
  /** Instances of Claude Code, on all spans of a sub-agent. */
  parentAgent: ['parent_agent_id'],
  subAgent: ['agent_id'],
  /** OpenInference writes the agents of a handoff like the input and output of a tool. */
  handoffInput: ['input.value'],
  handoffOutput: ['output.value'],
  /** The agent that a tool of Claude Code starts. */
  subagentType: ['subagent_type'],
} as const satisfies Record<string, readonly string[]>

export type DelegationSources = Readonly<Record<keyof typeof delegationKeys, Source>>

/** What decides how a span may hand over. */
export interface HandingSpan {
  readonly operation: Operation
  readonly name: string | undefined
  /** The tool that it runs, by the name that the model called. */
  readonly tool: string | undefined
}

type Mode = HandoverPart['mode']

/** Pairs of attributes that tell both sides, with what becomes of who hands over. */
const pairs: readonly (readonly [
  from: keyof typeof delegationKeys,
  to: keyof typeof delegationKeys,
  mode: Mode,
])[] = [
  ['delegationFrom', 'delegationTo', undefined],
  ['handoffFrom', 'handoffTo', 'pass_control'],
  ['transferFrom', 'transferTo', undefined],
  ['agentSource', 'agentTarget', undefined],
  ['commandSource', 'commandTarget', 'pass_control'],
  ['messageSource', 'messageTarget', undefined],
  ['parentAgent', 'subAgent', 'return_to_caller'],
]

/**
 * The handover that a span reports: by its attributes, the name of its tool or its own name. Who
 * hands over is `undefined` where it is the agent that runs. That one run of an agent starts another
 * is not seen here but in the trace.
 */
export function readHandover(
  span: SpanView,
  values: Values,
  keys: DelegationSources,
  about: HandingSpan,
): HandoverPart | undefined {
  const { operation, name, tool } = about
  const isHandoff = operation === 'delegation'
  return (
    byAttributes(values, keys) ??
    (isHandoff || operation === 'execute_tool'
      ? handoverByTool(span, tool, values.text(keys.subagentType))
      : undefined) ??
    (isHandoff ? byName(values, keys, name) : undefined)
  )
}

function byAttributes(values: Values, keys: DelegationSources): HandoverPart | undefined {
  for (const [from, to, mode] of pairs) {
    if (!values.has(keys[to])) continue
    const handover = between(agentIn(values, keys[from]), agentIn(values, keys[to]), mode)
    if (handover !== undefined) return { ...handover, mode: modeIn(values, keys) ?? handover.mode }
  }
  return undefined
}

/** A name, or the first of a list of names. */
function agentIn(values: Values, source: Source): string | undefined {
  const text = values.text(source)
  if (text !== undefined && !text.startsWith('[')) return text
  const view = values.view(source)
  if (view === undefined || view.sizeBytes > maxBytes) return undefined
  const { value } = decodeView(view)
  return isList(value) && typeof value[0] === 'string' ? value[0] : undefined
}

const maxBytes = 4_096

/** `undefined` where an agent hands over to itself or to nobody. */
function between(
  from: string | undefined,
  to: string | undefined,
  mode: Mode,
): HandoverPart | undefined {
  const target = shortText(to)
  const source = shortText(from)
  if (target === undefined || target === source || target === endOfGraph) return undefined
  return { from: source, to: target, mode }
}

/** Where a graph of LangGraph ends. */
const endOfGraph = '__end__'

function modeIn(values: Values, keys: DelegationSources): Mode {
  const mode = values.text(keys.transferMode)
  return mode === 'return_to_caller' || mode === 'pass_control' ? mode : undefined
}

/** A span that is a delegation is one, whether or not it names the agents. */
function byName(
  values: Values,
  keys: DelegationSources,
  name: string | undefined,
): HandoverPart | undefined {
  if (name?.startsWith(handoffTo)) {
    const from = agentIn(values, keys.handoffInput)
    const to = agentIn(values, keys.handoffOutput) ?? name.slice(handoffTo.length)
    return between(from, to, 'pass_control')
  }
  if (name?.startsWith(logfireHandoff)) {
    const [from, to] = halves(name.slice(logfireHandoff.length), '→')
    return between(from, to, 'pass_control')
  }
  if (name?.startsWith(delegation)) {
    const [from, to] = halves(name.slice(delegation.length), '->')
    return between(from, to, undefined)
  }
  return { from: undefined, to: undefined, mode: undefined }
}

const handoffTo = 'handoff to '
const logfireHandoff = 'Handoff: '
const delegation = 'delegation:'

function halves(text: string, sign: string): readonly [string | undefined, string | undefined] {
  const at = text.indexOf(sign)
  return at < 0 ? [undefined, undefined] : [text.slice(0, at), text.slice(at + sign.length)]
}
