import type { Dialect } from '../dialect.ts'

/** OpenAI's Agents SDK through OpenTelemetry's own instrumentation. */
export const openaiAgents: Dialect = {
  name: 'openai_agents',
  source:
    'open-telemetry/opentelemetry-python-contrib: instrumentation-genai/' +
    'opentelemetry-instrumentation-openai-agents-v2; openai/openai-agents-python: src/agents/tracing',
  // OpenLLMetry has the same scope.
  sharedScopes: ['opentelemetry.instrumentation.openai_agents*'],
  marks: ['gen_ai.orchestrator.agent.definitions', 'gen_ai.guardrail.triggered'],
  hints: ['gen_ai.handoff.from_agent', 'gen_ai.handoff.to_agent'],
  operations: [
    {
      key: 'gen_ai.operation.name',
      values: {
        agent_handoff: 'delegation',
        guardrail_check: 'guardrail',
        turn: 'agent_step',
        task: 'task',
      },
    },
  ],
  spanNames: [
    { name: 'agent_handoff', operation: 'delegation' },
    { name: 'guardrail_check', operation: 'guardrail' },
  ],
}
