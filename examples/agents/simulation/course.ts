import type { EmbeddingModel, Model } from './models.ts'
import type { Random } from './random.ts'
import type { Agent, AgentStep, Step, Tool } from './steps.ts'

/** Share of model calls that fail. */
const modelErrorRatio = 0.008

/**
 * An agent's work as it comes about: one step after another, and chance decides how each ends. What
 * it does returns why it failed, `undefined` when it did not.
 */
export class Course {
  readonly random: Random
  readonly #steps: Step[] = []
  #nowMs: number
  /** What the next model call has to read. */
  #contextTokens: number

  constructor(random: Random, startMs = 0) {
    this.random = random
    this.#nowMs = startMs + random.int(1, 5)
    this.#contextTokens = random.int(600, 1_400)
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get steps(): readonly Step[] {
    return this.#steps
  }

  /** A model's answer that ends as `ending` says. */
  chat(model: Model, ending: keyof Model['finish']): string | undefined {
    const { random } = this
    const startMs = this.#nowMs
    const inputTokens = this.#contextTokens
    const firstChunkMs = random.skewed(model.medianMs / 3)
    const durationMs = firstChunkMs + random.skewed((model.medianMs * 2) / 3)
    const outputTokens = random.skewed(ending === 'tool' ? 40 : 160)
    const cachedTokens = random.chance(0.6) ? Math.floor(inputTokens / 2 / 128) * 128 : 0
    const fails = random.chance(modelErrorRatio)
    const errorType = fails ? random.pick('rate_limit_exceeded', 'timeout') : undefined
    if (!fails) this.#contextTokens += outputTokens
    return this.#took({
      kind: 'chat',
      startMs,
      endMs: startMs + durationMs,
      errorType,
      model,
      inputTokens,
      cachedTokens,
      outputTokens: fails ? 0 : outputTokens,
      finishReason: model.finish[ending],
      firstChunkMs,
    })
  }

  call(tool: Tool): string | undefined {
    const { random } = this
    const startMs = this.#nowMs
    const endMs = startMs + random.skewed(tool.medianMs)
    const errorType = random.chance(tool.errorRatio) ? random.pick(...tool.errors) : undefined
    this.#contextTokens += random.int(40, 400)
    return this.#took({ kind: 'tool', startMs, endMs, errorType, tool })
  }

  listTools(server: string): void {
    const startMs = this.#nowMs
    const endMs = startMs + this.random.skewed(15)
    this.#took({ kind: 'tool_list', startMs, endMs, errorType: undefined, server })
  }

  embed(model: EmbeddingModel): void {
    const startMs = this.#nowMs
    const endMs = startMs + this.random.skewed(model.medianMs)
    const inputTokens = this.random.int(8, 60)
    this.#took({ kind: 'embeddings', startMs, endMs, errorType: undefined, model, inputTokens })
  }

  retrieve(source: string, topK: number): void {
    const startMs = this.#nowMs
    const endMs = startMs + this.random.skewed(60)
    this.#contextTokens += topK * this.random.int(60, 200)
    this.#took({ kind: 'retrieval', startMs, endMs, errorType: undefined, source, topK })
  }

  /** A model call inside a `plan` span. */
  plan(model: Model): string | undefined {
    const startMs = this.#nowMs
    const thought = new Course(this.random, startMs)
    const errorType = thought.chat(model, 'stop')
    const { steps, nowMs } = thought
    return this.#took({ kind: 'plan', startMs, endMs: nowMs, errorType, steps })
  }

  /** Another agent works, then this one goes on. */
  delegate(agent: Agent, work: (course: Course) => string | undefined): string | undefined {
    return this.#took(agentAtWork(agent, this.random, this.#nowMs, work))
  }

  /** Nothing happens, as between two attempts. */
  pause(medianMs: number): void {
    this.#nowMs += this.random.skewed(medianMs)
  }

  #took(step: Step): string | undefined {
    this.#steps.push(step)
    this.#nowMs = step.endMs + this.random.int(1, 4)
    return step.errorType
  }
}

/** All that an agent did from `startMs` on. */
export function agentAtWork(
  agent: Agent,
  random: Random,
  startMs: number,
  work: (course: Course) => string | undefined,
): AgentStep {
  const course = new Course(random, startMs)
  const errorType = work(course)
  return { kind: 'agent', agent, startMs, endMs: course.nowMs, errorType, steps: course.steps }
}
