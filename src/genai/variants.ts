import type { EventView } from '../pdata/span-parts.ts'
import type { SpanView } from '../pdata/spans.ts'
import { isHostileKey } from './content/json.ts'
import { textIn } from './scalars.ts'
import { labelText } from './short-text.ts'
import { compileSources, type Source } from './sources.ts'
import { Values } from './values.ts'

/** What a flag says of itself, on a span, an event of a span or a record of the log. */
export const flagKeys = {
  flagKey: ['feature_flag.key'],
  flagVariant: ['feature_flag.result.variant', 'feature_flag.variant', 'feature_flag.result.value'],
} as const satisfies Record<string, readonly string[]>

/** Where the variants that a span ran with are looked for. */
export const variantKeys = {
  ...flagKeys,
  langfusePrompt: ['langfuse.observation.prompt.name'],
  langfusePromptVersion: ['langfuse.observation.prompt.version'],
  traceloopPrompt: ['traceloop.prompt.key'],
  traceloopPromptVersion: ['traceloop.prompt.version', 'traceloop.prompt.version_hash'],
  promptId: ['prompt.id'],
  promptTemplateVersion: ['llm.prompt_template.version'],
  configBundleVersion: ['aws.agentcore.configbundle_version', 'aws.agentcore.configbundle_arn'],
} as const satisfies Record<string, readonly string[]>

export type FlagSources = Readonly<Record<keyof typeof flagKeys, Source>>
export type VariantSources = Readonly<Record<keyof typeof variantKeys, Source>>

/** Variants of flags and prompts by name; the first of a name counts, and so do the first 16 names. */
export class VariantSet {
  readonly #variants = new Map<string, string>()

  /** Names and variants longer than 64 characters are left out: they are no names. */
  add(name: string | undefined, variant: string | undefined): void {
    const key = labelText(name)
    const value = labelText(variant)
    if (key === undefined || value === undefined || isHostileKey(key)) return
    if (this.#variants.size < maxVariants && !this.#variants.has(key))
      this.#variants.set(key, value)
  }

  /** As data; the same object whenever there is nothing. */
  toRecord(): Readonly<Record<string, string>> {
    return this.#variants.size === 0 ? noVariants : Object.fromEntries(this.#variants)
  }
}

const maxVariants = 16

export const noVariants: Readonly<Record<string, string>> = Object.freeze({})

/** Names of span events, standalone spans and log records that tell the variant of a flag. */
export function isFlagEvent(name: string): boolean {
  return name === 'feature_flag.evaluation' || name === 'feature_flag'
}

/** Adds what the attributes of a span say; a span of one flag tells it of the span around it. */
export function readVariants(values: Values, keys: VariantSources, into: VariantSet): void {
  readFlag(values, keys, into)
  into.add(values.text(keys.langfusePrompt), values.text(keys.langfusePromptVersion))
  into.add(values.text(keys.traceloopPrompt), values.text(keys.traceloopPromptVersion))
  into.add(values.text(keys.promptId) ?? 'prompt_template', values.text(keys.promptTemplateVersion))
  into.add('configbundle', values.text(keys.configBundleVersion))
}

/** Adds the variant of one flag: `open-feature/js-sdk-contrib: libs/hooks/open-telemetry`. */
export function readFlag(values: Values, keys: FlagSources, into: VariantSet): void {
  const key = values.text(keys.flagKey)
  if (key !== undefined) into.add(key, values.text(keys.flagVariant))
}

/** Adds the flag in an event of a span. */
export function readFlagEvent(name: string, event: EventView, into: VariantSet): void {
  if (!isFlagEvent(name)) return
  eventValues.reset(event.attributes(flags.matcher))
  readFlag(eventValues, flags.of, into)
}

const eventValues = new Values()
const flags = compileSources(flagKeys)

const variablePrefix = 'logfire.variables.'

/**
 * Adds the managed variables of Logfire, whose names are in their keys: it walks all attributes, so
 * it is for spans of runs alone. `logfire.variables.<name>` holds the label, a further part of the
 * key something else.
 */
export function walkVariants(span: SpanView, into: VariantSet): void {
  span.forEachAttribute((key, value) => {
    if (!key.startsWith(variablePrefix) || key.length > maxKeyLength) return
    const name = key.slice(variablePrefix.length)
    if (!name.includes('.')) into.add(name, textIn(value))
  })
}

const maxKeyLength = 256
