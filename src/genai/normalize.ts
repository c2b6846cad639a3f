import type { Usage } from '../facts/fact.ts'
import { names } from '../facts/names.ts'
import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import { type AttributeValue, type Edits, int } from '../pdata/overlay.ts'
import type { SpanView } from '../pdata/spans.ts'
import type { Operation } from './operation.ts'
import type { CallPart, SpanRecord } from './span-record.ts'

/** What the conventions call an operation; the others have no name there. */
const operationNames: Partial<Readonly<Record<Operation, string>>> = {
  chat: 'chat',
  completion: 'text_completion',
  embeddings: 'embeddings',
  execute_tool: 'execute_tool',
  invoke_agent: 'invoke_agent',
  create_agent: 'create_agent',
  invoke_workflow: 'invoke_workflow',
  retrieval: 'retrieval',
  plan: 'plan',
}

const keys = {
  operation: 'gen_ai.operation.name',
  agent: 'gen_ai.agent.name',
  conversation: 'gen_ai.conversation.id',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  tool: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  input: 'gen_ai.usage.input_tokens',
  output: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  cacheWrite: 'gen_ai.usage.cache_write.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
} as const

type Key = keyof typeof keys

/** Older names of the counts: who writes them has a set of its own. */
const olderCounts = ['gen_ai.usage.prompt_tokens', 'gen_ai.usage.completion_tokens']

/** Every key that is asked for; the matcher has to have them. */
export const canonicalKeys: readonly string[] = [...Object.values(keys), ...olderCounts]

/** Stands for names beyond a cap, which no span has. */
const otherName = '__other__'

/**
 * Adds the canonical attributes of the GenAI conventions that a span lacks, from what was understood
 * of it; nothing that is there is touched. Token counts are added as one set or not at all, so that
 * numbers of two meanings never stand side by side. Where the sender's own counts leave out cached
 * tokens or reasoning, the totals are added under names of ours.
 */
export class Normaliser {
  readonly #slots: Readonly<Record<Key, number>>
  readonly #counts: readonly number[]

  constructor(matcher: AttributeMatcher) {
    const slots = Object.entries(keys).map(([key, name]) => [key, matcher.slotOf(name)])
    this.#slots = Object.fromEntries(slots)
    this.#counts = [keys.input, keys.output, ...olderCounts].map((key) => matcher.slotOf(key))
  }

  /** @param slots the attributes of the span, read through the matcher */
  add(edits: Edits, span: SpanView, slots: AttributeSlots, record: SpanRecord): void {
    const { call, tool } = record
    const to = { edits, index: span.index, slots }
    this.#put(to, 'operation', operationNames[record.operation])
    this.#put(to, 'agent', record.who.agent)
    this.#put(to, 'conversation', record.conversation)
    if (call?.role === 'inference') this.#call(to, call)
    if (tool === undefined) return
    this.#put(to, 'tool', tool.tool)
    this.#put(to, 'toolCallId', tool.callId)
  }

  #call(to: Place, call: CallPart): void {
    this.#put(to, 'provider', call.provider)
    this.#put(to, 'requestModel', call.requestModel)
    this.#put(to, 'responseModel', call.responseModel)
    this.#put(to, 'responseId', call.responseId)
    if (call.finishReasons.length > 0) this.#put(to, 'finishReasons', call.finishReasons)
    const firstMs = call.timeToFirstTokenMs
    if (firstMs !== undefined) this.#put(to, 'timeToFirstChunk', firstMs / 1_000)
    if (call.usage === undefined) return
    if (this.#counts.some((slot) => to.slots.has(slot))) this.#totals(to, call.usage)
    else this.#usage(to, call.usage)
  }

  #usage(to: Place, usage: Usage): void {
    this.#put(to, 'input', tokens(usage.inputTokens))
    this.#put(to, 'output', tokens(usage.outputTokens))
    this.#put(to, 'cacheRead', tokens(usage.cacheReadTokens))
    this.#put(to, 'cacheWrite', tokens(usage.cacheWriteTokens))
    this.#put(to, 'reasoning', tokens(usage.reasoningTokens))
  }

  #totals(to: Place, usage: Usage): void {
    const [input = -1, output = -1, olderInput = -1, olderOutput = -1] = this.#counts
    const own = (slot: number, older: number) => to.slots.number(slot) ?? to.slots.number(older)
    const { inputTokens, outputTokens } = usage
    if (inputTokens !== undefined && own(input, olderInput) !== inputTokens) {
      set(to, names.usageInputTokens, tokens(inputTokens))
    }
    if (outputTokens !== undefined && own(output, olderOutput) !== outputTokens) {
      set(to, names.usageOutputTokens, tokens(outputTokens))
    }
  }

  #put(to: Place, key: Key, value: AttributeValue | undefined): void {
    if (value === undefined || value === otherName || to.slots.has(this.#slots[key])) return
    to.edits.item(to.index, { kind: 'add', key: keys[key], value })
  }
}

interface Place {
  readonly edits: Edits
  readonly index: number
  readonly slots: AttributeSlots
}

/** A name of ours tells what we found, whatever stands there. */
function set({ edits, index }: Place, key: string, value: AttributeValue | undefined): void {
  if (value !== undefined) edits.item(index, { kind: 'set', key, value })
}

function tokens(count: number | undefined) {
  return count === undefined ? undefined : int(count)
}
