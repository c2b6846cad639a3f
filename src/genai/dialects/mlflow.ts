import type { Dialect } from '../dialect.ts'

/** MLflow, where every value is JSON: a kind stands in quotes. */
export const mlflow: Dialect = {
  name: 'mlflow',
  source: 'mlflow/mlflow: mlflow/tracing/constant.py, mlflow/entities/span.py',
  scopes: ['mlflow*'],
  marks: ['mlflow.spanType', 'mlflow.traceRequestId', 'mlflow.spanInputs', 'mlflow.llm.model'],
  operations: [
    {
      key: 'mlflow.spanType',
      values: {
        CHAT_MODEL: 'chat',
        LLM: 'completion',
        EMBEDDING: 'embeddings',
        TOOL: 'execute_tool',
        AGENT: 'invoke_agent',
        CHAIN: 'chain',
        PARSER: 'chain',
        RETRIEVER: 'retrieval',
        RERANKER: 'rerank',
        WORKFLOW: 'invoke_workflow',
        TASK: 'task',
        MEMORY: 'memory',
        EVALUATOR: 'evaluator',
        GUARDRAIL: 'guardrail',
      },
      silent: ['UNKNOWN'],
    },
  ],
}
