import type { Fact, LlmCall } from '../../src/facts/fact.ts'
import { noOverflow, type Overflow } from '../../src/genai/trace/overflow.ts'

/** Sums with the facts of one more span that is not kept. */
export function withOverflow(earlier: Overflow | undefined, facts: readonly Fact[]): Overflow {
  let sums = earlier ?? noOverflow
  for (const fact of facts) {
    if (fact.kind === 'llm_call' && fact.notCounted === undefined) sums = withCall(sums, fact)
    if (fact.kind === 'tool_call' && fact.notCounted === undefined) {
      const failed = fact.outcome === 'bad' ? 1 : 0
      sums = {
        ...sums,
        toolCalls: sums.toolCalls + 1,
        failedToolCalls: sums.failedToolCalls + failed,
      }
    }
  }
  return sums
}

function withCall(sums: Overflow, { usage }: LlmCall): Overflow {
  const isComplete = usage?.inputTokens !== undefined && usage.outputTokens !== undefined
  return {
    ...sums,
    llmCalls: sums.llmCalls + 1,
    incompleteCalls: sums.incompleteCalls + (isComplete ? 0 : 1),
    inputTokens: sums.inputTokens + (usage?.inputTokens ?? 0),
    outputTokens: sums.outputTokens + (usage?.outputTokens ?? 0),
    cacheReadTokens: sums.cacheReadTokens + (usage?.cacheReadTokens ?? 0),
    cacheWriteTokens: sums.cacheWriteTokens + (usage?.cacheWriteTokens ?? 0),
    reasoningTokens: sums.reasoningTokens + (usage?.reasoningTokens ?? 0),
  }
}
