import type { Operation } from './operation.ts'
import type { UsageRole } from './span-record.ts'

/**
 * The ways in which agents are instrumented; each has one table in `dialects/`. Their places are
 * part of what is stored: further ones are added at the end.
 */
export const dialectNames = [
  'otel',
  'openinference',
  'openllmetry',
  'vercel',
  'langfuse',
  'langsmith',
  'pydantic_ai',
  'logfire',
  'google_adk',
  'strands',
  'agent_framework',
  'semantic_kernel',
  'openai_agents',
  'crewai',
  'claude_code',
  'openlit',
  'mlflow',
  'litellm',
  'openrouter',
  'agentcore',
  'mcp',
  'agent_sre',
  'agent_governance',
  'mastra',
  'genkit',
  'livekit',
  'laminar',
  'voltagent',
  'gemini_cli',
  'spring_ai',
] as const

export type DialectName = (typeof dialectNames)[number]

/** Everything that sets one dialect apart, as data. */
export interface Dialect {
  readonly name: DialectName
  /** Where this was read: repositories and paths. */
  readonly source: string
  /** Names of instrumentation scopes: exact, or a beginning where they end in `*`. */
  readonly scopes?: readonly string[]
  /** Resource attributes that tell it, with their value. */
  readonly resource?: readonly (readonly [key: string, value: string])[]
  /** Attributes that no other emitter writes; `key=value` where only that value tells. */
  readonly marks?: readonly string[]
  /** Attributes that say what a span does, with their values in lower case. */
  readonly operations?: readonly OperationCarrier[]
  /** Span names that tell the dialect; ` *` at the end stands for the rest. */
  readonly spanNames?: readonly SpanName[]
  /** Which of its spans repeat the tokens of others, first match first. */
  readonly roles?: readonly RoleRule[]
  /** Spans that say nothing, by their names or an attribute, and why. */
  readonly noise?: readonly NoiseRule[]
}

export interface OperationCarrier {
  readonly key: string
  readonly values: Readonly<Record<string, Operation>>
  /** Values that say nothing, so that the next carrier is asked. */
  readonly silent?: readonly string[]
}

export interface SpanName {
  /** Exact, or the beginning of it where it ends in `*`. */
  readonly name: string
  readonly operation: Operation
  /** Whether the name alone tells the dialect where nothing else does. */
  readonly isDecisive?: boolean
}

export interface RoleRule {
  readonly operation?: Operation
  /** Exact, or a part: `*.agent`, `raw_gen_ai_request`. */
  readonly spanName?: string
  readonly role: UsageRole
}

export interface NoiseRule {
  readonly attribute?: readonly [key: string, value: string]
  readonly scope?: string
  readonly spanName?: string
  readonly reason: string
}
