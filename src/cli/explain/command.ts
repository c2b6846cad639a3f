import { z } from 'zod'
import { SpanReader } from '../../genai/read-span.ts'
import { defaultVerdictRules } from '../../genai/verdict-polarity.ts'
import type { Signal } from '../../pdata/signal.ts'
import { type ConfigOptions, load } from '../load.ts'
import { type Product, type Terminal, UsageError } from '../product.ts'
import { explain, seenIn } from './explain.ts'
import { readInput } from './input.ts'
import { explanationJson } from './json.ts'
import { settledFacts } from './settled-facts.ts'
import { explanationText } from './text.ts'

export interface ExplainOptions extends ConfigOptions {
  readonly json: boolean
  readonly signal?: Signal
}

/** Prints what is understood of recorded requests, and where each value was read. */
export async function explainCommand(
  path: string,
  options: ExplainOptions,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const payloads = await readInput(path, options.signal)
  const genai = product.components.processors.find((it) => it.type === 'genai')
  if (genai === undefined) throw new Error('there is no genai processor')
  const config = (await configured(options, product, terminal)) ?? genai.config.parse({})
  const settings = partOf.parse(config)
  const reader = new SpanReader({
    identity: settings.identity,
    trustScales: settings.trust_scales,
    confidenceAttribute: settings.confidence_attribute,
    verdictRules: defaultVerdictRules,
    bounded: (_dimension, name) => name,
  })
  const seen = seenIn(payloads, reader)
  const settleMs = settings.trace_timeout + settings.settle_delay + settings.late_window
  const times = { atMs: seen.lastMs, settleMs }
  const told = await settledFacts(payloads, genai, config, times)
  const explanation = explain(seen, told, reader)
  const pieces = options.json ? explanationJson(explanation) : explanationText(explanation)
  for (const piece of pieces) terminal.out(piece)
  return 0
}

/** The settings of the first `genai` in a configuration; `undefined` where none is named. */
async function configured(
  { config, set }: ConfigOptions,
  product: Product,
  terminal: Terminal,
): Promise<unknown> {
  if (config.length === 0 && set.length === 0) return undefined
  const loaded = await load({ config, set }, product, terminal)
  const genai = [...loaded.processors.values()].find((it) => it.type === 'genai')
  if (genai === undefined) throw new UsageError('the configuration has no processor genai')
  return genai.config
}

/** The settings that decide what is read of a span, and when a trace has settled. */
const partOf = z.object({
  identity: z.object({
    agent: z.string().optional(),
    organization: z.string().optional(),
    team: z.string().optional(),
    user: z.string().optional(),
    conversation: z.string().optional(),
  }),
  trust_scales: z.record(z.string(), z.number()),
  confidence_attribute: z.string(),
  settle_delay: z.number(),
  trace_timeout: z.number(),
  late_window: z.number(),
})
