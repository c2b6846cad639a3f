import { z } from 'zod'
import { duration, type Millis } from '../../config/fields.ts'
import { fromJson } from '../../pdata/json.ts'
import { decode, type Payload } from '../../pdata/payload.ts'
import type { Signal } from '../../pdata/signal.ts'

/** One thing that happens to a pipeline, some time after its start. */
export type Step =
  | { readonly atMs: Millis; readonly kind: 'request'; readonly receiver: string; payload: Payload }
  | ({ readonly atMs: Millis; readonly kind: 'command' } & Command)
  | { readonly atMs: Millis; readonly kind: 'result'; readonly component: string; body: unknown }
  | { readonly atMs: Millis; readonly kind: 'nothing' }

interface Command {
  readonly component: string
  readonly name: string
  readonly body: unknown
}

const at = duration()

const step = z.union(
  [
    z.strictObject({ at, receiver: z.string(), body: z.looseObject({}) }),
    z.strictObject({
      at,
      command: z.strictObject({
        component: z.string(),
        name: z.string(),
        body: z.unknown().optional(),
      }),
    }),
    z.strictObject({
      at,
      result: z.strictObject({ component: z.string(), body: z.unknown() }),
    }),
    z.strictObject({ at }),
  ],
  { error: 'is a step: { at, receiver, body }, { at, command }, { at, result } or { at }' },
)

/** Reads `input.json`. Throws where it is no list of steps, or time does not go forward. */
export function readSteps(text: string): Step[] {
  const steps = z.array(step).parse(JSON.parse(text)).map(toStep)
  steps.forEach(({ atMs }, index) => {
    const before = steps[index - 1]?.atMs ?? 0
    if (atMs < before) throw new Error(`step ${index} is earlier than the step before it`)
  })
  return steps
}

function toStep(written: z.output<typeof step>): Step {
  const atMs = written.at
  if ('receiver' in written) {
    const { receiver, body } = written
    return { atMs, kind: 'request', receiver, payload: payloadOf(body) }
  }
  if ('command' in written) {
    const { component, name, body } = written.command
    return { atMs, kind: 'command', component, name, body }
  }
  if ('result' in written) return { atMs, kind: 'result', ...written.result }
  return { atMs, kind: 'nothing' }
}

const topKeys: readonly (readonly [string, Signal])[] = [
  ['resourceSpans', 'traces'],
  ['resourceLogs', 'logs'],
  ['resourceMetrics', 'metrics'],
]

/** An OTLP/JSON request; its top key says which signal it is. */
export function payloadOf(body: object): Payload {
  const signal = topKeys.find(([key]) => key in body)?.[1]
  if (signal === undefined) {
    throw new Error(`no OTLP/JSON: has none of ${topKeys.map(([key]) => key).join(', ')}`)
  }
  return decode(signal, fromJson(signal, JSON.stringify(body)))
}
