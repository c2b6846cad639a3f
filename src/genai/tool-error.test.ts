import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toolErrorClass, toolOutcome } from './tool-error.ts'

test.each([
  ['arguments', ['-32601', '-32602', 'tool_not_found', 'invalid_arguments', 'ValidationError']],
  ['arguments', ['pydantic_core._pydantic_core.ValidationError', 'AI_NoSuchToolError']],
  ['arguments', ['jsonschema.exceptions.ValidationError', 'validation', 'ZodError']],
  ['tool', ['tool_error', 'ToolError', 'fastmcp.exceptions.ToolError', 'ToolException']],
  ['infrastructure', ['timeout', 'TimeoutError', 'asyncio.TimeoutError', 'httpx.ReadTimeout']],
  ['infrastructure', ['java.net.SocketTimeoutException', 'DEADLINE_EXCEEDED', 'timed out']],
  ['infrastructure', ['ConnectionError', 'ConnectionRefusedError', 'ECONNREFUSED', 'UNAVAILABLE']],
  ['infrastructure', ['httpx.ConnectError', '500', '503', '599', '429', 'HTTP 502', '-32603']],
  ['infrastructure', ['-32000', '-32042', '-32099', 'openai.RateLimitError', 'GatewayTimeout']],
  ['infrastructure', ['APIConnectionError', 'ServiceUnavailableError', 'UND_ERR_CONNECT_TIMEOUT']],
  ['cancelled', ['cancelled', 'user_abort', 'CancelledError', 'AbortError']],
  ['cancelled', ['asyncio.exceptions.CancelledError', 'System.OperationCanceledException']],
  ['cancelled', ['GraphInterrupt', 'NodeInterrupt', 'ParentCommand', 'InterruptException']],
  ['cancelled', ['langgraph.errors.GraphInterrupt']],
  ['unclassified', ['ValueError', '_OTHER', '-32700', '-32600', '-32100', '404', '600', '']],
])('%s: %s', (errorClass, types) => {
  expect(types.map(toolErrorClass)).toEqual(types.map(() => errorClass))
})

test('EX-SLI-06 of a thousand calls five are bad and five are nobody’s', () => {
  const calls = [
    ...Array<undefined>(990).fill(undefined),
    ...Array<string>(3).fill('-32602'),
    ...Array<string>(2).fill('tool_error'),
    ...Array<string>(5).fill('timeout'),
  ]
  const counts = { good: 0, bad: 0, ignored: 0 }
  for (const errorType of calls) {
    counts[toolOutcome(errorType === undefined ? undefined : toolErrorClass(errorType))]++
  }
  expect(counts).toEqual({ good: 990, bad: 5, ignored: 5 })
  expect((counts.good / (counts.good + counts.bad)).toFixed(6)).toBe('0.994975')
})

test('what nobody can place is bad, and what was cancelled counts for nothing', () => {
  expect(toolOutcome('unclassified')).toBe('bad')
  expect(toolOutcome('cancelled')).toBe('ignored')
})

test('5.10 arguments that failed validation are the agent’s fault, 5.12 a tool’s own error the tool’s', () => {
  expect(toolErrorClass('validation')).toBe('arguments')
  expect(toolErrorClass('tool_error')).toBe('tool')
})

test('only what was stopped or waits for a person is a cancellation', () => {
  expect(toolErrorClass('CancelledError')).toBe('cancelled')
  expect(toolErrorClass('GraphInterrupt')).toBe('cancelled')
  expect(toolErrorClass('timeout')).not.toBe('cancelled')
})

test('no text makes it throw or last', () => {
  fc.assert(fc.property(fc.string(), (it) => void toolErrorClass(it)))
  expect(toolErrorClass('.'.repeat(10_000_000))).toBe('unclassified')
  expect(toolErrorClass('__proto__')).toBe('unclassified')
})
