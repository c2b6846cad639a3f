import type { Role } from './message.ts'

/**
 * A place on a span where messages may stand.
 *
 * - `value`: one attribute that holds them in whatever encoding; with `text`, one whose text is the
 *   message itself and is not parsed.
 * - `fields`: one message in several attributes, by the field that each of them is.
 * - `indexed`: one attribute per leaf under a prefix; `item` is the name that wraps each element.
 * - `event_value`: an attribute of all span events of one name.
 * - `event_messages`: span events that are messages themselves.
 */
export type Carrier =
  | { readonly kind: 'value'; readonly key: string; readonly takes?: Takes }
  | { readonly kind: 'text'; readonly key: string }
  | { readonly kind: 'fields'; readonly keys: Readonly<Record<string, string>> }
  | { readonly kind: 'indexed'; readonly prefix: string; readonly item?: string }
  | { readonly kind: 'event_value'; readonly event: string; readonly key: string }
  | { readonly kind: 'event_messages' }

/** Which part of a conversation that holds both the input and the answer. */
export type Takes = 'before_answer' | 'answer'

/** Places in the order of trust; the first that holds a message counts. */
export interface CarrierTable {
  /** Whose message it is when a place does not say. */
  readonly role: Role
  readonly carriers: readonly Carrier[]
}

const detailsEvent = 'gen_ai.client.inference.operation.details'

/**
 * What went to the model: places made for messages first (GenAI conventions, AI SDK, OpenInference,
 * OpenLLMetry, their span events), then the places where frameworks put a whole input.
 */
export const inputCarriers: CarrierTable = {
  role: 'user',
  carriers: [
    value('gen_ai.input.messages'),
    value('ai.prompt.messages'),
    value('gcp.vertex.agent.llm_request'),
    value('request_data'),
    { kind: 'indexed', prefix: 'llm.input_messages', item: 'message' },
    { kind: 'indexed', prefix: 'gen_ai.prompt' },
    { kind: 'indexed', prefix: 'llm.prompts', item: 'prompt' },
    { kind: 'event_value', event: detailsEvent, key: 'gen_ai.input.messages' },
    { kind: 'event_messages' },
    { kind: 'event_value', event: 'gen_ai.content.prompt', key: 'gen_ai.prompt' },
    value('pydantic_ai.all_messages', 'before_answer'),
    value('all_messages_events', 'before_answer'),
    value('events', 'before_answer'),
    value('ai.prompt'),
    value('gen_ai.prompt'),
    value('mlflow.spanInputs'),
    value('langfuse.observation.input'),
    value('langfuse.trace.input'),
    value('mastra.model_generation.input'),
    value('mastra.agent_run.input'),
    value('mastra.workflow_run.input'),
    value('genkit:input'),
    value('lk.chat_ctx'),
    { kind: 'text', key: 'lk.user_input' },
    value('lmnr.span.input'),
    { kind: 'text', key: 'user_prompt' },
    value('traceloop.entity.input'),
    value('input.value'),
    value('input'),
  ],
}

/** What the model, or the agent, answered; in the same order. */
export const outputCarriers: CarrierTable = {
  role: 'assistant',
  carriers: [
    value('gen_ai.output.messages'),
    {
      kind: 'fields',
      keys: {
        content: 'ai.response.text',
        reasoning: 'ai.response.reasoning',
        tool_calls: 'ai.response.toolCalls',
        finish_reason: 'ai.response.finishReason',
      },
    },
    { kind: 'text', key: 'ai.response.object' },
    { kind: 'fields', keys: { content: 'ai.result.text', tool_calls: 'ai.result.toolCalls' } },
    { kind: 'text', key: 'ai.result.object' },
    value('gcp.vertex.agent.llm_response'),
    value('response_data'),
    { kind: 'indexed', prefix: 'llm.output_messages', item: 'message' },
    { kind: 'indexed', prefix: 'gen_ai.completion' },
    { kind: 'indexed', prefix: 'llm.choices', item: 'completion' },
    { kind: 'event_value', event: detailsEvent, key: 'gen_ai.output.messages' },
    { kind: 'event_messages' },
    { kind: 'event_value', event: 'gen_ai.content.completion', key: 'gen_ai.completion' },
    { kind: 'text', key: 'final_result' },
    value('pydantic_ai.all_messages', 'answer'),
    value('all_messages_events', 'answer'),
    value('events', 'answer'),
    value('gen_ai.completion'),
    value('mlflow.spanOutputs'),
    value('langfuse.observation.output'),
    value('langfuse.trace.output'),
    value('mastra.model_generation.output'),
    value('mastra.agent_run.output'),
    value('mastra.workflow_run.output'),
    value('genkit:output'),
    { kind: 'text', key: 'lk.response.text' },
    value('lmnr.span.output'),
    value('traceloop.entity.output'),
    value('output.value'),
    value('output'),
  ],
}

/** System prompts that stand in a place of their own; others are messages of the input. */
export const systemCarriers: CarrierTable = {
  role: 'system',
  carriers: [
    value('gen_ai.system_instructions'),
    { kind: 'event_value', event: detailsEvent, key: 'gen_ai.system_instructions' },
    { kind: 'text', key: 'gen_ai.agent.system_prompt' },
  ],
}

function value(key: string, takes?: Takes): Carrier {
  return takes === undefined ? { kind: 'value', key } : { kind: 'value', key, takes }
}
