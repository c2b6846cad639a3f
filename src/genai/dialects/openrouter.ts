import type { Dialect } from '../dialect.ts'

/** What OpenRouter sends of the calls it has routed: plain `gen_ai.*` under its own service. */
export const openrouter: Dialect = {
  name: 'openrouter',
  source: 'langfuse/langfuse: web/src/__tests__/server/api/otel/otelMapping.servertest.ts',
  resource: [['service.name', 'openrouter']],
}
