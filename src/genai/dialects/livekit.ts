import type { Dialect } from '../dialect.ts'

/** Agents of LiveKit, who speak. */
export const livekit: Dialect = {
  name: 'livekit',
  source:
    'langfuse/langfuse: packages/shared/src/server/otel; ' +
    'mlflow/mlflow: mlflow/tracing/otel/translation',
  scopes: ['livekit-agents'],
  marks: ['lk.response.ttft', 'lk.response.text', 'lk.user_input'],
  spanNames: [
    { name: 'agent_turn', operation: 'invoke_agent' },
    { name: 'agent_session', operation: 'chain' },
    { name: 'llm_request', operation: 'chat' },
    { name: 'llm_node', operation: 'chain' },
    { name: 'function_tool', operation: 'execute_tool' },
  ],
}
