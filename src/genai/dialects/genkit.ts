import type { Dialect } from '../dialect.ts'

/** Genkit of Firebase: the type says little, its subtype what an action is. */
export const genkit: Dialect = {
  name: 'genkit',
  source:
    'firebase/genkit: js/core/src/action.ts, go/core/tracing/tracing.go; ' +
    'langfuse/langfuse: web/src/__tests__/server/api/otel/otelMapping.servertest.ts',
  scopes: ['genkit-tracer'],
  marks: ['genkit:type', 'genkit:metadata:subtype', 'genkit:name'],
  operations: [
    {
      key: 'genkit:metadata:subtype',
      values: {
        model: 'chat',
        embedder: 'embeddings',
        tool: 'execute_tool',
        'tool.v2': 'execute_tool',
        retriever: 'retrieval',
        reranker: 'rerank',
        evaluator: 'evaluator',
        prompt: 'prompt_render',
        flow: 'invoke_workflow',
        agent: 'invoke_agent',
      },
    },
    {
      key: 'genkit:type',
      values: {
        flow: 'invoke_workflow',
        flowStep: 'chain',
        util: 'chain',
      },
      silent: ['action', 'trace'],
    },
  ],
}
