import type { Dialect, OperationCarrier } from '../dialect.ts'

const values: OperationCarrier['values'] = {
  'ai.generateText': 'invoke_agent',
  'ai.streamText': 'invoke_agent',
  'ai.generateObject': 'invoke_agent',
  'ai.streamObject': 'invoke_agent',
  'ai.generateText.doGenerate': 'chat',
  'ai.streamText.doStream': 'chat',
  'ai.generateObject.doGenerate': 'chat',
  'ai.streamObject.doStream': 'chat',
  'ai.embed': 'chain',
  'ai.embedMany': 'chain',
  'ai.rerank': 'chain',
  'ai.embed.doEmbed': 'embeddings',
  'ai.embedMany.doEmbed': 'embeddings',
  'ai.rerank.doRerank': 'rerank',
  'ai.toolCall': 'execute_tool',
}

/** The AI SDK of Vercel: scope `ai` up to 6 and in the legacy telemetry of 7, else `gen_ai`. */
export const vercel: Dialect = {
  name: 'vercel',
  source:
    'vercel/ai: packages/otel/src/legacy-open-telemetry.ts, packages/otel/src/open-telemetry.ts, ' +
    'content/docs/03-ai-sdk-core/60-telemetry.mdx',
  scopes: ['ai', 'gen_ai'],
  // Others use `operation.name` for free text.
  marks: [
    'ai.operationId',
    'operation.name=ai.*',
    'ai.model.id',
    'ai.model.provider',
    'ai.toolCall.name',
    'ai.telemetry.functionId',
  ],
  operations: [
    { key: 'ai.operationId', values },
    { key: 'operation.name', values, isShared: true, isFirstWord: true },
  ],
  spanNames: [
    { name: 'ai.generateText', operation: 'invoke_agent', isDecisive: true },
    { name: 'ai.streamText', operation: 'invoke_agent', isDecisive: true },
    { name: 'ai.generateObject', operation: 'invoke_agent', isDecisive: true },
    { name: 'ai.streamObject', operation: 'invoke_agent', isDecisive: true },
    { name: 'ai.*.doGenerate', operation: 'chat', isDecisive: true },
    { name: 'ai.*.doStream', operation: 'chat', isDecisive: true },
    { name: 'ai.*.doEmbed', operation: 'embeddings', isDecisive: true },
    { name: 'ai.*.doRerank', operation: 'rerank', isDecisive: true },
    { name: 'ai.toolCall', operation: 'execute_tool', isDecisive: true },
    { name: 'step *', operation: 'agent_step' },
  ],
}
