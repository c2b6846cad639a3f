import type { Dialect } from '../dialect.ts'

/**
 * The SDKs of Anthropic with their own spans: plain conventions, inputs already added up. Calls of
 * other parts of the API name models too, and are no calls of one.
 */
export const anthropicSdk: Dialect = {
  name: 'anthropic_sdk',
  source: 'anthropics/anthropic-sdk-typescript: src/lib/internal/tracing, src/internal/tracing.ts',
  scopes: ['com.anthropic.sdk.*'],
  marks: ['anthropic.message.stop_reason', 'anthropic.request.id'],
  spanNames: [
    { name: 'anthropic.messages.create', operation: 'chat' },
    { name: 'anthropic.*', operation: 'other' },
  ],
}
