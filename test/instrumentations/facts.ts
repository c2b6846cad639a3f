import { z } from 'zod'
import { replaySteps } from '../../src/cli/replay/replay-steps.ts'
import { defineProcessor } from '../../src/component/factory.ts'
import { foldBatches } from '../../src/component/fold-facts.ts'
import { components, schemas } from '../../src/components.ts'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblems } from '../../src/config/problem.ts'
import type { Fact, LlmCall, Task, ToolCall } from '../../src/facts/fact.ts'
import { decode } from '../../src/pdata/payload.ts'
import { recordingLog } from '../support/settings.ts'

/** What the product knows once the traces have settled: the newest revision of each fact, by time. */
export interface Known {
  readonly calls: readonly LlmCall[]
  readonly toolCalls: readonly ToolCall[]
  readonly tasks: readonly Task[]
}

const yaml = `
receivers: { otlp: { protocols: { http: {} } } }
processors: { genai: {}, watch: {} }
exporters: { debug: {} }
service:
  pipelines: { traces: { receivers: [otlp], processors: [genai, watch], exporters: [debug] } }
`
/** Where a replay's time begins. */
const replayStartMs = Date.UTC(2026, 0, 1)
/** Longer than a trace takes to settle in any case. */
const longMs = 25 * 60 * 60 * 1_000

/** What `genai` makes of export requests that come now, in the engine and in virtual time. */
export async function factsOf(bodies: readonly Buffer[]): Promise<Known> {
  const facts: Fact[] = []
  const catalogue = {
    ...components,
    processors: [...components.processors, watch((it) => facts.push(...it))],
  }
  const loaded = await loadConfig([`yaml:${yaml}`], [], { ...schemas, ...catalogue }, {})
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems))
  const atMs = Date.now() - replayStartMs
  const requests = bodies.map((body) => {
    const payload = decode('traces', body)
    return { atMs, kind: 'request' as const, receiver: 'otlp', payload }
  })
  const end = { atMs: atMs + longMs, kind: 'nothing' as const }
  const replayed = await replaySteps(loaded.config, catalogue, [...requests, end], recordingLog())
  if (replayed.componentErrors > 0) throw new Error('a component threw')
  return known(facts)
}

/** Tells of all facts that pass. */
function watch(see: (facts: readonly Fact[]) => void) {
  const create = () =>
    foldBatches({
      batch(batch) {
        if (batch.kind !== 'alerts') see(batch.facts)
        return undefined
      },
    })
  return defineProcessor({ type: 'watch', config: z.strictObject({}), create })
}

function known(facts: readonly Fact[]): Known {
  const newest = new Map<string, Fact>()
  for (const fact of facts) {
    const key = `${fact.kind}/${fact.traceId}/${fact.spanId}`
    const before = newest.get(key)
    if (before === undefined || before.revision <= fact.revision) newest.set(key, fact)
  }
  const sorted = [...newest.values()].toSorted((a, b) => a.atMs - b.atMs)
  return {
    calls: sorted.filter((it) => it.kind === 'llm_call'),
    toolCalls: sorted.filter((it) => it.kind === 'tool_call'),
    tasks: sorted.filter((it) => it.kind === 'task'),
  }
}
