import { maxWrappers } from './bounds.ts'
import { eventMessages } from './event-messages.ts'
import { at, firstOf, isList, isObject, type Json, type JsonObject } from './json.ts'
import { asSystem, type Message, type Part, type Role, roleOf, saysSomething } from './message.ts'
import { finishReasonOf, messageOf } from './message-object.ts'
import { isBlock, textParts, toParts } from './parts.ts'

/**
 * The messages in a value of whatever shape: messages, lists of them, whole requests and responses
 * of the providers, serialised LangChain objects, items of the Responses API, bare content blocks.
 * What is none of these was said as it stands: it becomes one text of the carrier's role.
 *
 * @param role whose message it is when the value does not say
 */
export function toMessages(value: Json | undefined, role: Role): readonly Message[] {
  return messagesIn(value, role, 0).filter(saysSomething)
}

function messagesIn(value: Json | undefined, role: Role, level: number): readonly Message[] {
  if (value === undefined || value === null || level > maxWrappers) return []
  if (isList(value)) return messagesOfList(value, role, level)
  const found = isObject(value) ? shaped(value, role, level) : undefined
  return found ?? [plain(partsOf(value), role)]
}

/** Blocks that follow each other are one message; messages stand for themselves. */
function messagesOfList(list: readonly Json[], role: Role, level: number): readonly Message[] {
  const messages: Message[] = []
  let loose: Part[] = []
  for (const item of list) {
    const found = isList(item)
      ? messagesIn(item, role, level + 1)
      : isObject(item) && shaped(item, role, level + 1)
    if (found === false || found === undefined) {
      for (const part of partsOf(item)) loose.push(part)
      continue
    }
    if (loose.length > 0) messages.push(plain(loose, role))
    loose = []
    for (const message of found) messages.push(message)
  }
  return loose.length > 0 ? [...messages, plain(loose, role)] : messages
}

type ReadShape = (it: JsonObject, role: Role, level: number) => readonly Message[] | undefined

/** In order: the first that recognises the object reads it. */
const shapes: readonly ReadShape[] = [
  (it, role) => (typeof it.role === 'string' ? [messageOf(it, role)] : undefined),
  namedEvent,
  langChain,
  responsesItem,
  (it, role) => (isBlock(it) ? undefined : withContent(it, role)),
  (it, role, level) =>
    role === 'assistant'
      ? (response(it, role, level) ?? request(it, role, level))
      : (request(it, role, level) ?? response(it, role, level)),
]

function shaped(it: JsonObject, role: Role, level: number): readonly Message[] | undefined {
  if (level > maxWrappers) return []
  for (const read of shapes) {
    const messages = read(it, role, level)
    if (messages !== undefined) return messages
  }
  return undefined
}

/** Events that were gathered into a list, each with its name: pydantic-ai, Logfire. */
function namedEvent(it: JsonObject): readonly Message[] | undefined {
  const name = it['event.name']
  return typeof name === 'string' ? eventMessages(name, it) : undefined
}

/**
 * LangChain's `{ lc, id: [… 'HumanMessage'], kwargs }`, and `{ type: 'human', content }` or
 * `{ type: 'human', data }`.
 */
function langChain(it: JsonObject, role: Role): readonly Message[] | undefined {
  const { id, kwargs, data, type } = it
  if (isObject(kwargs) && isList(id)) return [langChainMessage(kwargs, roleOf(id.at(-1)) ?? role)]
  const said = roleOf(type)
  if (said === undefined) return undefined
  if (isObject(data)) return [langChainMessage(data, said)]
  return 'content' in it ? [langChainMessage(it, said)] : undefined
}

function langChainMessage(it: JsonObject, role: Role): Message {
  const { finishReason, ...message } = messageOf(it, role)
  const metadata = it.response_metadata
  return {
    ...message,
    finishReason: finishReason ?? (isObject(metadata) ? finishReasonOf(metadata) : undefined),
  }
}

const responsesRoles: ReadonlyMap<string, Role> = new Map([
  ['function_call', 'assistant'],
  ['custom_tool_call', 'assistant'],
  ['reasoning', 'assistant'],
  ['function_call_output', 'tool'],
  ['custom_tool_call_output', 'tool'],
])

/** Items of the Responses API that belong to no message. */
function responsesItem(it: JsonObject): readonly Message[] | undefined {
  const role = typeof it.type === 'string' ? responsesRoles.get(it.type) : undefined
  if (role === undefined || (it.type === 'reasoning' && !('summary' in it))) return undefined
  return [plain(toParts(it), role)]
}

/** A message without a role, and a candidate of Gemini or an ADK response: `{ content: { parts } }`. */
function withContent(it: JsonObject, role: Role): readonly Message[] | undefined {
  const { content } = it
  if (isObject(content) && ('parts' in content || 'role' in content)) {
    const message = messageOf(content, role)
    return [{ ...message, finishReason: message.finishReason ?? finishReasonOf(it) }]
  }
  const isMessage = ['parts', 'content', 'tool_calls', 'toolCalls', 'contents'].some(
    (key) => key in it,
  )
  return isMessage && !isRequest(it) ? [messageOf(it, role)] : undefined
}

function isRequest(it: JsonObject): boolean {
  const { contents } = it
  if (contents === undefined) return false
  return (
    'config' in it || (isList(contents) && contents.some((one) => isObject(one) && 'parts' in one))
  )
}

/** What was sent: system prompt and messages of Gemini, OpenAI, Anthropic, the Responses API. */
function request(it: JsonObject, role: Role, level: number): readonly Message[] | undefined {
  const sent = firstOf(it.messages, it.contents, it.input, it.inputs, it.prompt)
  const system = firstOf(
    it.system,
    it.instructions,
    it.system_instruction,
    at(it, 'config', 'system_instruction'),
    at(it, 'config', 'systemInstruction'),
  )
  if (sent === undefined && (system === undefined || role === 'assistant')) return undefined
  const before = messagesIn(system, 'system', level + 1).map(asSystem)
  return [...before, ...messagesIn(sent, role, level + 1)]
}

/** What came back: choices, generations, candidates, a message, an output. */
function response(it: JsonObject, role: Role, level: number): readonly Message[] | undefined {
  const several = firstOf(it.choices, it.generations, it.candidates)
  if (isList(several)) return several.flat().flatMap((one) => choice(one, role, level + 1))
  const answer = firstOf(
    it.message,
    it.output,
    it.outputs,
    it.combined_chunk_content,
    it.completion,
  )
  if (answer === undefined) return undefined
  return withFinishReason(messagesIn(answer, role, level + 1), it)
}

function choice(it: Json, role: Role, level: number): readonly Message[] {
  if (!isObject(it)) return messagesIn(it, role, level)
  const said = firstOf(it.message, it.delta, it.content, it.text)
  return withFinishReason(messagesIn(said, role, level), it)
}

/** Providers put the reason beside the message; LangChain into `generation_info`. */
function withFinishReason(messages: readonly Message[], it: JsonObject): readonly Message[] {
  const info = it.generation_info
  const reason = finishReasonOf(it) ?? (isObject(info) ? finishReasonOf(info) : undefined)
  if (reason === undefined) return messages
  return messages.map((message) => ({ ...message, finishReason: message.finishReason ?? reason }))
}

function plain(parts: readonly Part[], role: Role): Message {
  return { role, name: undefined, parts, finishReason: undefined }
}

/**
 * An object of no known kind is an answer in JSON, or the input of a chain: text as it stands. An
 * empty one is what ADK writes where content is switched off.
 */
function partsOf(item: Json): readonly Part[] {
  if (item === null || typeof item === 'string') return textParts(item ?? undefined)
  if (isObject(item) && ('type' in item || isBlock(item))) return toParts(item)
  if (isObject(item) && Object.keys(item).length === 0) return []
  return textParts(JSON.stringify(item))
}
