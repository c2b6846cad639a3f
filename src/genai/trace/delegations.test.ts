import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { aChat, anAgent, aRecord, tokens, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'

function seen(...records: readonly SpanRecord[]) {
  const { delegations, tasks } = settled({ traceId, records })
  return {
    edges: delegations.map(({ from, to, mode }) => [from, to, mode]),
    depths: tasks.map(({ depth }) => depth),
  }
}

const below = (parentSpanId: string, at = 1) => ({ parentSpanId, at, for: 10 })

describe('a run of another agent inside a run', () => {
  test('is a hand-over, and through a tool one that returns', () => {
    expect(
      seen(
        anAgent('a', 'Planner'),
        anAgent('b', 'Flights', below('a')),
        aRecord('tool', { ...below('a', 20), operation: 'execute_tool', tool: {} }),
        anAgent('c', 'Hotels', below('tool', 21)),
        anAgent('d', 'Rooms', below('c', 22)),
      ),
    ).toEqual({
      edges: [
        ['Planner', 'Flights', undefined],
        ['Planner', 'Hotels', 'return_to_caller'],
        ['Hotels', 'Rooms', undefined],
      ],
      depths: [2],
    })
  })

  test('is one of the agent that calls, told by the span of the one that is called', () => {
    const records = [anAgent('a', 'Planner'), anAgent('b', 'Flights', below('a'))]
    expect(settled({ traceId, records }).delegations).toMatchObject([
      { spanId: 'b', agent: 'Planner', from: 'Planner', to: 'Flights', evidence: 'status' },
    ])
  })

  test('is none when it is the same agent, unless both name their instances, differently', () => {
    const run = (spanId: string, agentId?: string) =>
      anAgent(spanId, 'Planner', {
        ...(spanId === 'b' ? below('a') : {}),
        who: agentId === undefined ? {} : { agentId },
      })
    expect(seen(run('a'), run('b'))).toEqual({ edges: [], depths: [0] })
    expect(seen(run('a', '1'), run('b'))).toEqual({ edges: [], depths: [0] })
    expect(seen(run('a', '1'), run('b', '2')).depths).toEqual([1])
    const task = (spanId: string) => ({ ...run(spanId, spanId), operation: 'task' }) as const
    expect(seen(task('a'), task('b'))).toEqual({ edges: [], depths: [0] })
    expect(seen(run('a', '1'), task('b'))).toEqual({ edges: [], depths: [0] })
  })

  test('is none when the workflow around it names no agent', () => {
    expect(
      seen(
        aRecord('flow', { operation: 'invoke_workflow', run: {} }),
        anAgent('a', 'Planner', below('flow')),
      ),
    ).toEqual({ edges: [], depths: [0] })
  })

  test('is none when an evaluator runs it', () => {
    expect(
      seen(
        anAgent('a', 'Planner'),
        aRecord('x', { ...below('a'), operation: 'evaluator' }),
        anAgent('b', 'Judge', below('x')),
      ),
    ).toEqual({ edges: [], depths: [0] })
  })
})

describe('a hand-over that was written down', () => {
  const handing = (spanId: string, parentSpanId: string, from: string, to: string, at: number) =>
    aRecord(spanId, { ...below(parentSpanId, at), operation: 'delegation', handover: { from, to } })

  test('is one with the run that it explains, inside it or behind it', () => {
    const inside = seen(
      anAgent('a', 'Planner'),
      handing('h', 'a', 'Planner', 'Flights', 1),
      anAgent('b', 'Flights', below('h', 2)),
    )
    const behind = seen(
      anAgent('a', 'Planner'),
      handing('h', 'a', 'Planner', 'Flights', 1),
      anAgent('b', 'Flights', below('a', 20)),
    )
    expect(inside).toEqual({ edges: [['Planner', 'Flights', undefined]], depths: [1] })
    expect(behind).toEqual(inside)
  })

  test('goes back and forth, one deeper each time', () => {
    expect(
      seen(
        aRecord('flow', { operation: 'invoke_workflow', run: {} }),
        anAgent('a', 'Triage', below('flow', 1)),
        handing('h1', 'a', 'Triage', 'Billing', 2),
        anAgent('b', 'Billing', below('flow', 20)),
        handing('h2', 'b', 'Billing', 'Triage', 21),
        anAgent('c', 'Triage', below('flow', 40)),
      ).depths,
    ).toEqual([2])
  })

  test('is one when two instrumentations write it', () => {
    const other = { scope: 'logfire', at: 3 }
    const first = handing('h1', 'a', 'Triage', 'Billing', 2)
    const second = aRecord('h2', {
      ...below('a'),
      ...other,
      operation: 'delegation',
      handover: { from: 'Triage', to: 'Billing' },
    })
    expect(seen(anAgent('a', 'Triage'), first, second).edges).toHaveLength(1)
  })

  test('is one when a second stands inside it, also where one of them does not say to whom', () => {
    const handover = (to: string | undefined, spanId: string, parentSpanId: string) =>
      aRecord(spanId, {
        ...below(parentSpanId),
        operation: 'delegation',
        handover: to === undefined ? {} : { to },
      })
    const nested = (outer: string | undefined, inner: string | undefined) =>
      seen(anAgent('a', 'Triage'), handover(outer, 'h1', 'a'), handover(inner, 'h2', 'h1')).depths
    expect(nested('Billing', 'Billing')).toEqual([1])
    expect(nested(undefined, 'Billing')).toEqual([1])
    expect(nested('Billing', undefined)).toEqual([1])
    expect(nested('Billing', 'Refunds')).toEqual([2])
  })

  test('of an agent to itself is none', () => {
    expect(seen(anAgent('a', 'Triage'), handing('h', 'a', 'Triage', 'Triage', 1)).edges).toEqual([])
  })

  test('is told once where every span of the sub-agent tells of it', () => {
    const handover = { from: 'main', to: 'sub-1' }
    expect(
      seen(
        anAgent('a', 'claude', { for: 900 }),
        aChat('b', tokens(1, 1), { ...below('a', 1), handover }),
        aChat('c', tokens(1, 1), { ...below('a', 20), handover }),
      ),
    ).toEqual({ edges: [['main', 'sub-1', undefined]], depths: [1] })
  })

  test('is deeper where a sub-agent says that another one works for it', () => {
    const says = (from: string, to: string, parentSpanId: string) =>
      aChat(to, tokens(1, 1), { ...below(parentSpanId), handover: { from, to } })
    expect(
      seen(anAgent('a', 'claude'), says('main', 'sub-1', 'a'), says('sub-1', 'sub-2', 'sub-1'))
        .depths,
    ).toEqual([2])
  })

  test('by a tool is told each time, and what the sub-agent says of itself belongs to it', () => {
    const task = (spanId: string, at: number) =>
      aRecord(spanId, {
        ...below('a', at),
        operation: 'execute_tool',
        tool: {},
        handover: { to: 'reviewer' },
      })
    expect(
      seen(
        anAgent('a', 'claude', { for: 900 }),
        task('t1', 1),
        aChat('b', tokens(1, 1), { ...below('t1', 2), handover: { from: 'main', to: 'sub-1' } }),
        task('t2', 20),
      ),
    ).toEqual({
      edges: [
        ['claude', 'reviewer', undefined],
        ['claude', 'reviewer', undefined],
      ],
      depths: [1],
    })
  })
})

test('hand-overs before the trace began count too', () => {
  const { tasks } = settled({ traceId, records: [anAgent('a', 'Planner')], upstreamDepth: 3 })
  expect(tasks).toMatchObject([{ depth: 3 }])
})
