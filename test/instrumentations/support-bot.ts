import { type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { z } from 'zod'
import { type Answer, asksFor, says } from './script.ts'

/** The agent of these tests: looks up one order with one tool and says when it ships. */
export const supportBot = {
  name: 'support-bot',
  question: 'Where is order 42?',
  tool: {
    name: 'get_order',
    description: 'Looks up an order',
    schema: z.object({ id: z.string() }),
    jsonSchema: {
      type: 'object' as const,
      properties: { id: { type: 'string' } },
      required: ['id'],
      additionalProperties: false,
    },
    run: ({ id }: { readonly id: string }) => `order ${id} ships tomorrow`,
  },
}

const getOrder = { id: 'call_1', name: supportBot.tool.name, arguments: { id: '42' } }

/**
 * What the model says to it: most of the first input comes from a cache, as can be told from any
 * numbers; of the second so little that only who knows the sender can tell.
 */
export const lookUpAndTell: readonly Answer[] = [
  asksFor(getOrder, {
    inputTokens: 1200,
    cacheReadTokens: 1024,
    cacheWriteTokens: 100,
    outputTokens: 90,
    reasoningTokens: 64,
  }),
  says('It ships tomorrow.', {
    inputTokens: 1350,
    cacheReadTokens: 600,
    cacheWriteTokens: 50,
    outputTokens: 12,
    reasoningTokens: 4,
  }),
]

/** The second answer alone. */
export const tellAtOnce = lookUpAndTell.slice(1)

const tracer = trace.getTracer('support-bot')

/** A run of the agent, with the span that its author writes by hand. */
export function agentRun<T>(run: () => Promise<T>): Promise<T> {
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': supportBot.name,
  }
  return spanned(`invoke_agent ${supportBot.name}`, attributes, run)
}

/** Runs the tool, with the span that its author writes by hand. */
export function toolRun(callId: string, input: unknown): Promise<string> {
  const { name, schema, run } = supportBot.tool
  const attributes = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
    'gen_ai.tool.call.id': callId,
  }
  return spanned(`execute_tool ${name}`, attributes, async () => run(schema.parse(input)))
}

function spanned<T>(
  name: string,
  attributes: Record<string, string>,
  run: () => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => ended(span, run))
}

async function ended<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(cause) })
    throw cause
  } finally {
    span.end()
  }
}
