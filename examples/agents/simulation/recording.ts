import {
  type Context,
  context,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { idOf, resultOf, type Session, startOf } from './attributes.ts'
import type { Run, Step } from './steps.ts'

/** Is told of every span that ended. */
export type OnSpan = (step: Step, errorType: string | undefined) => void

/**
 * Tells the SDK about a run that began at `startMs`, in the words of OpenTelemetry's conventions for
 * generative AI. Before a span ends it yields when that is, in milliseconds from the run's start, so
 * that whoever drives it can wait until then, or not. To leave early (`return()`) ends what is open
 * as `cancelled`.
 */
export function* recording(
  tracer: Tracer,
  { root, conversation }: Run,
  startMs: number,
  onSpan: OnSpan,
): Generator<number, void, void> {
  let lastMs = 0
  const session: Session = { conversation, id: `session-${startMs}-${root.endMs}` }

  function* record(step: Step, agentName: string, above: Context): Generator<number, void, void> {
    const name = step.kind === 'agent' ? step.agent.name : agentName
    const begin = startOf(step, name, session)
    const span = tracer.startSpan(
      begin.name,
      {
        kind: begin.kind,
        startTime: startMs + step.startMs,
        attributes: {
          ...begin.attributes,
          'gen_ai.agent.name': name,
          'gen_ai.conversation.id': conversation,
        },
      },
      above,
    )
    const { spanId } = span.spanContext()
    span.setAttributes(idOf(step, spanId))
    let errorType: string | undefined = 'cancelled'
    try {
      for (const child of 'steps' in step ? step.steps : []) {
        yield* record(child, name, trace.setSpan(above, span))
      }
      yield step.endMs
      errorType = step.errorType
      lastMs = step.endMs
      if (errorType === undefined) span.setAttributes(resultOf(step, spanId))
    } finally {
      end(span, errorType, startMs + Math.max(step.startMs, lastMs))
      onSpan(step, errorType)
    }
  }

  yield* record(root, root.agent.name, context.active())
}

/** A failure is an error status and its `error.type`; a success is left unset, as SDKs do. */
function end(span: Span, errorType: string | undefined, endMs: number): void {
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType)
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorType })
  }
  span.end(endMs)
}
