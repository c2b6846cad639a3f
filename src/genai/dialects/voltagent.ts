import type { Dialect } from '../dialect.ts'

/** VoltAgent. Its `span.type` is a key that others use too. */
export const voltagent: Dialect = {
  name: 'voltagent',
  source: 'mlflow/mlflow: mlflow/tracing/otel/translation/voltagent.py',
  scopes: ['@voltagent/*'],
  marks: ['voltagent.operation_id', 'voltagent.label'],
  operations: [
    {
      key: 'span.type',
      isShared: true,
      values: {
        llm: 'chat',
        tool: 'execute_tool',
        memory: 'memory',
        agent: 'invoke_agent',
        workflow: 'invoke_workflow',
        retriever: 'retrieval',
        embedding: 'embeddings',
      },
    },
    {
      key: 'entity.type',
      isShared: true,
      values: { agent: 'invoke_agent', workflow: 'invoke_workflow' },
    },
  ],
}
