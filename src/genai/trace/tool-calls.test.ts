import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { anAgent, aRecord, type Told, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'

function aTool(spanId: string, told: Told = {}): SpanRecord {
  return aRecord(spanId, { operation: 'execute_tool', tool: {}, ...told })
}

function counted(...records: readonly SpanRecord[]) {
  const { toolCalls } = settled({ traceId, records })
  return toolCalls.filter(({ notCounted }) => notCounted === undefined)
}

function spansOf(...records: readonly SpanRecord[]): string[] {
  return counted(...records).map(({ spanId }) => spanId)
}

describe('spans of tools are one call', () => {
  test('when they have one call id', () => {
    const tool = { callId: 'c1' }
    expect(spansOf(aTool('a', { tool }), aTool('b', { tool, at: 9_000 }))).toEqual(['b'])
  })

  test('when one of two frameworks runs the tool inside the other', () => {
    expect(spansOf(aTool('a'), aTool('b', { parentSpanId: 'a' }))).toEqual(['b'])
  })

  test('when client and server name the tool differently, but the request alike', () => {
    const request = (spanId: string, tool: string, layer: 'mcp_client' | 'mcp_server') =>
      aTool(spanId, {
        parentSpanId: spanId === 'b' ? 'a' : '',
        tool: { tool, layer, requestId: '3' },
      })
    const client = request('a', 'weather', 'mcp_client')
    expect(spansOf(client, request('b', 'get_weather', 'mcp_server'))).toEqual(['a'])
  })

  test('when requests to a server carry them, however often they are tried', () => {
    const tool = { layer: 'mcp_client' } as const
    const records = [
      aTool('a'),
      aTool('b', { parentSpanId: 'a', at: 1, for: 9, tool, isError: true, errorType: 'timeout' }),
      aTool('c', { parentSpanId: 'a', at: 20, for: 9, tool }),
    ]
    expect(counted(...records)).toMatchObject([{ spanId: 'a', outcome: 'good' }])
    expect(settled({ traceId, records }).mcpRequests).toBe(2)
  })
})

describe('spans of tools are several calls', () => {
  test('when their ids differ, or the tools', () => {
    const one = aTool('a', { tool: { callId: 'c1' } })
    expect(spansOf(one, aTool('b', { parentSpanId: 'a', tool: { callId: 'c2' } }))).toHaveLength(2)
    expect(spansOf(aTool('a'), aTool('b', { parentSpanId: 'a', tool: { tool: 'pay' } }))).toEqual([
      'a',
      'b',
    ])
  })

  test('when an agent that the tool runs calls it again', () => {
    expect(
      spansOf(
        aTool('a'),
        anAgent('b', 'sub', { parentSpanId: 'a' }),
        aTool('c', { parentSpanId: 'b' }),
      ),
    ).toEqual(['a', 'c'])
  })
})

describe('a tool call', () => {
  test('failed when the framework saw no error and the last request has one', () => {
    const failed = aTool('b', {
      parentSpanId: 'a',
      at: 5,
      isError: true,
      errorType: 'tool_error',
      tool: { layer: 'mcp_server', errorClass: 'tool' },
    })
    expect(counted(aTool('a'), failed)).toMatchObject([
      { spanId: 'a', outcome: 'bad', errorType: 'tool_error', errorClass: 'tool' },
    ])
  })

  test('is nobody’s fault when the infrastructure failed, or somebody stopped it', () => {
    const outcomeOf = (told: Told) => counted(aTool('a', told)).map(({ outcome }) => outcome)
    const failed = { isError: true, errorType: 'x' }
    expect(outcomeOf({ ...failed, tool: { errorClass: 'infrastructure' } })).toEqual(['ignored'])
    expect(outcomeOf({ ...failed, tool: { errorClass: 'cancelled' } })).toEqual(['ignored'])
    expect(outcomeOf({ isError: true, errorType: 'langgraph.errors.GraphInterrupt' })).toEqual([
      'ignored',
    ])
    expect(outcomeOf({ ...failed, tool: { errorClass: 'arguments' } })).toEqual(['bad'])
    expect(outcomeOf(failed)).toEqual(['bad'])
    expect(outcomeOf({})).toEqual(['good'])
  })

  test('counts neither way when a policy kept the tool from running', () => {
    const denial = { decision: 'deny', by: 'human' } as const
    const check = { parentSpanId: 'a', operation: 'policy_check' } as const
    const tool = aTool('a', { isError: true })
    const outcomeOf = (policy: Told['policy']) =>
      counted(tool, aRecord('b', { ...check, policy })).map(({ outcome }) => outcome)
    expect(outcomeOf(denial)).toEqual(['ignored'])
    expect(outcomeOf({ ...denial, isEnforced: false })).toEqual(['bad'])
    expect(outcomeOf({ ...denial, stage: 'post_tool' })).toEqual(['bad'])
  })

  test('is none where the tool hands over to an agent', () => {
    expect(counted(aTool('a', { operation: 'delegation', handover: { to: 'Billing' } }))).toEqual(
      [],
    )
  })
})
