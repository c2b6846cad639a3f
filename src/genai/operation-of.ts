import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { DialectName } from './dialect.ts'
import type { Operation } from './operation.ts'
import { Carrier } from './operation-carrier.ts'
import { namedIn } from './span-name-table.ts'
import { wordIn } from './spelling.ts'

/**
 * Attributes that say what a span does, the most trusted first. What a framework calls it stands
 * before `gen_ai.operation.name`, which LangSmith writes `chat` on prompts; and so does OpenLLMetry's
 * kind, whose crews say `invoke_agent` of whole workflows.
 */
const carrierKeys = [
  'langfuse.observation.type',
  'langsmith.span.kind',
  'agent.span.kind',
  'agent.sre.span.kind',
  'openinference.span.kind',
  'ai.operationId',
  'operation.name',
  'span.type',
  'entity.type',
  'mastra.span.type',
  'lmnr.span.type',
  'mlflow.spanType',
  'genkit:metadata:subtype',
  'genkit:type',
  'spring.ai.kind',
  'traceloop.span.kind',
  'gen_ai.operation.name',
  'llm.request.type',
]

/** Attributes whose presence says it, where no carrier has a word for it. */
const presences: readonly (readonly [key: string, operation: Operation])[] = [
  ['langgraph.command.goto_node', 'delegation'],
  ['langgraph.command.goto_nodes', 'delegation'],
  ['gen_ai.tool.name', 'execute_tool'],
  ['gen_ai.tool.call.id', 'execute_tool'],
  ['gen_ai.guardrail.name', 'guardrail'],
]

/** The last resort: whatever names a model calls it. */
const models: readonly (readonly [key: string, operation: Operation])[] = [
  ['embedding.model_name', 'embeddings'],
  ['reranker.model_name', 'rerank'],
  ['gen_ai.request.model', 'chat'],
  ['gen_ai.response.model', 'chat'],
  ['llm.request.model_name', 'chat'],
  ['llm.response.model_name', 'chat'],
  ['llm.model_name', 'chat'],
  ['ai.model.id', 'chat'],
  ['ai.response.model', 'chat'],
  ['langfuse.observation.model.name', 'chat'],
  ['agent.model.name', 'chat'],
  ['mlflow.llm.model', 'chat'],
  ['llm.request.model', 'chat'],
  ['llm.response.model', 'chat'],
]

const mcpMethod = 'mcp.method.name'
const toolNames = ['gen_ai.tool.name', 'ai.toolCall.name', 'tool.name']

/** All keys that {@link Operations} reads. */
export const operationKeys: readonly string[] = [
  ...carrierKeys,
  ...presences.map(([key]) => key),
  ...models.map(([key]) => key),
  mcpMethod,
  ...toolNames,
]

/** Says what spans do, by the attributes of all dialects that a span was told to be of. */
export class Operations {
  readonly #carriers: readonly Carrier[]
  readonly #presences: readonly Presence[]
  readonly #models: readonly Presence[]
  readonly #mcpMethod: number
  readonly #toolNames: readonly number[]

  constructor(matcher: AttributeMatcher) {
    const presence = ([key, operation]: readonly [string, Operation]) => ({
      slot: matcher.slotOf(key),
      operation,
    })
    this.#carriers = carrierKeys.map((key) => new Carrier(key, matcher.slotOf(key)))
    this.#presences = presences.map(presence)
    this.#models = models.map(presence)
    this.#mcpMethod = matcher.slotOf(mcpMethod)
    this.#toolNames = toolNames.map((key) => matcher.slotOf(key))
  }

  /** @param told the dialects of the span, its own first */
  of(slots: AttributeSlots, told: readonly DialectName[], name: () => string): Operation {
    const said = this.#said(slots, told)
    if (said === 'execute_tool') return this.#toolOrHandover(slots, told, name)
    if (said !== undefined && said !== 'chain') return said
    const present = said === undefined ? presentIn(slots, this.#presences) : undefined
    if (present === 'execute_tool') return this.#toolOrHandover(slots, told, name)
    return (
      present ??
      namedIn(told, name())?.operation ??
      said ??
      presentIn(slots, this.#models) ??
      'other'
    )
  }

  /**
   * What the shared carriers of dialects say that only a resource or a hint told: `undefined` where
   * they say nothing, so that the span may be anybody's.
   */
  sharedOf(slots: AttributeSlots, told: readonly DialectName[]): Operation | undefined {
    for (const carrier of this.#carriers) {
      const said = carrier.isShared ? carrier.read(slots, told) : undefined
      if (said !== undefined && said !== 'unknown') return said
    }
    return undefined
  }

  /** A word that nobody knows, and `chain`, give way to whoever says more. */
  #said(slots: AttributeSlots, told: readonly DialectName[]): Operation | undefined {
    let vague: Operation | undefined
    for (const carrier of this.#carriers) {
      if (carrier.isLastResort && vague !== undefined) continue
      const said = carrier.read(slots, told)
      if (said === undefined) continue
      if (said !== 'unknown' && said !== 'chain') return said
      vague ??= said === 'unknown' ? 'other' : said
    }
    return slots.has(this.#mcpMethod) ? 'mcp_request' : vague
  }

  #toolOrHandover(
    slots: AttributeSlots,
    told: readonly DialectName[],
    name: () => string,
  ): Operation {
    if (told.includes('openinference') && name().startsWith('handoff to ')) return 'delegation'
    for (const slot of this.#toolNames) {
      const value = slots.get(slot)
      const tool = value === undefined ? undefined : wordIn(value)
      if (tool !== undefined) return isHandover(tool) ? 'delegation' : 'execute_tool'
    }
    return 'execute_tool'
  }
}

/** Beginnings of the names that frameworks give to the tool by which an agent passes control. */
const handovers = ['transfer_to_', 'transfer_back_to_', 'handoff_to_']

function isHandover(tool: string): boolean {
  return handovers.some((start) => tool.startsWith(start))
}

interface Presence {
  readonly slot: number
  readonly operation: Operation
}

function presentIn(slots: AttributeSlots, presences: readonly Presence[]): Operation | undefined {
  for (const { slot, operation } of presences) if (slots.has(slot)) return operation
  return undefined
}
