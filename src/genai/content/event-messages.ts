import { parsedText } from './decode.ts'
import { isObject, type Json, type JsonObject, newObject } from './json.ts'
import type { Message, Role } from './message.ts'
import { messageOf } from './message-object.ts'

/** Events that are one message each; of the GenAI conventions 1.28 to 1.36. */
const roleOfEvent: ReadonlyMap<string, Role> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
])

export const choiceEvent = 'gen_ai.choice'

/** Whether an event of this name is a message that went to the model. */
export function isInputEvent(name: string): boolean {
  return roleOfEvent.has(name)
}

/**
 * The messages of an event, from its body or its attributes: `{ content, role, tool_calls, id }`,
 * or for a choice `{ index, finish_reason, message }`, whose message is an object, blocks or text.
 */
export function eventMessages(name: string, body: Json): readonly Message[] {
  const fields = isObject(body) ? body : { content: body }
  if (name === choiceEvent) return choiceMessages(fields)
  const role = roleOfEvent.get(name)
  return role === undefined ? [] : [messageOf(fields, role)]
}

function choiceMessages(choice: JsonObject): readonly Message[] {
  const message = typeof choice.message === 'string' ? answerIn(choice.message) : choice.message
  const fields = newObject()
  Object.assign(fields, choice, isObject(message) ? message : {})
  if (message !== undefined && !isObject(message)) fields.content = message
  const answer = messageOf(fields, 'assistant')
  const result = choice['tool.result']
  return result === undefined ? [answer] : [answer, messageOf({ content: result }, 'tool')]
}

/** A message that was written as JSON; other JSON is the text of the answer. */
function answerIn(text: string): Json {
  const parsed = parsedText(text)
  return isObject(parsed) && ('content' in parsed || 'tool_calls' in parsed) ? parsed : text
}
