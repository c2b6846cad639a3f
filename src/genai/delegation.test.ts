import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HandingSpan, readHandover } from './delegation.ts'
import { readSpan, type SpanSpec, signalSources } from './signals.fixture.ts'
import type { HandoverPart } from './span-record.ts'

function handoverOf(
  spec: SpanSpec,
  operation: HandingSpan['operation'],
  tool?: string,
): HandoverPart | undefined {
  return readSpan(spec, (span, values) =>
    readHandover(span, values, signalSources, { operation, name: span.name(), tool }),
  )
}

const handoff = { from: 'Triage', to: 'Billing', mode: 'pass_control' }

test('5.19 OpenInference writes a handoff as the input and output of a tool', () => {
  const attributes = {
    'openinference.span.kind': 'TOOL',
    'input.value': 'Triage',
    'output.value': 'Billing',
  }
  expect(handoverOf({ name: 'handoff to Billing', attributes }, 'delegation')).toEqual(handoff)
  expect(handoverOf({ name: 'handoff to Billing' }, 'delegation')).toEqual({
    ...handoff,
    from: undefined,
  })
})

test('5.19 the conventions name both sides of a handoff', () => {
  const attributes = {
    'gen_ai.operation.name': 'agent_handoff',
    'gen_ai.handoff.from_agent': 'Triage',
    'gen_ai.handoff.to_agent': 'Billing',
  }
  expect(handoverOf({ name: 'agent_handoff', attributes }, 'delegation')).toEqual(handoff)
})

test('5.19 Logfire names them in attributes and in the name of the span', () => {
  const name = 'Handoff: Triage → Billing'
  const attributes = { from_agent: 'Triage', to_agent: 'Billing' }
  expect(handoverOf({ name, attributes }, 'delegation')).toEqual(handoff)
  expect(handoverOf({ name }, 'delegation')).toEqual(handoff)
})

test('5.23 Agent-SRE delegates between DIDs', () => {
  const name = 'delegation:did:web:planner->did:web:flights'
  const attributes = {
    'agent.delegation.from': 'did:web:planner',
    'agent.delegation.to': 'did:web:flights',
  }
  const expected = { from: 'did:web:planner', to: 'did:web:flights', mode: undefined }
  expect(handoverOf({ name, attributes }, 'delegation')).toEqual(expected)
  expect(handoverOf({ name }, 'delegation')).toEqual(expected)
})

test('5.17 a sub-agent of Claude Code was started by its parent', () => {
  const attributes = { agent_id: 'sub-1', parent_agent_id: 'main' }
  expect(handoverOf({ attributes }, 'chat')).toEqual({
    from: 'main',
    to: 'sub-1',
    mode: 'return_to_caller',
  })
  expect(handoverOf({ attributes: { parent_agent_id: 'main' } }, 'chat')).toBeUndefined()
})

test.each([
  [{ 'gen_ai.agent.source': 'a', 'gen_ai.agent.target': 'b' }, 'a', undefined],
  [{ 'gen_ai.agent.handoff_parent': 'a', 'gen_ai.handoff.to_agent': 'b' }, 'a', 'pass_control'],
  [
    { 'gen_ai.agent.handoff.source.name': 'a', 'gen_ai.agent.handoff.target.name': 'b' },
    'a',
    undefined,
  ],
  [
    {
      'gen_ai.caller.name': 'a',
      'gen_ai.transfer.target.name': 'b',
      'gen_ai.transfer.mode': 'return_to_caller',
    },
    'a',
    'return_to_caller',
  ],
  [
    { 'langgraph.command.source_node': 'a', 'langgraph.command.goto_node': 'b' },
    'a',
    'pass_control',
  ],
  [{ 'langgraph.command.goto_nodes': ['b', 'c'] }, undefined, 'pass_control'],
  [{ 'langgraph.command.goto_nodes': '["b"]' }, undefined, 'pass_control'],
  [{ 'message.source_id': 'a', 'message.target_id': 'b' }, 'a', undefined],
])('%j hands over to b', (attributes, from, mode) => {
  expect(handoverOf({ attributes }, 'other')).toEqual({ from, to: 'b', mode })
})

test.each([
  ['transfer_to_billing', 'billing', 'pass_control'],
  ['transfer_back_to_supervisor', 'supervisor', 'pass_control'],
  ['handoff_to_refunds', 'refunds', 'pass_control'],
  ['delegate_to_researcher', 'researcher', 'return_to_caller'],
  ['delegate_research', 'research', 'return_to_caller'],
])('the tool %s hands over to %s', (tool, to, mode) => {
  expect(handoverOf({}, 'execute_tool', tool)).toEqual({ from: undefined, to, mode })
  expect(handoverOf({}, 'delegation', tool)).toEqual({ from: undefined, to, mode })
  expect(handoverOf({}, 'chat', tool)).toBeUndefined()
})

test.each([
  ['transfer_to_agent', '{"agent_name":"billing"}', 'pass_control'],
  ['Task', '{"subagent_type":"billing","prompt":"secret"}', 'return_to_caller'],
  ['Agent', '{"subagent_type":"billing"}', 'return_to_caller'],
  ['Delegate work to coworker', "{'coworker': 'billing', 'task': None}", 'return_to_caller'],
  ['ask_question_to_coworker', '{"coworker":"billing"}', 'return_to_caller'],
])('the tool %s hands over to the agent in its arguments', (tool, args, mode) => {
  const attributes = { 'gen_ai.tool.call.arguments': args }
  expect(handoverOf({ attributes }, 'execute_tool', tool)).toEqual({
    from: undefined,
    to: 'billing',
    mode,
  })
})

test('an attribute may name the sub-agent of Claude Code', () => {
  const attributes = { subagent_type: 'Explore' }
  expect(handoverOf({ attributes }, 'execute_tool', 'Task')?.to).toBe('Explore')
})

test('a tool called Task that starts no agent hands nothing over', () => {
  const attributes = { 'gen_ai.tool.call.arguments': '{"title":"buy milk"}' }
  expect(handoverOf({ attributes }, 'execute_tool', 'Task')).toBeUndefined()
  expect(handoverOf({}, 'execute_tool', 'search')).toBeUndefined()
})

test('nobody hands over to himself or to the end of a graph', () => {
  const node = 'langgraph.command.goto_node'
  const source = 'langgraph.command.source_node'
  expect(handoverOf({ attributes: { [source]: 'a', [node]: 'a' } }, 'other')).toBeUndefined()
  expect(handoverOf({ attributes: { [source]: 'a', [node]: '__end__' } }, 'other')).toBeUndefined()
})

test('a delegation that names nobody is one all the same', () => {
  expect(handoverOf({ name: 'flue.task' }, 'delegation')).toEqual({
    from: undefined,
    to: undefined,
    mode: undefined,
  })
})

test('hostile names are bounded and never thrown over', () => {
  const args = { 'gen_ai.tool.call.arguments': `{"agent_name":"${'x'.repeat(100_000)}"}` }
  expect(handoverOf({ attributes: args }, 'execute_tool', 'transfer_to_agent')).toBeUndefined()
  const long = handoverOf({}, 'execute_tool', `transfer_to_${'x'.repeat(5_000)}`)
  expect(long?.to).toBe('x'.repeat(256))
  const deep = { 'langgraph.command.goto_nodes': '['.repeat(4_000) }
  expect(handoverOf({ attributes: deep }, 'other')).toBeUndefined()
})

test('whatever a span is called, reading it ends with two names or none', () => {
  const operation = fc.constantFrom<HandingSpan['operation']>('delegation', 'execute_tool', 'chat')
  const start = fc.constantFrom('', 'handoff to ', 'Handoff: ', 'delegation:', 'transfer_to_')
  fc.assert(
    fc.property(start, fc.string(), operation, (begin, rest, does) => {
      const name = begin + rest
      const handover = handoverOf({ name }, does, name)
      expect(handover?.to?.trim()).toBe(handover?.to)
    }),
  )
})
