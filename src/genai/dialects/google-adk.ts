import type { Dialect } from '../dialect.ts'

/** The Agent Development Kit of Google, from 1.x, where blobs hold everything, to 2.x. */
export const googleAdk: Dialect = {
  name: 'google_adk',
  source: 'google/adk-python: src/google/adk/telemetry.py, src/google/adk/telemetry',
  scopes: ['gcp.vertex.agent'],
  marks: [
    'gcp.vertex.agent.invocation_id',
    'gcp.vertex.agent.session_id',
    'gcp.vertex.agent.llm_request',
    'gcp.vertex.agent.tool_call_args',
    'gen_ai.system=gcp.vertex.agent',
    'gen_ai.workflow.nested',
  ],
  spanNames: [
    { name: 'invocation', operation: 'invoke_workflow' },
    { name: 'agent_run *', operation: 'invoke_agent' },
    { name: 'call_llm', operation: 'chat' },
    { name: 'generate_content', operation: 'chat' },
    { name: 'send_data', operation: 'other' },
  ],
  noise: [
    {
      attribute: ['gen_ai.tool.name', '(merged tools)'],
      reason: 'a second span for tools that ran in parallel',
    },
    {
      attribute: ['gen_ai.tool.name', '(merged)'],
      reason: 'a second span for tools that ran in parallel',
    },
    {
      spanName: 'execute_tool (merged*',
      reason: 'a second span for tools that ran in parallel',
    },
  ],
}
