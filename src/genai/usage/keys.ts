/**
 * Every spelling of token counts, grouped by the family that is read as one set: numbers of two
 * families are never mixed, since they may count differently. In a list the newest stands first.
 * Sums over runs (`gen_ai.aggregated_usage.*`, `gen_ai.usage.partial.*`, `crewai.crew.token_usage`)
 * are left out on purpose.
 *
 * Sources: open-telemetry/semantic-conventions-genai model/, Arize-ai/openinference
 * spec/semantic_conventions.md, vercel/ai packages/otel/src, traceloop/openllmetry semconv_ai,
 * openlit/openlit semcov, mastra-ai/mastra gen-ai-semantics.ts, pydantic/pydantic-ai usage.py.
 */
export const usageKeys = {
  genAiInput: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  genAiOutput: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  genAiTotal: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
  genAiCacheRead: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.cached_input_tokens',
    'gen_ai.usage.details.cache_read_tokens',
    'gen_ai.usage.details.cache_read_input_tokens',
    'gen_ai.usage.prompt_tokens_details.cached_tokens',
    'gen_ai.usage.cache_read_tokens',
  ],
  genAiCacheWrite: [
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.cache_write_tokens',
    'gen_ai.usage.details.cache_write_tokens',
    'gen_ai.usage.details.cache_creation_input_tokens',
    'gen_ai.usage.prompt_tokens_details.cache_creation_tokens',
  ],
  genAiReasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'llm.usage.reasoning_tokens',
    'gen_ai.usage.details.reasoning_tokens',
    'gen_ai.usage.completion_tokens_details.reasoning_tokens',
  ],
  genAiAudioInput: [
    'gen_ai.usage.audio.input_tokens',
    'gen_ai.usage.audio_input_tokens',
    'gen_ai.usage.details.input_audio_tokens',
  ],
  genAiAudioOutput: [
    'gen_ai.usage.audio.output_tokens',
    'gen_ai.usage.audio_output_tokens',
    'gen_ai.usage.details.output_audio_tokens',
  ],
  /** Texts that hold an object: details of LangChain, and what the provider itself answered. */
  genAiInputDetails: ['gen_ai.usage.input_token_details'],
  genAiOutputDetails: ['gen_ai.usage.output_token_details'],
  genAiRaw: ['gen_ai.usage.raw'],

  openInferenceInput: ['llm.token_count.prompt'],
  openInferenceOutput: ['llm.token_count.completion'],
  openInferenceTotal: ['llm.token_count.total'],
  openInferenceCacheRead: [
    'llm.token_count.prompt_details.cache_read',
    'llm.token_count.prompt_details.cache_input',
  ],
  openInferenceCacheWrite: ['llm.token_count.prompt_details.cache_write'],
  openInferenceReasoning: ['llm.token_count.completion_details.reasoning'],
  openInferenceAudioInput: ['llm.token_count.prompt_details.audio'],
  openInferenceAudioOutput: ['llm.token_count.completion_details.audio'],

  vercelInput: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
  vercelOutput: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
  vercelTotal: ['ai.usage.totalTokens'],
  vercelUncached: ['ai.usage.inputTokenDetails.noCacheTokens'],
  vercelCacheRead: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
  vercelCacheWrite: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
  vercelVisible: ['ai.usage.outputTokenDetails.textTokens'],
  vercelReasoning: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
  vercelProviderMetadata: ['ai.response.providerMetadata'],

  llmUsageInput: ['llm.usage.prompt_tokens'],
  llmUsageOutput: ['llm.usage.completion_tokens'],
  llmUsageTotal: ['llm.usage.total_tokens'],
  llmUsageReasoning: ['llm.usage.reasoning_tokens'],

  plainUsageInput: ['usage.input_tokens', 'usage.prompt_tokens'],
  plainUsageOutput: ['usage.output_tokens', 'usage.completion_tokens'],
  plainUsageTotal: ['usage.total_tokens'],
  plainUsageCacheRead: [
    'usage.input_token_details.cache_read',
    'usage.input_token_details.cached_tokens',
    'usage.cached_tokens',
  ],
  plainUsageCacheWrite: ['usage.input_token_details.cache_creation'],
  plainUsageReasoning: ['usage.output_token_details.reasoning', 'usage.reasoning_tokens'],

  claudeInput: ['input_tokens'],
  claudeOutput: ['output_tokens'],
  claudeCacheRead: ['cache_read_tokens'],
  claudeCacheWrite: ['cache_creation_tokens'],

  /** Texts that hold the whole set. */
  langfuseDetails: ['langfuse.observation.usage_details'],
  mlflowUsage: ['mlflow.chat.tokenUsage'],
  adkResponse: ['gcp.vertex.agent.llm_response'],
  genkitOutput: ['genkit:output'],
  logfireResponse: ['response_data'],
  liteLlmUsage: ['metadata.usage_object'],
} as const satisfies Readonly<Record<string, readonly string[]>>
