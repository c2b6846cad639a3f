import type { Dialect } from '../dialect.ts'

/** LiteLLM, as a library and as a gateway. It writes attributes of OpenLLMetry beside its own. */
export const litellm: Dialect = {
  name: 'litellm',
  source: 'BerriAI/litellm: litellm/integrations/opentelemetry.py',
  scopes: ['litellm'],
  marks: [
    'hidden_params',
    'metadata.user_api_key_hash',
    'metadata.user_api_key_team_id',
    'metadata.user_api_key_user_id',
    'metadata.usage_object',
    'gen_ai.cost.total_cost',
    'litellm.cost.total',
  ],
  operations: [
    {
      key: 'llm.request.type',
      values: {
        acompletion: 'chat',
        completion: 'chat',
        responses: 'chat',
        aresponses: 'chat',
        anthropic_messages: 'chat',
        atext_completion: 'completion',
        text_completion: 'completion',
        aembedding: 'embeddings',
        embedding: 'embeddings',
        arerank: 'rerank',
        rerank: 'rerank',
        aimage_generation: 'image',
        image_generation: 'image',
        aspeech: 'speech',
        speech: 'speech',
        atranscription: 'transcription',
        transcription: 'transcription',
      },
    },
    {
      key: 'gen_ai.operation.name',
      values: {
        acompletion: 'chat',
        completion: 'chat',
        responses: 'chat',
        aresponses: 'chat',
        anthropic_messages: 'chat',
        atext_completion: 'completion',
        aembedding: 'embeddings',
      },
    },
  ],
  spanNames: [
    { name: 'litellm_request', operation: 'chat', isDecisive: true },
    { name: 'raw_gen_ai_request', operation: 'other', isDecisive: true },
    { name: 'guardrail', operation: 'guardrail' },
  ],
  roles: [
    // The same call, as the provider's own request and response.
    { spanName: 'raw_gen_ai_request', role: 'copy' },
  ],
}
