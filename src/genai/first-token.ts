import type { SpanView } from '../pdata/spans.ts'
import type { DialectName } from './dialect.ts'
import type { Source } from './sources.ts'
import type { Values } from './values.ts'

/**
 * Where emitters say how long the first token took, by unit. `gen_ai.server.time_to_first_token` has
 * two: OpenLIT writes seconds, Strands milliseconds.
 *
 * Sources: open-telemetry/semantic-conventions-genai docs/gen-ai, vercel/ai packages/otel/src,
 * pydantic/pydantic-ai models/instrumented.py, strands-agents/sdk-python telemetry/tracer.py,
 * openlit/openlit semcov, langfuse/langfuse-js core constants, Claude Code monitoring documentation.
 */
export const firstTokenKeys = {
  firstTokenSeconds: [
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.client.operation.time_to_first_chunk',
    'gen_ai.client.response.time_to_first_token',
    'lk.response.ttft',
  ],
  firstTokenMillis: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk', 'ttft_ms'],
  firstTokenServer: ['gen_ai.server.time_to_first_token'],
  /** A point in time, ISO 8601. */
  firstTokenTime: ['langfuse.observation.completion_start_time'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type FirstTokenSources = Readonly<Record<keyof typeof firstTokenKeys, Source>>

/** The span that the first token belongs to. */
export interface FirstTokenContext {
  readonly dialect: DialectName
  readonly scope: string
  readonly startMs: number
  readonly endMs: number
}

/** Milliseconds from the start of a call to its first token, as its attributes say. */
export function timeToFirstTokenMs(
  values: Values,
  at: FirstTokenSources,
  span: FirstTokenContext,
): number | undefined {
  const seconds = values.number(at.firstTokenSeconds)
  if (seconds !== undefined) return plausible(seconds * 1_000)
  const millis = values.number(at.firstTokenMillis)
  if (millis !== undefined) return plausible(millis)
  const server = values.number(at.firstTokenServer)
  if (server !== undefined) return plausible(isInSeconds(server, span) ? server * 1_000 : server)
  const time = values.text(at.firstTokenTime)
  return time === undefined ? undefined : plausible(unixMsOf(time) - span.startMs)
}

/** Whether {@link firstTokenEventMs} may find what the attributes do not say. */
export function hasFirstTokenEvents(dialect: DialectName): boolean {
  return dialect === 'openinference' || dialect === 'openllmetry'
}

/** The same by the first event that tells of a token; asked where no attribute says it. */
export function firstTokenEventMs(span: SpanView): number | undefined {
  let firstMs = Number.POSITIVE_INFINITY
  span.forEachEvent((event) => {
    if (tokenEvents.has(event.name())) firstMs = Math.min(firstMs, event.timeMs)
  })
  return plausible(firstMs - span.startMs)
}

const tokenEvents: ReadonlySet<string> = new Set([
  'First Token Stream Event',
  'llm.content.completion.chunk',
  'gen_ai.content.completion.chunk',
])

/** No call waits a day. */
const maxMs = 86_400_000

/** To a microsecond, as times are; the clocks of two machines may put a token before its call. */
function plausible(ms: number): number | undefined {
  return ms >= 0 && ms <= maxMs ? Math.round(ms * 1_000) / 1_000 : undefined
}

/** Without a known emitter: a first token cannot come after the end. */
function isInSeconds(
  value: number,
  { dialect, scope, startMs, endMs }: FirstTokenContext,
): boolean {
  if (dialect === 'strands' || scope === 'strands.telemetry.tracer') return false
  return dialect === 'openlit' || value <= (endMs - startMs) / 1_000
}

/** Longer texts are no times. */
const maxTimeLength = 64

/** Langfuse encodes the time as JSON, sometimes twice; without a zone it is UTC. NaN for no time. */
function unixMsOf(text: string): number {
  if (text.length > maxTimeLength) return Number.NaN
  const time = text.replace(/["\\]/g, '').trim()
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`)
}
