import type { Dialect } from '../dialect.ts'

/** Spring AI: the conventions of OpenTelemetry with texts in events. */
export const springAi: Dialect = {
  name: 'spring_ai',
  source: 'mlflow/mlflow: mlflow/tracing/otel/translation',
  scopes: ['org.springframework.ai*'],
  marks: ['spring.ai.kind'],
}
