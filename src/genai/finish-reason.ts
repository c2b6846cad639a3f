import type { ValueView } from '../pdata/attributes.ts'
import { memo } from './memo.ts'

export type FinishReason = 'stop' | 'length' | 'tool_call' | 'content_filter' | 'error' | 'other'

/**
 * Why a model stopped, each reason once: of a list, a list in a JSON text or a Python `repr`, or
 * names joined by commas. What nobody knows is `other`.
 */
export function finishReasons(value: ValueView | string | undefined): readonly FinishReason[] {
  if (value === undefined) return none
  if (typeof value === 'string') return reasonsIn(value)
  if (value.kind !== 'array') return reasonsIn(shortText(value))
  let reasons: readonly FinishReason[] = none
  value.forEachElement((element) => {
    if (reasons.length < distinctReasons) reasons = joined(reasons, reasonsIn(shortText(element)))
  })
  return reasons
}

const none: readonly FinishReason[] = []
const distinctReasons = 6

function joined(
  before: readonly FinishReason[],
  added: readonly FinishReason[],
): readonly FinishReason[] {
  return before.length === 0 ? added : [...new Set([...before, ...added])]
}

/** Longer texts are no reasons. */
const maxBytes = 512

function shortText(value: ValueView): string {
  return value.sizeBytes > maxBytes ? '' : (value.asString() ?? '')
}

const reasonsIn: (text: string) => readonly FinishReason[] = memo((text) => {
  if (text.length > maxBytes) return none
  const found = text.split(',').map(bare).filter(isSaid)
  return [...new Set(found.map((name) => reasons.get(name) ?? 'other'))]
})

/** Without quotes, brackets and the name of an enum: `["stop"]`, `'stop'`, `FinishReason.STOP`. */
function bare(part: string): string {
  const name = part.replace(/[[\](){}"'\\\s]/g, '').toLowerCase()
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll('-', '_')
    .replace(/^finish_reason_/, '')
}

function isSaid(name: string): boolean {
  return name !== '' && name !== 'none' && name !== 'null' && name !== 'undefined'
}

/** In lower case with underscores: OpenAI, Anthropic, Bedrock, Gemini, Cohere, Hugging Face. */
const spellings: readonly (readonly [FinishReason, readonly string[]])[] = [
  ['stop', ['stop', 'end_turn', 'stop_sequence', 'completed', 'complete', 'eos', 'eos_token']],
  ['stop', ['end']],
  ['length', ['length', 'max_tokens', 'max_output_tokens', 'model_length', 'incomplete']],
  ['length', ['model_context_window_exceeded']],
  ['tool_call', ['tool_call', 'tool_calls', 'tool_use', 'function_call']],
  ['content_filter', ['content_filter', 'content_filtered', 'guardrail_intervened', 'refusal']],
  ['content_filter', ['safety', 'recitation', 'blocklist', 'prohibited_content', 'spii']],
  ['content_filter', ['image_safety']],
  ['error', ['error', 'failed', 'malformed_function_call', 'cancelled', 'canceled']],
]

const reasons: ReadonlyMap<string, FinishReason> = new Map(
  spellings.flatMap(([reason, names]) => names.map((name) => [name, reason])),
)
