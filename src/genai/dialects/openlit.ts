import type { Dialect } from '../dialect.ts'

/** OpenLIT. Spans of its frameworks repeat what those of its clients say. */
export const openlit: Dialect = {
  name: 'openlit',
  source:
    'openlit/openlit: sdk/python/src/openlit/semcov/__init__.py, sdk/python/src/openlit/instrumentation',
  scopes: ['openlit.otel.tracing', 'openlit.instrumentation.*'],
  resource: [['telemetry.sdk.name', 'openlit']],
  marks: [
    'gen_ai.endpoint',
    'gen_ai.application_name',
    'gen_ai.environment',
    'gen_ai.request.is_stream',
    'openlit.agent.version_hash',
    'mcp.method',
  ],
  operations: [
    {
      key: 'gen_ai.operation.name',
      values: {
        vectordb: 'retrieval',
        framework: 'chain',
        agent: 'invoke_agent',
        mcp_tool_call: 'mcp_request',
        mcp_tool_list: 'mcp_request',
        mcp_resource_read: 'mcp_request',
        mcp_resource_list: 'mcp_request',
        mcp_prompt_get: 'mcp_request',
        mcp_prompt_list: 'mcp_request',
      },
    },
  ],
}
