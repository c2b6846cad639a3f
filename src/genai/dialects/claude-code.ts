import type { Dialect } from '../dialect.ts'

/** Claude Code and the Claude Agent SDK with their own telemetry. */
export const claudeCode: Dialect = {
  name: 'claude_code',
  source:
    'codenamev/claude_memory: docs/claude_monitoring.md; ' +
    'mlflow/mlflow: mlflow/tracing/otel/translation/claude_code.py',
  scopes: ['com.anthropic.claude_code*'],
  resource: [['service.name', 'claude-code']],
  marks: ['span.type=claude_code.*'],
  operations: [
    {
      key: 'span.type',
      isShared: true,
      values: {
        interaction: 'invoke_agent',
        llm_request: 'chat',
        tool: 'execute_tool',
        'tool.execution': 'chain',
        'tool.blocked_on_user': 'policy_check',
        hook: 'chain',
        'claude_code.interaction': 'invoke_agent',
        'claude_code.llm_request': 'chat',
        'claude_code.tool': 'execute_tool',
        'claude_code.tool.execution': 'chain',
        'claude_code.tool.blocked_on_user': 'policy_check',
        'claude_code.hook': 'chain',
      },
    },
  ],
  spanNames: [
    { name: 'claude_code.interaction', operation: 'invoke_agent', isDecisive: true },
    { name: 'claude_code.llm_request', operation: 'chat', isDecisive: true },
    { name: 'claude_code.tool', operation: 'execute_tool', isDecisive: true },
    { name: 'claude_code.tool.execution', operation: 'chain', isDecisive: true },
    { name: 'claude_code.tool.blocked_on_user', operation: 'policy_check', isDecisive: true },
    { name: 'claude_code.hook', operation: 'chain', isDecisive: true },
  ],
}
