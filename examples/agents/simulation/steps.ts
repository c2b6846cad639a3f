import type { EmbeddingModel, Model } from './models.ts'

/** An agent as it names itself. */
export interface Agent {
  readonly name: string
  readonly version: string
}

/** A tool that an agent can call, and how it behaves. */
export interface Tool {
  readonly name: string
  readonly medianMs: number
  /** Share of calls that fail. */
  readonly errorRatio: number
  /** What a failed call says; each is as likely as the others. */
  readonly errors: readonly [string, ...string[]]
  /** The MCP server that offers it; `undefined` for a function of the agent itself. */
  readonly server: string | undefined
}

/** When something happened, in milliseconds from the start of the run, and why it failed if it did. */
interface Timed {
  readonly startMs: number
  readonly endMs: number
  readonly errorType: string | undefined
}

/** One answer of a model, or its failure. */
export interface ChatStep extends Timed {
  readonly kind: 'chat'
  readonly model: Model
  readonly inputTokens: number
  /** The part of `inputTokens` that came from the provider's cache. */
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly finishReason: string
  readonly firstChunkMs: number
}

/** One call of a tool. */
export interface ToolStep extends Timed {
  readonly kind: 'tool'
  readonly tool: Tool
}

/** An MCP server was asked what it offers. */
export interface ToolListStep extends Timed {
  readonly kind: 'tool_list'
  readonly server: string
}

/** Text became a vector. */
export interface EmbeddingsStep extends Timed {
  readonly kind: 'embeddings'
  readonly model: EmbeddingModel
  readonly inputTokens: number
}

/** Documents were looked up in an index. */
export interface RetrievalStep extends Timed {
  readonly kind: 'retrieval'
  readonly source: string
  readonly topK: number
}

/** The agent thought about how to go on; its steps are the model calls that it took. */
export interface PlanStep extends Timed {
  readonly kind: 'plan'
  readonly steps: readonly Step[]
}

/** An agent at work: the run itself, or another agent that it asked. */
export interface AgentStep extends Timed {
  readonly kind: 'agent'
  readonly agent: Agent
  readonly steps: readonly Step[]
}

export type Step =
  | ChatStep
  | ToolStep
  | ToolListStep
  | EmbeddingsStep
  | RetrievalStep
  | PlanStep
  | AgentStep

/** One task of an agent, from its start to its end. */
export interface Run {
  readonly conversation: string
  readonly root: AgentStep
  /** Whether its spans are sent one by one while it goes on; else all of them when it has ended. */
  readonly isFollowed: boolean
}

/** Every step below one, at any depth, in the order in which they began. */
export function stepsBelow(step: Step): Step[] {
  if (step.kind !== 'agent' && step.kind !== 'plan') return []
  return step.steps.flatMap((it) => [it, ...stepsBelow(it)])
}
