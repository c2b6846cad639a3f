import type { Dialect } from '../dialect.ts'

/** The Gemini CLI. */
export const geminiCli: Dialect = {
  name: 'gemini_cli',
  source: 'mlflow/mlflow: mlflow/tracing/otel/translation',
  scopes: ['gemini-cli'],
  resource: [['service.name', 'gemini-cli']],
  marks: ['gen_ai.agent.name=gemini-cli'],
  operations: [
    {
      key: 'gen_ai.operation.name',
      values: {
        llm_call: 'chat',
        tool_call: 'execute_tool',
        agent_call: 'invoke_agent',
        user_prompt: 'chain',
        system_prompt: 'chain',
        schedule_tool_calls: 'chain',
      },
    },
  ],
}
