import type { Dialect } from '../dialect.ts'

/** pydantic-ai and pydantic-evals; the data format has versions 1 to 6, told by names of spans. */
export const pydanticAi: Dialect = {
  name: 'pydantic_ai',
  source:
    'pydantic/pydantic-ai: pydantic_ai_slim/pydantic_ai/_instrumentation.py, ' +
    'pydantic_ai_slim/pydantic_ai/models/instrumented.py, pydantic_evals/pydantic_evals',
  scopes: ['pydantic-ai', 'pydantic-evals'],
  marks: [
    'pydantic_ai.all_messages',
    'pydantic_ai.tool.failure_stage',
    'model_request_parameters',
    'gen_ai.agent.call.id',
    'gen_ai.aggregated_usage.input_tokens',
  ],
  operations: [{ key: 'gen_ai.operation.name', values: { experiment: 'evaluator' } }],
  spanNames: [
    { name: 'agent run', operation: 'invoke_agent' },
    { name: 'running tool', operation: 'execute_tool' },
    { name: 'running tool: *', operation: 'execute_tool' },
    { name: 'running output function', operation: 'chain' },
    // One span around the tools of a turn.
    { name: 'running tools', operation: 'chain' },
    { name: 'running * tools', operation: 'chain' },
    { name: 'evaluate *', operation: 'evaluator' },
    { name: 'evaluator: *', operation: 'evaluator' },
    { name: 'case: *', operation: 'chain' },
  ],
}
