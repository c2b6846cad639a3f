import type { SpanView } from '../pdata/spans.ts'
import { at, type Json } from './content/json.ts'
import { toolArguments } from './content/tool-call-content.ts'
import { shortText } from './short-text.ts'
import type { HandoverPart } from './span-record.ts'

type Mode = Exclude<HandoverPart['mode'], undefined>

/** Beginnings of the names of tools that hand over; the agent's name follows. */
const prefixes: readonly (readonly [prefix: string, mode: Mode])[] = [
  ['transfer_back_to_', 'pass_control'],
  ['transfer_to_', 'pass_control'],
  ['handoff_to_', 'pass_control'],
  ['delegate_to_', 'return_to_caller'],
  ['delegate_', 'return_to_caller'],
]

/** Tools that take the agent as an argument, with the names of that argument. */
const byArgument: ReadonlyMap<string, readonly [mode: Mode, ...names: string[]]> = new Map([
  ['transfer_to_agent', ['pass_control', 'agent_name', 'agentName']],
  ['handoff_to_agent', ['pass_control', 'agent_name']],
  ['Task', ['return_to_caller', 'subagent_type']],
  ['Agent', ['return_to_caller', 'subagent_type']],
  ['Delegate work to coworker', ['return_to_caller', 'coworker']],
  ['delegate_work_to_coworker', ['return_to_caller', 'coworker']],
  ['Ask question to coworker', ['return_to_caller', 'coworker']],
  ['ask_question_to_coworker', ['return_to_caller', 'coworker']],
])

/**
 * The handover that a tool of this name makes: `transfer_to_billing` of the Agents SDK and LangGraph,
 * `transfer_to_agent` of Google's ADK, `handoff_to_agent` of Strands, `Task` of Claude Code, the
 * coworkers of CrewAI. A tool called `Task` or `Agent` may be anybody's: it needs to name an agent.
 *
 * @param subagent the agent, where an attribute of the span names it
 */
export function handoverByTool(
  span: SpanView,
  tool: string | undefined,
  subagent: string | undefined,
): HandoverPart | undefined {
  if (tool === undefined) return undefined
  const taken = byArgument.get(tool)
  if (taken !== undefined) return withArgument(span, subagent, taken)
  for (const [prefix, mode] of prefixes) {
    if (tool.startsWith(prefix)) return handoverTo(tool.slice(prefix.length), mode)
  }
  return undefined
}

function withArgument(
  span: SpanView,
  subagent: string | undefined,
  [mode, ...names]: readonly [Mode, ...string[]],
): HandoverPart | undefined {
  if (subagent !== undefined) return handoverTo(subagent, mode)
  const { value } = toolArguments(span)
  for (const name of names) {
    const agent = agentName(at(value, name))
    if (agent !== undefined) return handoverTo(agent, mode)
  }
  return undefined
}

function agentName(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.length <= maxNameLength ? value : undefined
}

/** What is longer is no name. */
const maxNameLength = 256

function handoverTo(agent: string, mode: Mode): HandoverPart | undefined {
  const to = shortText(agent)
  return to === undefined ? undefined : { from: undefined, to, mode }
}
