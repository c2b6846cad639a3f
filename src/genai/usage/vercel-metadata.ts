import { at, isObject, type Json, type JsonObject } from '../content/json.ts'
import { noDetails, pick, readUsageObject, type UsageDetails } from './usage-object.ts'

/** What the AI SDK passes on of the provider's own counts. */
export interface ProviderCounts extends UsageDetails {
  readonly rawInput: number | undefined
  readonly rawOutput: number | undefined
}

/**
 * Counts in `providerMetadata` of the AI SDK, where versions up to 5 have what their own attributes
 * leave out: vercel/ai packages/{anthropic,amazon-bedrock,google,openai,deepseek}/src.
 */
export function readProviderMetadata(metadata: Json | undefined): ProviderCounts | undefined {
  return (
    ofProvider(metadata, 'anthropic', anthropic) ??
    ofProvider(metadata, 'bedrock', bedrock) ??
    ofProvider(metadata, 'google', google) ??
    ofProvider(metadata, 'vertex', google) ??
    ofProvider(metadata, 'openai', openAi) ??
    ofProvider(metadata, 'azure', openAi) ??
    ofProvider(metadata, 'deepseek', deepSeek)
  )
}

function ofProvider(
  metadata: Json | undefined,
  provider: string,
  read: (own: JsonObject) => ProviderCounts,
): ProviderCounts | undefined {
  const own = at(metadata, provider)
  return isObject(own) ? read(own) : undefined
}

/** `usage` since version 5; before only the counts of the cache, where null is none. */
function anthropic(own: JsonObject): ProviderCounts {
  const raw = readUsageObject(own.usage)
  return {
    ...noCounts,
    cacheRead: raw?.cacheRead ?? countOrNone(own, 'cacheReadInputTokens'),
    cacheWrite: raw?.cacheWrite ?? countOrNone(own, 'cacheCreationInputTokens'),
    cacheWrite1h: raw?.cacheWrite1h,
    rawInput: raw?.input,
  }
}

function countOrNone(own: JsonObject, key: string): number | undefined {
  return own[key] === null ? 0 : pick(own, key)
}

function bedrock(own: JsonObject): ProviderCounts {
  const usage = isObject(own.usage) ? own.usage : {}
  return {
    ...noCounts,
    cacheRead: pick(usage, 'cacheReadInputTokens'),
    cacheWrite: pick(usage, 'cacheWriteInputTokens'),
  }
}

function google(own: JsonObject): ProviderCounts {
  const raw = readUsageObject(own.usageMetadata)
  return {
    ...noCounts,
    cacheRead: raw?.cacheRead,
    reasoning: raw?.reasoning,
    rawOutput: raw?.output,
  }
}

function openAi(own: JsonObject): ProviderCounts {
  return {
    ...noCounts,
    cacheRead: pick(own, 'cachedPromptTokens'),
    reasoning: pick(own, 'reasoningTokens'),
  }
}

function deepSeek(own: JsonObject): ProviderCounts {
  return { ...noCounts, cacheRead: pick(own, 'promptCacheHitTokens') }
}

const noCounts: ProviderCounts = { ...noDetails, rawInput: undefined, rawOutput: undefined }
