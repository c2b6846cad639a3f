import type { Dialect } from '../dialect.ts'

/** OpenInference of Arize, also where a span processor adds it to the spans of others. */
export const openinference: Dialect = {
  name: 'openinference',
  source:
    'Arize-ai/openinference: spec/semantic_conventions.md, python/instrumentation, js/packages',
  scopes: ['openinference.instrumentation.*', '@arizeai/openinference-instrumentation-*'],
  resource: [['openinference.project.name', '*']],
  marks: [
    'openinference.span.kind',
    'llm.model_name',
    'llm.request.model_name',
    'llm.response.model_name',
    'llm.token_count.prompt',
    'llm.token_count.completion',
    'llm.provider',
    'llm.system',
    'llm.invocation_parameters',
    'embedding.model_name',
    'reranker.model_name',
  ],
  operations: [
    {
      key: 'openinference.span.kind',
      values: {
        LLM: 'chat',
        EMBEDDING: 'embeddings',
        CHAIN: 'chain',
        RETRIEVER: 'retrieval',
        RERANKER: 'rerank',
        TOOL: 'execute_tool',
        AGENT: 'invoke_agent',
        GUARDRAIL: 'guardrail',
        EVALUATOR: 'evaluator',
        PROMPT: 'prompt_render',
      },
      silent: ['UNKNOWN'],
    },
  ],
  spanNames: [
    { name: 'handoff to *', operation: 'delegation' },
    { name: 'mcp_tools', operation: 'mcp_request' },
    // A crew that is kicked off: `Crew.kickoff`, or the name of the crew before the dot.
    { name: '*.kickoff', operation: 'invoke_workflow' },
    { name: '*.kickoff_async', operation: 'invoke_workflow' },
  ],
  roles: [
    // Its monitor adds up over the life of the agent.
    {
      scope: 'openinference.instrumentation.smolagents*',
      operation: 'invoke_agent',
      role: 'cumulative',
    },
    { scope: 'openinference.instrumentation.smolagents*', operation: 'chain', role: 'cumulative' },
  ],
}
