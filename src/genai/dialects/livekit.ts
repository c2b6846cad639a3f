import type { Dialect } from '../dialect.ts'

/** Agents of LiveKit, who speak. A request has a span of its own for each attempt. */
export const livekit: Dialect = {
  name: 'livekit',
  source:
    'livekit/agents: livekit-agents/livekit/agents/telemetry/trace_types.py; ' +
    'mlflow/mlflow: mlflow/tracing/otel/translation/livekit.py',
  scopes: ['livekit-agents'],
  marks: [
    'lk.agent_name',
    'lk.room_name',
    'lk.job_id',
    'lk.generation_id',
    'lk.function_tool.name',
    'lk.user_input',
    'lk.response.text',
    'lk.response.ttft',
  ],
  spanNames: [
    { name: 'agent_turn', operation: 'invoke_agent' },
    { name: 'agent_session', operation: 'chain' },
    { name: 'llm_node', operation: 'chain' },
    { name: 'llm_request', operation: 'chat' },
    { name: 'llm_request_run', operation: 'chain' },
    { name: 'tts_request', operation: 'speech' },
    { name: 'tts_request_run', operation: 'chain' },
    { name: 'function_tool', operation: 'execute_tool' },
  ],
}
