import type { Json } from './json.ts'

export type Role = 'system' | 'user' | 'assistant' | 'tool'

/** One turn of a conversation. */
export interface Message {
  readonly role: Role
  readonly name: string | undefined
  readonly parts: readonly Part[]
  /** As the sender spells it; only answers of a model have one. */
  readonly finishReason: string | undefined
}

/** A piece of a message: the parts of the GenAI conventions, with `kind` for their `type`. */
export type Part =
  | { readonly kind: 'text'; readonly content: string }
  | {
      readonly kind: 'reasoning'
      readonly content: string
      readonly signature: string | undefined
    }
  | ToolCallPart
  | ToolCallResponsePart
  | ServerToolCallPart
  | ServerToolCallResponsePart
  | MediaPart
  | { readonly kind: 'other'; readonly type: string | undefined; readonly raw: Json }

/** A tool that the model wants to have run. */
export interface ToolCallPart {
  readonly kind: 'tool_call'
  readonly id: string | undefined
  readonly name: string | undefined
  readonly arguments: Json | undefined
}

/** What a tool answered. */
export interface ToolCallResponsePart {
  readonly kind: 'tool_call_response'
  readonly id: string | undefined
  readonly name: string | undefined
  readonly result: Json | undefined
  /** `undefined` when the sender does not say. */
  readonly isError: boolean | undefined
}

/** A tool that the provider of the model ran on its side. */
export interface ServerToolCallPart {
  readonly kind: 'server_tool_call'
  readonly id: string | undefined
  readonly name: string | undefined
  readonly call: Json | undefined
}

export interface ServerToolCallResponsePart {
  readonly kind: 'server_tool_call_response'
  readonly id: string | undefined
  readonly response: Json | undefined
}

/** Data that is no text: in base64, as a file at the provider, or at an address. */
export type MediaPart =
  | {
      readonly kind: 'blob'
      readonly modality: string | undefined
      readonly mimeType: string | undefined
      readonly content: string
    }
  | {
      readonly kind: 'file'
      readonly modality: string | undefined
      readonly fileId: string
    }
  | {
      readonly kind: 'uri'
      readonly modality: string | undefined
      readonly uri: string
    }

/** Messages of one place. */
export interface MessageList {
  readonly messages: readonly Message[]
  /** Some of it was cut off or left out. */
  readonly truncated: boolean
  /** Where they stood; `undefined` when there are none. */
  readonly source: ContentSource | undefined
}

export type ContentSource = 'attribute' | 'flattened' | 'span_event' | 'log_record'

export const noMessages: MessageList = { messages: [], truncated: false, source: undefined }

const roles: ReadonlyMap<string, Role> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['tool_result', 'tool'],
])

/** The role that a sender's word means; LangChain's class names are such words too. */
export function roleOf(word: Json | undefined): Role | undefined {
  if (typeof word !== 'string' || word.length > 64) return undefined
  const name = word.toLowerCase()
  return roles.get(name) ?? roles.get(name.replace(/message(chunk)?$/, ''))
}

/** Whether anything of the message was captured. */
export function saysSomething({ parts, finishReason }: Message): boolean {
  return parts.length > 0 || finishReason !== undefined
}

/** A message that stands where system prompts do, whatever role it names: LiteLLM says `user`. */
export function asSystem(message: Message): Message {
  return { ...message, role: 'system' }
}

/** The texts of a message, one after the other; its reasoning is not part of what it says. */
export function messageText(message: Message): string {
  return message.parts
    .filter((part) => part.kind === 'text')
    .map((part) => part.content)
    .join('\n')
}
