import type { Dialect } from '../dialect.ts'

/** The SDKs of Langfuse. Up to 3.3.0 the one for Python calls every observation a `span`. */
export const langfuse: Dialect = {
  name: 'langfuse',
  source:
    'langfuse/langfuse-js: packages/core/src/constants.ts; ' +
    'langfuse/langfuse: packages/shared/src/server/otel/attributes.ts',
  scopes: ['langfuse-sdk'],
  resource: [
    ['langfuse.environment', '*'],
    ['langfuse.release', '*'],
  ],
  marks: [
    'langfuse.observation.type',
    'langfuse.observation.model.name',
    'langfuse.observation.usage_details',
    'langfuse.observation.input',
    'langfuse.observation.output',
    'langfuse.trace.name',
  ],
  // Its span processor writes these on every span of the service.
  hints: ['langfuse.environment', 'langfuse.release', 'langfuse.version', 'langfuse.session.id'],
  operations: [
    {
      key: 'langfuse.observation.type',
      values: {
        generation: 'chat',
        embedding: 'embeddings',
        agent: 'invoke_agent',
        tool: 'execute_tool',
        chain: 'chain',
        retriever: 'retrieval',
        guardrail: 'guardrail',
        evaluator: 'evaluator',
        event: 'other',
      },
      silent: ['span'],
    },
  ],
}
