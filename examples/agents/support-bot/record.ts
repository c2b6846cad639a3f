import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { ChatStep, Run, ToolStep } from './runs.ts'

export const agentName = 'support-bot'
export const agentVersion = '1.4.0'

/**
 * Tells the SDK about a run that has just ended, in the words of OpenTelemetry's conventions for
 * generative AI: a root `invoke_agent` span, below it one span per model call and per tool call.
 */
export function recordRun(tracer: Tracer, run: Run, endMs = Date.now()): void {
  const startMs = endMs - run.durationMs
  const shared = {
    'gen_ai.agent.name': agentName,
    'gen_ai.conversation.id': run.conversation,
  }
  const root = tracer.startSpan(`invoke_agent ${agentName}`, {
    kind: SpanKind.INTERNAL,
    startTime: startMs,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name':
        run.steps.find((it) => it.kind === 'chat')?.model.provider ?? '_OTHER',
      'gen_ai.agent.version': agentVersion,
      ...shared,
    },
  })
  const below = trace.setSpan(context.active(), root)
  for (const step of run.steps) {
    const span =
      step.kind === 'chat'
        ? chatSpan(tracer, step, startMs, shared, below)
        : toolSpan(tracer, step, startMs, shared, below)
    end(span, step.errorType, startMs + step.endMs)
  }
  end(root, run.errorType, endMs)
}

function chatSpan(
  tracer: Tracer,
  step: ChatStep,
  runStartMs: number,
  shared: Attributes,
  below: Context,
): Span {
  const { model } = step
  const span = tracer.startSpan(
    `chat ${model.requested}`,
    {
      kind: SpanKind.CLIENT,
      startTime: runStartMs + step.startMs,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': model.provider,
        'gen_ai.request.model': model.requested,
        'gen_ai.request.stream': true,
        'server.address': model.server,
        ...shared,
      },
    },
    below,
  )
  if (step.errorType !== undefined) return span
  return span.setAttributes({
    'gen_ai.response.id': `resp-${span.spanContext().spanId}`,
    'gen_ai.response.model': model.answered,
    'gen_ai.response.finish_reasons': [step.finishReason],
    'gen_ai.response.time_to_first_chunk': step.firstChunkMs / 1_000,
    'gen_ai.usage.input_tokens': step.inputTokens,
    'gen_ai.usage.cache_read.input_tokens': step.cachedTokens,
    'gen_ai.usage.output_tokens': step.outputTokens,
  })
}

function toolSpan(
  tracer: Tracer,
  step: ToolStep,
  runStartMs: number,
  shared: Attributes,
  below: Context,
): Span {
  const span = tracer.startSpan(
    `execute_tool ${step.tool}`,
    {
      kind: SpanKind.INTERNAL,
      startTime: runStartMs + step.startMs,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': step.tool,
        'gen_ai.tool.type': 'function',
        ...shared,
      },
    },
    below,
  )
  return span.setAttribute('gen_ai.tool.call.id', `call-${span.spanContext().spanId}`)
}

/** A failure is an error status and its `error.type`; a success is left unset, as SDKs do. */
function end(span: Span, errorType: string | undefined, endMs: number): void {
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType)
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorType })
  }
  span.end(endMs)
}
