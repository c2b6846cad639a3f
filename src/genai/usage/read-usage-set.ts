import type { DialectName } from '../dialect.ts'
import type { Source } from '../sources.ts'
import type { Values } from '../values.ts'
import type { usageKeys } from './keys.ts'
import { tokenCount } from './token-count.ts'
import { adkUsage, genkitUsage, logfireUsage, objectIn } from './usage-blobs.ts'
import { noDetails, readUsageDetails, readUsageObject, type UsageDetails } from './usage-object.ts'
import { emptyUsageSet, type UsageFamily, type UsageSet } from './usage-set.ts'
import { readProviderMetadata } from './vercel-metadata.ts'

/** Where each spelling is found. */
export type UsageSources = Readonly<Record<keyof typeof usageKeys, Source>>

/** Whose span it is, as far as that decides which numbers are the better ones. */
export interface UsageContext {
  readonly dialect: DialectName
  readonly scope: string
  /** The span carries attributes of OpenInference, perhaps added to those of another emitter. */
  readonly hasOpenInference: boolean
}

/**
 * The one set of token counts that a span is believed to mean: that of the first family which has an
 * input or an output. Families are never mixed; only details that no attribute has are taken from
 * the objects which stand beside it.
 */
export function readUsageSet(
  values: Values,
  at: UsageSources,
  { scope, hasOpenInference }: UsageContext,
): UsageSet | undefined {
  if (scope === 'ai') {
    const set = vercel(values, at)
    if (set !== undefined) return set
  }
  if (hasOpenInference) {
    const set = openInference(values, at)
    if (set !== undefined) return set
  }
  return (
    langfuse(values, at) ??
    genAi(values, at) ??
    (hasOpenInference ? undefined : openInference(values, at)) ??
    llmUsage(values, at) ??
    (scope === 'ai' ? undefined : vercel(values, at)) ??
    mlflow(values, at) ??
    plainUsage(values, at) ??
    claude(values, at) ??
    blob(values, at)
  )
}

function langfuse(values: Values, at: UsageSources): UsageSet | undefined {
  const set = readUsageObject(objectIn(values.view(at.langfuseDetails)))
  return set === undefined ? undefined : { ...set, family: 'langfuse' }
}

function genAi(values: Values, at: UsageSources): UsageSet | undefined {
  const set = counted('gen_ai', values, at.genAiInput, at.genAiOutput)
  if (set === undefined) return undefined
  const cacheRead = count(values, at.genAiCacheRead)
  const cacheWrite = count(values, at.genAiCacheWrite)
  const reasoning = count(values, at.genAiReasoning)
  const raw = readUsageObject(objectIn(values.view(at.genAiRaw)))
  const input = cacheRead === undefined ? cacheDetails(values, at, raw) : (raw ?? noDetails)
  const output =
    reasoning === undefined
      ? readUsageDetails(objectIn(values.view(at.genAiOutputDetails)))
      : noDetails
  return {
    ...set,
    total: count(values, at.genAiTotal),
    cacheRead: cacheRead ?? input.cacheRead,
    cacheWrite: cacheWrite ?? input.cacheWrite,
    cacheWrite1h: input.cacheWrite1h,
    reasoning: reasoning ?? output.reasoning ?? raw?.reasoning,
    audioInput: count(values, at.genAiAudioInput),
    audioOutput: count(values, at.genAiAudioOutput),
    rawInput: raw?.cacheIs === 'apart' ? raw.input : undefined,
    rawOutput: raw?.reasoningIs === 'apart' ? raw.output : undefined,
  }
}

/** What was read from and written to a cache, where only an object says it. */
function cacheDetails(values: Values, at: UsageSources, raw: UsageSet | undefined): UsageDetails {
  if (raw !== undefined && hasCache(raw)) return raw
  const ofLangChain = readUsageDetails(objectIn(values.view(at.genAiInputDetails)))
  if (hasCache(ofLangChain)) return ofLangChain
  return readUsageDetails(objectIn(values.view(at.liteLlmUsage)))
}

function hasCache({ cacheRead, cacheWrite }: UsageDetails): boolean {
  return cacheRead !== undefined || cacheWrite !== undefined
}

function openInference(values: Values, at: UsageSources): UsageSet | undefined {
  const set = counted('openinference', values, at.openInferenceInput, at.openInferenceOutput)
  if (set === undefined) return undefined
  return {
    ...set,
    total: count(values, at.openInferenceTotal),
    cacheRead: count(values, at.openInferenceCacheRead),
    cacheWrite: count(values, at.openInferenceCacheWrite),
    reasoning: count(values, at.openInferenceReasoning),
    audioInput: count(values, at.openInferenceAudioInput),
    audioOutput: count(values, at.openInferenceAudioOutput),
  }
}

/** The details of AI SDK 6 and 7 say that all is part of the whole; before, the provider decides. */
function vercel(values: Values, at: UsageSources): UsageSet | undefined {
  const set = counted('vercel', values, at.vercelInput, at.vercelOutput)
  if (set === undefined) return undefined
  const uncached = count(values, at.vercelUncached)
  const isTotals = uncached !== undefined || values.has(at.vercelVisible)
  const raw = isTotals
    ? undefined
    : readProviderMetadata(objectIn(values.view(at.vercelProviderMetadata)))
  return {
    ...set,
    total: count(values, at.vercelTotal),
    uncached,
    cacheRead: count(values, at.vercelCacheRead) ?? raw?.cacheRead,
    cacheWrite: count(values, at.vercelCacheWrite) ?? raw?.cacheWrite,
    cacheWrite1h: raw?.cacheWrite1h,
    reasoning: count(values, at.vercelReasoning) ?? raw?.reasoning,
    rawInput: raw?.rawInput,
    rawOutput: raw?.rawOutput,
    cacheIs: isTotals ? 'within' : undefined,
    reasoningIs: isTotals ? 'within' : undefined,
  }
}

function llmUsage(values: Values, at: UsageSources): UsageSet | undefined {
  const set = counted('llm_usage', values, at.llmUsageInput, at.llmUsageOutput)
  if (set === undefined) return undefined
  return {
    ...set,
    total: count(values, at.llmUsageTotal),
    reasoning: count(values, at.llmUsageReasoning),
  }
}

/** MLflow makes the input the whole for every provider: mlflow/mlflow mlflow/anthropic/autolog.py. */
function mlflow(values: Values, at: UsageSources): UsageSet | undefined {
  const set = readUsageObject(objectIn(values.view(at.mlflowUsage)))
  return set === undefined ? undefined : { ...set, family: 'mlflow', cacheIs: 'within' }
}

function plainUsage(values: Values, at: UsageSources): UsageSet | undefined {
  const set = counted('plain_usage', values, at.plainUsageInput, at.plainUsageOutput)
  if (set === undefined) return undefined
  return {
    ...set,
    total: count(values, at.plainUsageTotal),
    cacheRead: count(values, at.plainUsageCacheRead),
    cacheWrite: count(values, at.plainUsageCacheWrite),
    reasoning: count(values, at.plainUsageReasoning),
  }
}

function claude(values: Values, at: UsageSources): UsageSet | undefined {
  const set = counted('claude', values, at.claudeInput, at.claudeOutput)
  if (set === undefined) return undefined
  return {
    ...set,
    cacheRead: count(values, at.claudeCacheRead),
    cacheWrite: count(values, at.claudeCacheWrite),
  }
}

/** Texts with the whole answer in them: read last, since they have to be parsed. */
function blob(values: Values, at: UsageSources): UsageSet | undefined {
  return (
    adkUsage(objectIn(values.view(at.adkResponse))) ??
    genkitUsage(objectIn(values.view(at.genkitOutput))) ??
    readUsageObject(objectIn(values.view(at.genAiRaw))) ??
    logfireUsage(objectIn(values.view(at.logfireResponse))) ??
    readUsageObject(objectIn(values.view(at.liteLlmUsage)))
  )
}

function counted(
  family: UsageFamily,
  values: Values,
  inputAt: Source,
  outputAt: Source,
): UsageSet | undefined {
  const input = count(values, inputAt)
  const output = count(values, outputAt)
  if (input === undefined && output === undefined) return undefined
  return { ...emptyUsageSet, family, input, output }
}

function count(values: Values, at: Source): number | undefined {
  return tokenCount(values.number(at))
}
