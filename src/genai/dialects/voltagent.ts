import type { Dialect } from '../dialect.ts'

/**
 * VoltAgent. Its keys are of common use; children have the `entity.type` of the agent above them, so
 * that it speaks only where `span.type` does not.
 */
export const voltagent: Dialect = {
  name: 'voltagent',
  source: 'mlflow/mlflow: mlflow/tracing/otel/translation/voltagent.py',
  scopes: ['@voltagent/*'],
  marks: ['voltagent.operation_id', 'voltagent.conversation_id'],
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
      isLastResort: true,
      values: { agent: 'invoke_agent', workflow: 'invoke_workflow' },
    },
  ],
}
