import { z } from 'zod'
import { genaiProcessor } from '../../processors/genai/index.ts'
import { replaySteps } from '../../src/cli/replay/replay-steps.ts'
import { payloadOf, type Step } from '../../src/cli/replay/steps.ts'
import { defineExporter, defineProcessor, defineReceiver } from '../../src/component/factory.ts'
import { foldBatches } from '../../src/component/fold-facts.ts'
import { silentLog } from '../../src/component/log.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Fact, FactKind, FactOf, LlmCall, ToolCall } from '../../src/facts/fact.ts'

/** One request, and when it comes: a minute after the start, by which all its spans have ended. */
export interface Sent {
  readonly body: object
  readonly atMs?: number
}

const sentMs = 60_000
/** By now every trace has settled. */
const settledMs = 3_600_000

const never = () => {
  throw new Error('is replaced and never made')
}

/** What the real processor makes of requests in the real engine, once all has settled. */
export async function understood(...sent: readonly Sent[]): Promise<Understood> {
  const told: Fact[] = []
  const catalogue = {
    receivers: [defineReceiver({ type: 'otlp', config: z.strictObject({}), create: never })],
    processors: [genaiProcessor, listener((fact) => told.push(fact))],
    exporters: [defineExporter({ type: 'sink', config: z.strictObject({}), create: never })],
  }
  const loaded = await loadConfig([`yaml:${JSON.stringify(written)}`], [], catalogue, {})
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const requests = sent.map(({ body, atMs = sentMs }): Step => {
    return { atMs, kind: 'request', receiver: 'otlp', payload: payloadOf(body) }
  })
  const steps: readonly Step[] = [...requests, { atMs: settledMs, kind: 'nothing' }]
  const replayed = await replaySteps(loaded.config, catalogue, steps, silentLog)
  if (replayed.componentErrors > 0) throw new Error('a component failed')
  return new Understood(told)
}

const pipeline = { receivers: ['otlp'], processors: ['genai', 'listener'], exporters: ['sink'] }

const written = {
  receivers: { otlp: {} },
  processors: { genai: {}, listener: {} },
  exporters: { sink: {} },
  service: { pipelines: { traces: pipeline, logs: pipeline } },
}

function listener(hear: (fact: Fact) => void) {
  return defineProcessor({
    type: 'listener',
    config: z.strictObject({}),
    create: () =>
      foldBatches({
        batch(batch) {
          if (batch.kind !== 'alerts') batch.facts.forEach(hear)
          return undefined
        },
      }),
  })
}

/** Facts as a ledger has them: of each its newest revision. */
export class Understood {
  readonly #facts: readonly Fact[]

  /** @param told in the order in which they were told, corrections included */
  constructor(told: readonly Fact[]) {
    this.#facts = [...new Map(told.map((fact) => [nameOf(fact), fact])).values()]
  }

  /** All of them by name, whatever way they were come by. */
  get final(): ReadonlyMap<string, object> {
    const facts = this.#facts.map((fact) => {
      return [nameOf(fact), { ...fact, revision: 0, replaces: undefined }] as const
    })
    return new Map(facts.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  of<K extends FactKind>(kind: K): FactOf<K>[] {
    const isOfKind = (fact: Fact): fact is FactOf<K> => fact.kind === kind
    return this.#facts.filter(isOfKind)
  }

  /** The fact of a kind that a span has; there must be exactly one. */
  at<K extends FactKind>(kind: K, spanId: string): FactOf<K> {
    const [fact, ...others] = this.of(kind).filter((it) => it.spanId === spanId)
    if (fact === undefined || others.length > 0) {
      const found = this.#facts.map((it) => `${it.kind} of ${it.spanId}`).join(', ')
      throw new Error(`not one ${kind} of ${spanId} among: ${found}`)
    }
    return fact
  }

  /** Calls whose tokens count. */
  get counted(): LlmCall[] {
    return this.of('llm_call').filter((call) => call.notCounted === undefined)
  }

  get countedTools(): ToolCall[] {
    return this.of('tool_call').filter((call) => call.notCounted === undefined)
  }
}

function nameOf(fact: Fact): string {
  const own = fact.kind === 'evaluation' ? fact.name : ''
  return [fact.kind, fact.traceId, fact.spanId, own].join('/')
}
