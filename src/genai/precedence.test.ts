import { expect, test } from 'vitest'
import { precedence } from './precedence.ts'

/** Whether the first key is trusted more than the second. */
function isBefore(keys: readonly string[], first: string, second: string): boolean {
  return keys.includes(first) && keys.indexOf(first) < keys.indexOf(second)
}

test('a project, a connection and a kind of span are no conversation', () => {
  const { conversation, session } = precedence
  const keys: readonly string[] = [...conversation, ...session]
  for (const key of [
    'langsmith.trace.session_id',
    'langsmith.trace.session_name',
    'mcp.session.id',
    'traceloop.span.kind',
  ]) {
    expect(keys).not.toContain(key)
  }
})

test('the id of a run is no id of an agent, and an id is no name', () => {
  expect(precedence.agentId).not.toContain('gen_ai.agent.call.id')
  expect(precedence.agentName).not.toContain('gen_ai.agent.id')
})

test('what the caller of a gateway says of itself is no team, user or mark of a gateway', () => {
  const { team, user, gatewayMark } = precedence
  const keys: readonly string[] = [...team, ...user, ...gatewayMark]
  expect(keys).not.toContain('metadata.team_id')
  expect(keys).not.toContain('metadata.user_id')
})

test('the newest names of the conventions are trusted most', () => {
  expect(isBefore(precedence.provider, 'gen_ai.provider.name', 'gen_ai.system')).toBe(true)
  expect(isBefore(precedence.requestModel, 'gen_ai.request.model', 'ai.model.id')).toBe(true)
  expect(isBefore(precedence.agentName, 'gen_ai.agent.name', 'agent.name')).toBe(true)
  expect(isBefore(precedence.toolName, 'gen_ai.tool.name', 'tool.name')).toBe(true)
  expect(
    isBefore(precedence.environment, 'deployment.environment.name', 'gen_ai.environment'),
  ).toBe(true)
})

test('the host of a model is trusted more than its family, an answer more than a guess', () => {
  expect(isBefore(precedence.provider, 'llm.provider', 'llm.system')).toBe(true)
  expect(isBefore(precedence.responseModel, 'llm.response.model_name', 'llm.model_name')).toBe(true)
})

test('the thread of LangSmith is trusted more than a session that a browser may have', () => {
  const { conversation } = precedence
  expect(isBefore(conversation, 'langsmith.metadata.thread_id', 'session.id')).toBe(true)
  expect(isBefore(conversation, 'gen_ai.conversation.id', 'langsmith.metadata.thread_id')).toBe(
    true,
  )
})
