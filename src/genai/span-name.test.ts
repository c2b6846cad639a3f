import { expect, test } from 'vitest'
import type { Operation } from './operation.ts'
import { nameAfter } from './span-name.ts'

test.each<[spanName: string, operation: Operation, name: string | undefined]>([
  ['invoke_agent planner', 'invoke_agent', 'planner'],
  ['invoke_agent Strands Agents', 'invoke_agent', 'Strands Agents'],
  ['agent_run [weather bot]', 'invoke_agent', 'weather bot'],
  ['Researcher.agent', 'invoke_agent', 'Researcher'],
  ['invoke_agent', 'invoke_agent', undefined],
  ['invoke_agent  ', 'invoke_agent', undefined],
  ['.agent', 'invoke_agent', undefined],
  ['execute_tool search', 'execute_tool', 'search'],
  ['execute_tool (merged tools)', 'execute_tool', undefined],
  ['running tool: search', 'execute_tool', 'search'],
  ['running tool', 'execute_tool', undefined],
  ['weather.tool', 'execute_tool', 'weather'],
  ['tools/call weather', 'execute_tool', 'weather'],
  ['tools/call weather', 'mcp_request', 'weather'],
  ['MCP send tools/call weather', 'mcp_request', 'weather'],
  ['MCP request: tools/call weather', 'mcp_request', 'weather'],
  ['tools/list', 'mcp_request', undefined],
  ['AgentCore.Gateway.InvokeTool.create_payout', 'execute_tool', 'create_payout'],
  ['AgentCore.Gateway.InvokeTool', 'execute_tool', undefined],
  ['agent_task:book_trip', 'task', 'book_trip'],
  ['invoke_workflow refund', 'invoke_workflow', 'refund'],
  ['policy_check:spend_limit', 'policy_check', 'spend_limit'],
  ['invoke_agent planner', 'chat', undefined],
  ['', 'invoke_agent', undefined],
])('%j as %s names %j', (spanName, operation, name) => {
  expect(nameAfter(spanName, operation)).toBe(name)
})

test('a name of 10 MB names nothing', () => {
  expect(nameAfter(`invoke_agent ${'x'.repeat(10_000_000)}`, 'invoke_agent')).toBeUndefined()
})
