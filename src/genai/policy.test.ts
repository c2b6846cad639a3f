import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from './operation.ts'
import { type CheckedSpan, readPolicy, readPolicyEvent } from './policy.ts'
import { graverPolicy, policyPart } from './policy-part.ts'
import { readSpan, type SpanSpec, signalSources } from './signals.fixture.ts'
import type { PolicyPart } from './span-record.ts'

function policyOf(
  spec: SpanSpec,
  operation: Operation,
  about: Partial<CheckedSpan> = {},
): PolicyPart | undefined {
  return readSpan(spec, (span, values) =>
    readPolicy(values, signalSources, {
      operation,
      name: span.name(),
      isError: false,
      errorType: undefined,
      provider: undefined,
      finishReasons: [],
      ...about,
    }),
  )
}

const authorization = 'aws.agentcore.policy.authorization_decision'
const mode = 'aws.agentcore.gateway.policy.mode'

test('5.17 a tool that the user rejected was denied by a human', () => {
  const span = {
    name: 'claude_code.tool.blocked_on_user',
    attributes: {
      'span.type': 'tool.blocked_on_user',
      decision: 'reject',
      source: 'user_reject',
      tool_name: 'mcp__github__create_issue',
    },
  }
  expect(policyOf(span, 'policy_check')).toEqual({
    policy: undefined,
    rule: undefined,
    decision: 'deny',
    isEnforced: true,
    stage: undefined,
    tool: 'create_issue',
    by: 'human',
  })
})

test.each(['config', 'hook'])(
  'what Claude Code decides by %s is no decision of a human',
  (source) => {
    const attributes = { decision: 'accept', source }
    expect(policyOf({ attributes }, 'policy_check')).toMatchObject({
      decision: 'allow',
      by: 'policy',
    })
  },
)

test('5.22 the gateway and its policy engine say the same of a tool that was denied', () => {
  const gateway = {
    name: 'AgentCore.Gateway.InvokeTool',
    attributes: {
      'tool.name': 'hr-db___create_payout',
      [authorization]: 'DENY',
      [mode]: 'ENFORCE',
      'gateway.name': 'hr-gw',
    },
  }
  const engine = {
    name: 'AgentCore.Policy.AuthorizeAction',
    attributes: {
      [authorization]: 'DENY',
      'aws.agentcore.policy.authorization_reason': 'denied by payout_admin_only',
      'aws.agentcore.policy.determining_policies': ['payout_admin_only'],
      [mode]: 'ENFORCE',
    },
  }
  expect(policyOf(gateway, 'execute_tool')).toMatchObject({
    decision: 'deny',
    isEnforced: true,
    tool: 'create_payout',
    by: 'policy',
  })
  expect(policyOf(engine, 'policy_check')).toMatchObject({
    decision: 'deny',
    isEnforced: true,
    policy: 'payout_admin_only',
  })
})

test('a denial that AgentCore only logs is not enforced', () => {
  const attributes = { [authorization]: 'DENY', [mode]: 'LOG_ONLY' }
  expect(policyOf({ attributes }, 'execute_tool')).toMatchObject({
    decision: 'deny',
    isEnforced: false,
  })
})

test('a filter of what may be seen is no decision', () => {
  const span = {
    name: 'AgentCore.Policy.PartiallyAuthorizeActions',
    attributes: {
      [authorization]: 'DENY',
      'aws.agentcore.policy.denied_tools': ['create_payout'],
    },
  }
  expect(policyOf(span, 'policy_check')).toBeUndefined()
})

test('5.23 a policy check of Agent-SRE names its policy and what it decided', () => {
  const span = {
    name: 'policy_check:spend_limit',
    attributes: {
      'agent.span.kind': 'POLICY_CHECK',
      'agent.policy.name': 'spend_limit',
      'agent.policy.decision': 'allow',
    },
  }
  expect(policyOf(span, 'policy_check')).toMatchObject({ policy: 'spend_limit', decision: 'allow' })
})

test('a policy check of Agent-SRE may have its policy in its name and its decision in its output', () => {
  const span = {
    name: 'policy_check:spend_limit',
    attributes: { 'agent.sre.span.output': '{"decision":"deny","why":"too much"}' },
  }
  expect(policyOf(span, 'policy_check')).toMatchObject({ policy: 'spend_limit', decision: 'deny' })
})

test('5.29 the governance toolkit asks for approval, and is refused it', () => {
  const evaluate = {
    name: 'agt.policy.evaluate',
    attributes: {
      'agt.agent.id': 'a-1',
      'agt.policy.stage': 'pre_tool',
      'agt.policy.action': 'require_approval',
      'agt.policy.rule': 'wire_transfer',
      'agt.policy.name': 'finance',
    },
  }
  const approval = {
    name: 'agt.approval.request',
    attributes: {
      'agt.policy.rule': 'wire_transfer',
      'agt.approval.outcome': 'rejected',
      'agt.approval.approver': 'ops@example',
    },
  }
  expect(policyOf(evaluate, 'policy_check')).toEqual({
    policy: 'finance',
    rule: 'wire_transfer',
    decision: 'require_approval',
    isEnforced: true,
    stage: 'pre_tool',
    tool: undefined,
    by: 'policy',
  })
  expect(policyOf(approval, 'policy_check')).toMatchObject({
    rule: 'wire_transfer',
    decision: 'deny',
    isEnforced: true,
    by: 'human',
  })
})

test('a rule called none and an unknown action say nothing', () => {
  const attributes = { 'agt.policy.rule': 'none', 'agt.policy.action': 'unknown' }
  expect(policyOf({ attributes }, 'policy_check')).toMatchObject({
    rule: undefined,
    decision: undefined,
  })
})

test.each(['policy.decision', 'policy.result'])('the mesh decides in %s', (key) => {
  const attributes = { 'policy.name': 'egress', [key]: 'DENY' }
  const span = { name: 'mesh.governance.policy_decision', attributes }
  expect(policyOf(span, 'policy_check')).toMatchObject({ policy: 'egress', decision: 'deny' })
})

test('a policy that failed without a decision is an error', () => {
  expect(policyOf({}, 'policy_check', { isError: true })?.decision).toBe('error')
  expect(policyOf({}, 'policy_check')?.decision).toBeUndefined()
})

test('a warning and a simulation are not enforced', () => {
  const decided = (decision: string) =>
    policyOf({ attributes: { 'agent.policy.decision': decision } }, 'policy_check')
  expect(decided('warn')).toMatchObject({ decision: 'warn', isEnforced: false })
  expect(decided('dry_run')).toMatchObject({ decision: 'simulate', isEnforced: false })
})

test.each([
  [{ 'gen_ai.guardrail.triggered': true }, 'deny'],
  [{ 'gen_ai.guardrail.triggered': false }, 'allow'],
  [{ 'gen_ai.guardrail.status': 'PASSED' }, 'allow'],
  [{ 'gen_ai.guardrail.status': 'FAILED' }, 'deny'],
  [{ 'gen_ai.guardrail.status': 'ERROR' }, 'error'],
  [{ 'gen_ai.guardrail.failed_guard_count': 2, 'gen_ai.guardrail.status': 'PASSED' }, 'deny'],
  [{ 'gen_ai.guardrail.failed_guard_count': 0 }, 'allow'],
  [{ 'gen_ai.guardrail.result.type': 'block' }, 'deny'],
  [{ guardrail_name: 'presidio', masked_entity_count: '{"EMAIL_ADDRESS": 2}' }, 'transform'],
  [{ guardrail_name: 'presidio', masked_entity_count: '{}' }, 'allow'],
  [{ guardrail_name: 'presidio', guardrail_status: 'guardrail_intervened' }, 'deny'],
  [{ guardrail_name: 'presidio', guardrail_status: 'guardrail_failed_to_respond' }, 'error'],
  [{ 'output.value': 'true' }, 'deny'],
  [{ 'output.value': '{"tripwire_triggered": false}' }, 'allow'],
  [{ 'output.value': 'It is fine.' }, undefined],
  [{}, undefined],
])('a guardrail that says %j decides %s', (attributes, decision) => {
  const policy = policyOf({ name: 'guard', attributes }, 'guardrail')
  expect(policy?.decision).toBe(decision)
  expect(policy?.by).toBe('guardrail')
})

test('a guardrail of LiteLLM that ends with an error stopped the request', () => {
  const attributes = { guardrail_name: 'lakera', guardrail_mode: 'pre_call' }
  expect(policyOf({ attributes }, 'guardrail', { isError: true })).toMatchObject({
    policy: 'lakera',
    decision: 'deny',
    stage: 'pre_call',
  })
})

test('a guardrail that failed was broken, unless its error says that it was triggered', () => {
  const errorType = 'InputGuardrailTripwireTriggered'
  expect(policyOf({}, 'guardrail', { isError: true })?.decision).toBe('error')
  expect(policyOf({}, 'guardrail', { isError: true, errorType })?.decision).toBe('deny')
})

test('a guardrail is known by its attribute on any span', () => {
  const attributes = { 'gen_ai.guardrail.name': 'pii', 'gen_ai.guardrail.triggered': true }
  expect(policyOf({ attributes }, 'other')).toMatchObject({ policy: 'pii', decision: 'deny' })
})

test('a model whose filter stopped the answer denied it', () => {
  const about = { finishReasons: ['content_filter'], provider: 'azure.ai.openai' }
  expect(policyOf({}, 'chat', about)).toMatchObject({
    policy: 'azure.ai.openai',
    decision: 'deny',
    by: 'content_filter',
  })
  expect(policyOf({}, 'chat', { finishReasons: ['stop'] })).toBeUndefined()
  expect(policyOf({}, 'invoke_agent', about)).toBeUndefined()
})

test('words of everybody are no decisions on other spans', () => {
  const attributes = { decision: 'reject', source: 'user_reject', 'policy.name': 'x' }
  expect(policyOf({ attributes }, 'execute_tool')).toBeUndefined()
})

test('a guard of OpenLIT decides in an event', () => {
  const decisions: (PolicyPart | undefined)[] = []
  const events = [
    { 'guard.name': 'pii', 'guard.denied': true, 'guard.phase': 'input' },
    { 'guard.name': 'pii', 'guard.action': 'redact', 'guard.denied': false },
    { 'guard.name': 'pii', 'guard.denied': false },
  ].map((attributes) => ({ name: 'guard.evaluation', attributes }))
  readSpan({ events: [...events, { name: 'exception', attributes: {} }] }, (span) =>
    span.forEachEvent((event) => decisions.push(readPolicyEvent(event.name(), event))),
  )
  expect(decisions.map((it) => it?.decision)).toEqual(['deny', 'transform', 'allow', undefined])
  expect(decisions[0]).toMatchObject({ policy: 'pii', stage: 'input', by: 'guardrail' })
})

test('of two decisions of one span the graver stays', () => {
  const allow = policyPart({ decision: 'allow' })
  const deny = policyPart({ decision: 'deny' })
  expect(graverPolicy(allow, deny)).toBe(deny)
  expect(graverPolicy(deny, allow)).toBe(deny)
  expect(graverPolicy(undefined, allow)).toBe(allow)
  expect(graverPolicy(policyPart({ decision: undefined }), allow)).toBe(allow)
})

test('whatever stands in the attributes, reading them ends with a decision or none', () => {
  const key = fc.constantFrom(
    'agent.policy.decision',
    'agent.sre.span.output',
    'masked_entity_count',
    'guardrail_name',
    'output.value',
    authorization,
    'aws.agentcore.policy.determining_policies',
    'tool.name',
  )
  const value = fc.oneof(fc.string(), fc.json(), fc.integer(), fc.boolean(), fc.constant([['x']]))
  const operation = fc.constantFrom<Operation>('policy_check', 'guardrail', 'other')
  fc.assert(
    fc.property(fc.dictionary(key, value), operation, (attributes, does) => {
      const policy = policyOf({ attributes }, does)
      expect(policy?.tool?.length ?? 0).toBeLessThanOrEqual(256)
    }),
  )
})
