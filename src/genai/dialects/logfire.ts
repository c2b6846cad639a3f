import type { Dialect } from '../dialect.ts'

/** What Logfire itself instruments: clients of models, MCP, the agent SDKs of OpenAI and Anthropic. */
export const logfire: Dialect = {
  name: 'logfire',
  source: 'pydantic/logfire: logfire/_internal/integrations, logfire/_internal/constants.py',
  scopes: [
    'logfire.openai',
    'logfire.anthropic',
    'logfire.mcp',
    'logfire.openai_agents',
    'logfire.claude_agent_sdk',
    'logfire.google_genai',
    'logfire.litellm',
    'logfire.feedback',
  ],
  sharedScopes: ['logfire', 'logfire.variables'],
  resource: [['logfire.version', '*']],
  // On every span of Logfire, of web servers and databases too.
  hints: ['logfire.span_type', 'logfire.msg_template', 'logfire.json_schema', 'logfire.msg'],
  spanNames: [
    { name: 'MCP request: *', operation: 'mcp_request', isDecisive: true },
    { name: 'MCP server handle request: *', operation: 'mcp_request', isDecisive: true },
    { name: 'Handoff: *', operation: 'delegation' },
    { name: 'Function: *', operation: 'execute_tool' },
    { name: 'Guardrail *', operation: 'guardrail' },
    { name: 'Agent run*', operation: 'invoke_agent' },
    { name: 'OpenAI Agents trace: *', operation: 'invoke_workflow' },
    { name: 'Task: *', operation: 'task' },
    { name: 'Turn *', operation: 'agent_step' },
    { name: 'claude.conversation', operation: 'invoke_agent' },
    { name: 'Responses API*', operation: 'chat' },
    { name: 'Chat completion*', operation: 'chat' },
    { name: 'Chat Completion*', operation: 'chat' },
    { name: 'Message with *', operation: 'chat' },
    { name: 'Completion with *', operation: 'completion' },
    { name: 'Embedding Creation with *', operation: 'embeddings' },
    { name: 'Image Generation with *', operation: 'image' },
    // Carries the tokens of a request whose own span ended when the stream began.
    { name: 'streaming response from *', operation: 'chat' },
  ],
  noise: [
    {
      attribute: ['logfire.span_type', 'pending_span'],
      reason: 'a placeholder for a span that has not ended',
    },
  ],
}
