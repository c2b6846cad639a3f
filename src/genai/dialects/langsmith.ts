import type { Dialect } from '../dialect.ts'

/**
 * The OpenTelemetry exporter of LangSmith, for LangChain and LangGraph. Its `gen_ai.operation.name`
 * says `chat` of prompts and `embeddings` of retrievers: its own kind comes first.
 */
export const langsmith: Dialect = {
  name: 'langsmith',
  source: 'langchain-ai/langsmith-sdk: python/langsmith/_internal/otel/_otel_exporter.py',
  scopes: ['langsmith'],
  marks: [
    'langsmith.span.kind',
    'langsmith.trace.name',
    'langsmith.trace.session_name',
    'langsmith.metadata.ls_provider',
    'langsmith.metadata.thread_id',
    'langsmith.metadata.langgraph_node',
  ],
  operations: [
    {
      key: 'langsmith.span.kind',
      values: {
        llm: 'chat',
        embedding: 'embeddings',
        tool: 'execute_tool',
        retriever: 'retrieval',
        prompt: 'prompt_render',
        parser: 'chain',
        chain: 'chain',
      },
    },
  ],
}
