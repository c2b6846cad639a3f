import type { EventView } from '../../pdata/span-parts.ts'
import type { SpanView } from '../../pdata/spans.ts'
import {
  type Carrier,
  type CarrierTable,
  inputCarriers,
  outputCarriers,
  systemCarriers,
  type Takes,
} from './carriers.ts'
import { ContentKeys } from './content-keys.ts'
import { choiceEvent, eventMessages, isInputEvent } from './event-messages.ts'
import { isList, isObject, type Json, newObject } from './json.ts'
import { type Message, type MessageList, noMessages, type Role, saysSomething } from './message.ts'
import { messageOf } from './message-object.ts'
import { toMessages } from './message-shapes.ts'
import { unflatten } from './unflatten.ts'

/**
 * The messages of the first place that holds any. Where that place was cut off and a later one was
 * not, the later one counts.
 */
export function readCarriers(span: SpanView, { role, carriers }: CarrierTable): MessageList {
  let cut = noMessages
  for (const carrier of carriers) {
    const found = read(span, carrier, role)
    if (found.messages.length > 0 && !found.truncated) return found
    if (cut.messages.length === 0 && found.truncated) cut = found
  }
  return cut
}

function read(span: SpanView, carrier: Carrier, role: Role): MessageList {
  switch (carrier.kind) {
    case 'value': {
      const { value, truncated } = spanKeys.decode(span, carrier.key)
      const messages = taken(toMessages(value, role), carrier.takes)
      return { messages, truncated, source: 'attribute' }
    }
    case 'text': {
      const { value, truncated } = spanKeys.plain(span, carrier.key)
      return { messages: toMessages(value, role), truncated, source: 'attribute' }
    }
    case 'fields':
      return readFields(span, carrier.keys, role)
    case 'indexed': {
      const { value, truncated } = unflatten(span, carrier.prefix)
      const items = unwrapped(value, carrier.item)
      return { messages: toMessages(items, role), truncated, source: 'flattened' }
    }
    case 'event_value':
      return readEvents(span, (event) => {
        if (event.name() !== carrier.event) return undefined
        const { value, truncated } = eventKeys.decode(event, carrier.key)
        return { messages: toMessages(value, role), truncated, source: 'span_event' }
      })
    case 'event_messages':
      return readEvents(span, (event) => {
        const name = event.name()
        const isMeant = role === 'assistant' ? name === choiceEvent : isInputEvent(name)
        return isMeant ? readEvent(event, name) : undefined
      })
  }
}

function taken(messages: readonly Message[], takes: Takes | undefined): readonly Message[] {
  if (takes === undefined) return messages
  const hasAnswer = messages.at(-1)?.role === 'assistant'
  if (takes === 'answer') return hasAnswer ? messages.slice(-1) : []
  return hasAnswer ? messages.slice(0, -1) : messages
}

function readFields(
  span: SpanView,
  keys: Readonly<Record<string, string>>,
  role: Role,
): MessageList {
  const fields = newObject()
  let truncated = false
  for (const [field, key] of Object.entries(keys)) {
    const found = spanKeys.plain(span, key)
    truncated ||= found.truncated
    if (found.value !== undefined) fields[field] = found.value
  }
  const message = messageOf(fields, role)
  return { messages: message.parts.length > 0 ? [message] : [], truncated, source: 'attribute' }
}

/** OpenInference wraps each element in its own name. */
function unwrapped(value: Json | undefined, item: string | undefined): Json | undefined {
  if (item === undefined || !isList(value)) return value
  return value.map((element) => (isObject(element) ? (element[item] ?? element) : element))
}

function readEvents(
  span: SpanView,
  readOne: (event: EventView) => MessageList | undefined,
): MessageList {
  const messages: Message[] = []
  let truncated = false
  span.forEachEvent((event) => {
    const found = readOne(event)
    for (const message of found?.messages ?? []) messages.push(message)
    truncated ||= found?.truncated === true
  })
  return { messages, truncated, source: 'span_event' }
}

/** Fields that are attributes of the event, or one attribute that holds them all as JSON. */
function readEvent(event: EventView, name: string): MessageList {
  const whole = eventKeys.decode(event, wholeBody)
  const fields = newObject()
  let { truncated } = whole
  for (const key of eventFields) {
    const found = eventKeys.plain(event, key)
    truncated ||= found.truncated
    if (found.value !== undefined) fields[key] = found.value
  }
  const body = isObject(whole.value) ? whole.value : fields
  const messages = eventMessages(name, body).filter(saysSomething)
  return { messages, truncated, source: 'span_event' }
}

/** Semantic Kernel puts the body of an event here. */
const wholeBody = 'gen_ai.event.content'

const eventFields = [
  'role',
  'content',
  'name',
  'id',
  'tool_calls',
  'message',
  'finish_reason',
  'tool.result',
]

const carriers = [inputCarriers, outputCarriers, systemCarriers].flatMap((it) => it.carriers)

const spanKeys = new ContentKeys(
  carriers.flatMap((carrier) => {
    if (carrier.kind === 'fields') return Object.values(carrier.keys)
    return carrier.kind === 'value' || carrier.kind === 'text' ? [carrier.key] : []
  }),
)

const eventKeys = new ContentKeys([
  wholeBody,
  ...eventFields,
  ...carriers.flatMap((carrier) => (carrier.kind === 'event_value' ? [carrier.key] : [])),
])
