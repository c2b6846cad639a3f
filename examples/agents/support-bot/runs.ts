import { careful, type Model, quick } from './models.ts'
import { Random } from './random.ts'

/** One answer of a model, or its failure. Times count from the start of the run. */
export interface ChatStep {
  readonly kind: 'chat'
  readonly startMs: number
  readonly endMs: number
  readonly model: Model
  readonly inputTokens: number
  /** The part of `inputTokens` that came from the provider's cache. */
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly finishReason: string
  readonly firstChunkMs: number
  readonly errorType: string | undefined
}

/** One call of a tool. */
export interface ToolStep {
  readonly kind: 'tool'
  readonly startMs: number
  readonly endMs: number
  readonly tool: string
  readonly errorType: string | undefined
}

/** One turn of a customer's conversation, as the agent went through it. */
export interface Run {
  readonly conversation: string
  readonly durationMs: number
  readonly steps: readonly (ChatStep | ToolStep)[]
  /** Why the agent gave up; `undefined` when the customer got an answer. */
  readonly errorType: string | undefined
}

/** What a customer wants, and the tools that it takes. */
interface Wish {
  readonly model: Model
  readonly tools: readonly string[]
}

const wishes: readonly [Wish, ...Wish[]] = [
  { model: quick, tools: ['get_order', 'track_parcel'] },
  { model: quick, tools: ['get_order'] },
  { model: quick, tools: ['search_help_pages'] },
  { model: quick, tools: [] },
  { model: careful, tools: ['get_order', 'issue_refund'] },
]

const medianToolMs: Readonly<Record<string, number>> = {
  get_order: 120,
  track_parcel: 450,
  search_help_pages: 200,
  issue_refund: 300,
}

/** Share of model calls that fail. */
const modelErrorRatio = 0.008
/** Share of tool calls that fail; the agent tries a failed one once more. */
const toolErrorRatio = 0.07
const maxOpenConversations = 8

/** Runs without end; the same seed gives the same ones. */
export function* supportRuns(seed: number): Generator<Run, never> {
  const random = new Random(seed)
  const open: string[] = []
  for (let count = 1; ; count++) {
    const goesOn = open.length > 0 && random.chance(0.4)
    const conversation = goesOn ? random.pick(open[0] ?? '', ...open) : `conv-${seed}-${count}`
    if (!goesOn) open.push(conversation)
    if (open.length > maxOpenConversations) open.shift()
    yield aRun(conversation, random)
  }
}

function aRun(conversation: string, random: Random): Run {
  const { model, tools } = random.pick(...wishes)
  const steps: (ChatStep | ToolStep)[] = []
  let nowMs = random.int(1, 5)
  let context = random.int(600, 1_400)

  const chat = (finishReason: string): string | undefined => {
    const step = aChat(model, context, finishReason, nowMs, random)
    steps.push(step)
    nowMs = step.endMs + random.int(1, 4)
    context += step.outputTokens
    return step.errorType
  }
  const call = (tool: string): string | undefined => {
    const step = aToolCall(tool, nowMs, random)
    steps.push(step)
    nowMs = step.endMs + random.int(1, 4)
    context += random.int(40, 400)
    return step.errorType
  }
  const useTool = (tool: string): string | undefined => {
    const failed = chat(model.finish.tool)
    if (failed !== undefined || call(tool) === undefined) return failed
    return chat(model.finish.tool) ?? (call(tool) === undefined ? undefined : 'tool_failed')
  }

  let errorType: string | undefined
  for (const tool of tools) errorType ??= useTool(tool)
  errorType ??= chat(random.chance(0.02) ? model.finish.length : model.finish.stop)
  return { conversation, durationMs: nowMs, steps, errorType }
}

function aChat(
  model: Model,
  inputTokens: number,
  finishReason: string,
  startMs: number,
  random: Random,
): ChatStep {
  const firstChunkMs = random.skewed(model.medianMs / 3)
  const durationMs = firstChunkMs + random.skewed((model.medianMs * 2) / 3)
  const outputTokens = random.skewed(finishReason === model.finish.tool ? 40 : 160)
  const cachedTokens = random.chance(0.6) ? Math.floor(inputTokens / 2 / 128) * 128 : 0
  const fails = random.chance(modelErrorRatio)
  const errorType = fails ? random.pick('rate_limit_exceeded', 'timeout') : undefined
  return {
    kind: 'chat',
    startMs,
    endMs: startMs + durationMs,
    model,
    inputTokens,
    cachedTokens,
    outputTokens: fails ? 0 : outputTokens,
    finishReason,
    firstChunkMs,
    errorType,
  }
}

function aToolCall(tool: string, startMs: number, random: Random): ToolStep {
  const endMs = startMs + random.skewed(medianToolMs[tool] ?? 200)
  const fails = random.chance(toolErrorRatio)
  const errorType = fails ? random.pick('timeout', 'not_found', 'tool_error') : undefined
  return { kind: 'tool', startMs, endMs, tool, errorType }
}
