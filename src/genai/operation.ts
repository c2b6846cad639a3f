/**
 * What a span does, whatever its dialect calls it. The spellings that map here are in the dialects'
 * tables; what none of them knows is `other`, never `chat`. Their places are part of what is stored:
 * further ones are added at the end.
 */
export const operations = [
  'chat',
  'completion',
  'embeddings',
  'image',
  'speech',
  'transcription',
  'execute_tool',
  'invoke_agent',
  'create_agent',
  'agent_step',
  'invoke_workflow',
  'task',
  'plan',
  'retrieval',
  'rerank',
  'memory',
  'guardrail',
  'policy_check',
  'trust_check',
  'evaluator',
  'delegation',
  'mcp_request',
  'prompt_render',
  'chain',
  'other',
] as const

export type Operation = (typeof operations)[number]

const inferences: ReadonlySet<Operation> = new Set([
  'chat',
  'completion',
  'embeddings',
  'image',
  'speech',
  'transcription',
  'rerank',
])

const runs: ReadonlySet<Operation> = new Set(['invoke_agent', 'invoke_workflow', 'task'])

/** Whether such a span is one call of a model, so that its tokens may count. */
export function isInference(operation: Operation): boolean {
  return inferences.has(operation)
}

/** Whether such a span may be the top of a task. */
export function isRun(operation: Operation): boolean {
  return runs.has(operation)
}
