import type { Operation } from './operation.ts'
import { isSentinel } from './sentinels.ts'

/** Before and after what is named. */
type Frame = readonly [start: string, end: string]

const frames: Partial<Readonly<Record<Operation, readonly Frame[]>>> = {
  invoke_agent: [
    ['invoke_agent ', ''],
    ['agent_run [', ']'],
    ['agent run: ', ''],
    ['', '.agent'],
  ],
  create_agent: [['create_agent ', '']],
  execute_tool: [
    ['execute_tool ', ''],
    ['running tool: ', ''],
    ['MCP send tools/call ', ''],
    ['MCP request: tools/call ', ''],
    ['mcp tools/call ', ''],
    ['tools/call ', ''],
    ['AgentCore.Gateway.InvokeTool.', ''],
    ['Function: ', ''],
    ['tool_call:', ''],
    ['', '.tool'],
  ],
  mcp_request: [
    ['MCP send tools/call ', ''],
    ['MCP request: tools/call ', ''],
    ['mcp tools/call ', ''],
    ['tools/call ', ''],
  ],
  task: [
    ['agent_task:', ''],
    ['', '.task'],
  ],
  invoke_workflow: [
    ['invoke_workflow ', ''],
    ['workflow.run ', ''],
    ['OpenAI Agents trace: ', ''],
    ['', '.workflow'],
  ],
  policy_check: [['policy_check:', '']],
}

/** Longer names hold more than a name. */
const maxLength = 256

/**
 * What stands behind the operation in the name of a span: the agent, tool, task, workflow or policy
 * that the span is about. `undefined` where the name does not say it.
 */
export function nameAfter(spanName: string, operation: Operation): string | undefined {
  if (spanName.length > maxLength) return undefined
  for (const [start, end] of frames[operation] ?? []) {
    if (!spanName.startsWith(start) || !spanName.endsWith(end)) continue
    const name = spanName.slice(start.length, spanName.length - end.length).trim()
    if (!isSentinel(name)) return name
  }
  return undefined
}
