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
  'flue',
  'a2a',
  'anthropic_sdk',
] as const

export type DialectName = (typeof dialectNames)[number]

/** Everything that sets one dialect apart, as data. Spellings stand as the emitter writes them. */
export interface Dialect {
  readonly name: DialectName
  /** Where this was read: repositories and paths. */
  readonly source: string
  /** Names of instrumentation scopes that tell it: exact, or with one `*` for any text. */
  readonly scopes?: readonly string[]
  /** Scopes that others use too: they tell whose a span is that something else calls an agent's. */
  readonly sharedScopes?: readonly string[]
  /** Resource attributes that tell the same as a shared scope, with their value, or `*` for any. */
  readonly resource?: readonly (readonly [key: string, value: string])[]
  /** Attributes that no other emitter writes; `key=value` where only that value tells. */
  readonly marks?: readonly string[]
  /** Attributes that also stand on spans of no agent; they tell the same as a shared scope. */
  readonly hints?: readonly string[]
  /** Attributes that say what a span does. */
  readonly operations?: readonly OperationCarrier[]
  readonly spanNames?: readonly SpanName[]
  /** Which of its spans repeat the tokens of others, first match first. */
  readonly roles?: readonly RoleRule[]
  /** Spans that say nothing, and why. */
  readonly noise?: readonly NoiseRule[]
}

export interface OperationCarrier {
  readonly key: string
  /** Compared without regard to case, space around them and quotes. */
  readonly values: Readonly<Record<string, Operation>>
  /** Values that say nothing, so that the next carrier is asked. */
  readonly silent?: readonly string[]
  /** Others use the key for something else: it is read where something else tells the dialect. */
  readonly isShared?: boolean
  /** It is asked only where no carrier before it is there. */
  readonly isLastResort?: boolean
  /** Only the first word counts. */
  readonly isFirstWord?: boolean
}

export interface SpanName {
  /** Exact, or with one `*` for any text. */
  readonly name: string
  readonly operation: Operation
  /** Whether the name alone tells the dialect where nothing else does. */
  readonly isDecisive?: boolean
}

/** All that a rule names has to fit. */
export interface RoleRule {
  readonly operation?: Operation
  /** Exact, or with one `*` for any text. */
  readonly spanName?: string
  readonly scope?: string
  readonly attribute?: readonly [key: string, value: string]
  readonly role: UsageRole
}

/** One of what a rule names has to fit. */
export interface NoiseRule {
  readonly attribute?: readonly [key: string, value: string]
  readonly scope?: string
  readonly resource?: readonly [key: string, value: string]
  readonly spanName?: string
  /** Only where no attribute says that it is a span of an agent. */
  readonly isUnlessMarked?: boolean
  readonly reason: string
}
