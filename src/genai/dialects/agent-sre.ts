import type { Dialect } from '../dialect.ts'

/** The conventions of Agent-SRE: `agent.*` of its tracing, `agent.sre.*` of its integrations. */
export const agentSre: Dialect = {
  name: 'agent_sre',
  source:
    'microsoft/agent-governance-toolkit: agent-governance-python/agent-sre/src/agent_sre/tracing, ' +
    'agent-governance-python/agent-sre/src/agent_sre/integrations/otel; ' +
    'imran-siddique/agent-sre: src/agent_sre/tracing/conventions.py',
  scopes: ['agent_sre'],
  // Not `agent.id` and `agent.name`: agents that run on hosts have them too.
  marks: [
    'agent.span.kind',
    'agent.sre.span.kind',
    'agent.sre.span.cost_usd',
    'agent.sre.cost.usd',
    'agent.sre.cost.task_id',
    'agent.did',
    'agent.task.name',
    'agent.task.success',
    'agent.tool.name',
    'agent.model.name',
    'agent.model.provider',
    'agent.policy.name',
    'agent.policy.decision',
    'agent.delegation.from',
    'agent.delegation.to',
    'agent.trust_score',
  ],
  operations: [
    {
      key: 'agent.span.kind',
      values: {
        AGENT_TASK: 'task',
        TOOL_CALL: 'execute_tool',
        LLM_INFERENCE: 'chat',
        DELEGATION: 'delegation',
        POLICY_CHECK: 'policy_check',
      },
    },
    {
      key: 'agent.sre.span.kind',
      values: {
        agent_task: 'task',
        tool_call: 'execute_tool',
        llm_inference: 'chat',
        delegation: 'delegation',
        policy_check: 'policy_check',
        internal: 'chain',
      },
    },
  ],
  spanNames: [
    { name: 'agent_task:*', operation: 'task', isDecisive: true },
    { name: 'tool_call:*', operation: 'execute_tool' },
    { name: 'llm_inference:*', operation: 'chat' },
    { name: 'delegation:*->*', operation: 'delegation', isDecisive: true },
    { name: 'policy_check:*', operation: 'policy_check', isDecisive: true },
  ],
}
