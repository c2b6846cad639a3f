import type { Dialect } from '../dialect.ts'

/** Mastra. A generation has steps and chunks below it that say its tokens again. */
export const mastra: Dialect = {
  name: 'mastra',
  source: 'mastra-ai/mastra: observability/otel-exporter/src/gen-ai-semantics.ts',
  scopes: ['@mastra/otel*'],
  marks: ['mastra.span.type', 'gen_ai.usage.cached_input_tokens'],
  operations: [
    {
      key: 'mastra.span.type',
      values: {
        agent_run: 'invoke_agent',
        model_generation: 'chat',
        model_step: 'agent_step',
        model_chunk: 'chain',
        tool_call: 'execute_tool',
        mcp_tool_call: 'execute_tool',
        provider_tool_call: 'execute_tool',
        rag_embedding: 'embeddings',
        workflow_run: 'invoke_workflow',
        workflow_step: 'chain',
        generic: 'chain',
      },
    },
    {
      key: 'gen_ai.operation.name',
      values: {
        agent_run: 'invoke_agent',
        model_generation: 'chat',
        model_step: 'agent_step',
        workflow_run: 'invoke_workflow',
      },
    },
  ],
  roles: [
    { operation: 'agent_step', role: 'copy' },
    { operation: 'chain', attribute: ['mastra.span.type', 'model_chunk'], role: 'copy' },
  ],
}
