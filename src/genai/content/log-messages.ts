import type { LogView } from '../../pdata/logs.ts'
import { ContentKeys } from './content-keys.ts'
import { type Decoded, decodeText, decodeView, nothing } from './decode.ts'
import { choiceEvent, eventMessages, isInputEvent } from './event-messages.ts'
import { at, isObject, type Json } from './json.ts'
import { type Message, saysSomething } from './message.ts'
import { toMessages } from './message-shapes.ts'

/** The messages of a log record. It says which span they belong to, or the record's ids do. */
export interface LogMessages {
  readonly input: readonly Message[]
  readonly output: readonly Message[]
  readonly system: readonly Message[]
  readonly truncated: boolean
}

/**
 * The messages in a log record: one message or choice per record (GenAI conventions 1.28 to 1.36),
 * all of a call (`gen_ai.client.inference.operation.details`), the bodies that ADOT moves out of
 * spans, the prompt of a Claude Code user.
 */
export function logMessages(record: LogView): LogMessages {
  const name = record.eventName() || nameAttribute(record)
  const body = bodyOf(record)
  if (name === choiceEvent || isInputEvent(name)) return oneMessage(name, body)
  if (claudePrompts.has(name)) return userPrompt(record)
  return wholeCall(record, body)
}

const noLogMessages: LogMessages = { input: [], output: [], system: [], truncated: false }

const claudePrompts: ReadonlySet<string> = new Set(['user_prompt', 'claude_code.user_prompt'])

const keys = new ContentKeys([
  'event.name',
  'gen_ai.event.content',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'prompt',
])

function nameAttribute(record: LogView): string {
  return keys.view(record, 'event.name')?.asString() ?? ''
}

/** The body, or the attribute that Semantic Kernel writes instead. */
function bodyOf(record: LogView): Decoded {
  const content = keys.decode(record, 'gen_ai.event.content')
  return content.value === undefined ? decodeView(record.body) : content
}

function oneMessage(name: string, { value, truncated }: Decoded): LogMessages {
  if (value === undefined) return { ...noLogMessages, truncated }
  const messages = eventMessages(name, value).filter(saysSomething)
  if (name === choiceEvent) return { ...noLogMessages, output: messages, truncated }
  return { ...noLogMessages, input: messages, truncated }
}

function userPrompt(record: LogView): LogMessages {
  const { value, truncated } = keys.plain(record, 'prompt')
  return { ...noLogMessages, input: toMessages(value, 'user'), truncated }
}

function wholeCall(record: LogView, body: Decoded): LogMessages {
  const input = oneOf(record, 'gen_ai.input.messages', body.value, ['input', 'messages'])
  const output = oneOf(record, 'gen_ai.output.messages', body.value, ['output', 'messages'])
  const system = oneOf(record, 'gen_ai.system_instructions', body.value, ['system_instructions'])
  return {
    input: toMessages(input.value, 'user'),
    output: toMessages(output.value, 'assistant'),
    system: toMessages(system.value, 'system'),
    truncated: body.truncated || input.truncated || output.truncated || system.truncated,
  }
}

/** From the attribute, from the field of that name in the body, or from where ADOT puts it. */
function oneOf(
  record: LogView,
  key: string,
  body: Json | undefined,
  path: readonly string[],
): Decoded {
  const attribute = keys.decode(record, key)
  if (attribute.value !== undefined || attribute.truncated) return attribute
  const value = isObject(body) ? (body[key] ?? at(body, ...path)) : undefined
  if (typeof value === 'string') return decodeText(value)
  return { ...nothing, value }
}
