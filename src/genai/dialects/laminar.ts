import type { Dialect } from '../dialect.ts'

/** Laminar. */
export const laminar: Dialect = {
  name: 'laminar',
  source: 'lmnr-ai/lmnr-python: src/lmnr; mlflow/mlflow: mlflow/tracing/otel/translation',
  scopes: ['lmnr*'],
  marks: ['lmnr.span.type', 'lmnr.span.input'],
  operations: [
    {
      key: 'lmnr.span.type',
      values: {
        LLM: 'chat',
        TOOL: 'execute_tool',
        PIPELINE: 'invoke_workflow',
        EXECUTOR: 'chain',
        EVALUATOR: 'evaluator',
        HUMAN_EVALUATOR: 'evaluator',
        EVALUATION: 'evaluator',
        CACHED: 'other',
      },
      silent: ['DEFAULT'],
    },
  ],
  roles: [
    // An answer of an earlier run, played again.
    { attribute: ['lmnr.span.type', 'CACHED'], role: 'copy' },
  ],
}
