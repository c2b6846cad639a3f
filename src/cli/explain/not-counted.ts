import type { Fact, LlmCall, ToolCall } from '../../facts/fact.ts'

const calls: Readonly<Record<NonNullable<LlmCall['notCounted']>, string>> = {
  duplicate: 'another span has the same call',
  wrapper: 'it repeats the tokens of the calls below it',
  cumulative: 'its tokens are sums over the life of the agent',
  cached_replay: 'the answer came from a cache',
  gateway_copy: 'it is a copy of what another span has',
  spans_arrive: 'spans report the same calls',
}

const tools: Readonly<Record<NonNullable<ToolCall['notCounted']>, string>> = {
  duplicate: 'another span has the same execution',
  mcp_request: 'it is the request on its way to the tool',
}

/** Why a fact adds nothing to any sum, as a sentence; absent where it counts. */
export function notCounted(fact: Fact): string | undefined {
  if (fact.exclusion !== undefined) return `it is marked as ${fact.exclusion}`
  if (fact.kind === 'llm_call' && fact.notCounted !== undefined) {
    const where = fact.duplicateOf === undefined ? '' : `: ${fact.duplicateOf}`
    return `${calls[fact.notCounted]}${where}`
  }
  if (fact.kind === 'tool_call' && fact.notCounted !== undefined) return tools[fact.notCounted]
  if (fact.kind === 'policy_check' && fact.outcome === 'ignored') {
    return 'another span or event decides, or nothing was attempted'
  }
  return undefined
}
