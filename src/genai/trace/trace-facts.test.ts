import { describe, expect, test } from 'vitest'
import { aChat, anAgent, aRecord, aVerdict, tokens, traceId } from './records.fixture.ts'
import { factsOfRecord, factsOfTrace } from './trace-facts.ts'

describe('what is known as soon as a span is read', () => {
  test('is a call that counts, to the best identity then known', () => {
    expect(factsOfRecord(aChat('a', tokens(10, 2), { conversation: 'c' }), traceId)).toMatchObject([
      {
        kind: 'llm_call',
        traceId,
        spanId: 'a',
        agent: 'shop',
        conversation: 'c',
        task: undefined,
        notCounted: undefined,
        usage: { inputTokens: 10, outputTokens: 2 },
      },
    ])
  })

  test.each([
    ['wrapper', 'wrapper'],
    ['cumulative', 'cumulative'],
    ['copy', 'gateway_copy'],
  ] as const)('is that the tokens of a %s do not count', (role, notCounted) => {
    const call = { role, usage: tokens(1, 1) }
    expect(factsOfRecord(anAgent('a', 'bot', { call }), traceId)).toMatchObject([{ notCounted }])
    expect(factsOfRecord(anAgent('a', 'bot', { call: { role } }), traceId)).toEqual([])
  })

  test('is no task, and nothing of what became of a confidence', () => {
    const run = { confidence: 0.9, success: true }
    expect(factsOfRecord(anAgent('a', 'bot', { run }), traceId)).toEqual([])
  })

  test('is a tool call of a framework; what carries it may be the same', () => {
    const told = { operation: 'execute_tool', tool: {} } as const
    expect(factsOfRecord(aRecord('a', told), traceId)).toMatchObject([
      { kind: 'tool_call', tool: 'search', outcome: 'good', notCounted: undefined },
    ])
    const request = aRecord('a', { ...told, tool: { layer: 'mcp_client' } })
    expect(factsOfRecord(request, traceId)).toMatchObject([{ notCounted: 'mcp_request' }])
  })

  test('is a decision, which waits in the log for its span unless there is no trace', () => {
    const policy = { decision: 'deny' } as const
    expect(factsOfRecord(aRecord('a', { policy }), traceId)).toMatchObject([{ outcome: 'bad' }])
    const log = aRecord('a', { source: 'log', policy })
    expect(factsOfRecord(log, traceId)).toMatchObject([{ outcome: 'ignored' }])
    expect(factsOfRecord(log, '')).toMatchObject([{ outcome: 'bad' }])
  })

  test('is a verdict about the span it names', () => {
    const verdicts = [aVerdict('safety', { isPassed: true, traceId: 'ffff', spanId: 'eeee' })]
    expect(factsOfRecord(aRecord('a', { verdicts }), traceId)).toMatchObject([
      { kind: 'evaluation', traceId: 'ffff', spanId: 'eeee', name: 'safety', isPassed: true },
    ])
  })

  test('is a hand-over, trust and a handshake', () => {
    const record = aRecord('a', {
      operation: 'delegation',
      handover: { from: 'A', to: 'B', mode: 'pass_control' },
      trust: { score: 0.5, isHandshakeSuccess: false },
    })
    expect(factsOfRecord(record, traceId)).toMatchObject([
      { kind: 'delegation', from: 'A', to: 'B', mode: 'pass_control', evidence: 'reported' },
      { kind: 'trust_report', score: 0.5 },
      { kind: 'handshake', isSuccess: false },
    ])
  })
})

test('the facts of a trace come kind by kind, each kind by time', () => {
  const records = [
    anAgent('a', 'bot', { for: 9_000, run: { confidence: 0.5 } }),
    aChat('z', tokens(1, 1), { parentSpanId: 'a' }),
    aChat('b', tokens(2, 2), { parentSpanId: 'a', at: 5 }),
    aRecord('t', { parentSpanId: 'a', operation: 'execute_tool', tool: {} }),
  ]
  const facts = factsOfTrace({ traceId, records }).map(({ kind, spanId }) => [kind, spanId])
  expect(facts).toEqual([
    ['task', 'a'],
    ['llm_call', 'z'],
    ['llm_call', 'b'],
    ['tool_call', 't'],
    ['prediction', 'a'],
  ])
})

test('an empty trace has no facts', () => {
  expect(factsOfTrace({ traceId, records: [] })).toEqual([])
})
