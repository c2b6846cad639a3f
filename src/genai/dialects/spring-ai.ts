import type { Dialect } from '../dialect.ts'

/**
 * Spring AI. Its spans come through Micrometer, whose scope is that of all spans of the service;
 * those around a call have the operation `framework`.
 */
export const springAi: Dialect = {
  name: 'spring_ai',
  source:
    'spring-projects/spring-ai: spring-ai-client-chat/src/main/java/org/springframework/ai/chat/client' +
    '/observation; mlflow/mlflow: mlflow/tracing/otel/translation/spring_ai.py',
  scopes: ['org.springframework.ai*'],
  sharedScopes: ['org.springframework.boot'],
  marks: ['spring.ai.kind', 'gen_ai.system=spring_ai'],
  operations: [
    {
      key: 'spring.ai.kind',
      values: {
        chat_client: 'chain',
        advisor: 'chain',
        tool_call: 'execute_tool',
        vector_store: 'retrieval',
      },
    },
  ],
}
