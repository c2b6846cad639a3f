import type { SpanView } from '../../pdata/spans.ts'
import { readCarriers } from './carrier-reader.ts'
import { inputCarriers, outputCarriers, systemCarriers } from './carriers.ts'
import { asSystem, type Message, type MessageList } from './message.ts'

/**
 * What went to the model, or to the agent, as far as the span says it. On spans of tools and
 * retrievers this is their input: ask those that are meant to hold messages.
 */
export function inputMessages(span: SpanView): MessageList {
  return readCarriers(span, inputCarriers)
}

/** What the model, or the agent, answered. */
export function outputMessages(span: SpanView): MessageList {
  const found = readCarriers(span, outputCarriers)
  return { ...found, messages: answers(found.messages) }
}

/** The system prompt: from its own place, else the system messages of the input. */
export function systemInstructions(span: SpanView): MessageList {
  const own = readCarriers(span, systemCarriers)
  if (own.messages.length > 0) return { ...own, messages: own.messages.map(asSystem) }
  const input = inputMessages(span)
  return { ...input, messages: input.messages.filter((message) => message.role === 'system') }
}

/** Graphs give their whole conversation as output; the answer is what follows the last question. */
function answers(messages: readonly Message[]): readonly Message[] {
  const after = messages.slice(messages.findLastIndex((it) => it.role === 'user') + 1)
  return after.length > 0 ? after : messages
}
