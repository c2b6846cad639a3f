import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { defaultTraceOptions } from './options.ts'
import { noOverflow } from './overflow.ts'
import { aChat, anAgent, aRecord, aVerdict, type Told, tokens, traceId } from './records.fixture.ts'
import { type SettledTrace, settled } from './settled.ts'

function tasksOf(records: readonly SpanRecord[], rest: Partial<SettledTrace> = {}) {
  return settled({ traceId, records, ...rest }).tasks
}

describe('the top of a task', () => {
  test('is the run that has no run above it, whatever else is', () => {
    const records = [
      aRecord('http'),
      anAgent('a', 'Planner', { parentSpanId: 'http' }),
      anAgent('b', 'Flights', { parentSpanId: 'a' }),
    ]
    expect(tasksOf(records)).toMatchObject([{ spanId: 'a', task: `${traceId}/a` }])
  })

  test('has the id that it was given', () => {
    const [task] = tasksOf([anAgent('a', 'Planner', { run: { taskId: 'trip-7' } })])
    expect(task?.task).toBe('trip-7')
  })

  test('is a chain of OpenInference at the root of a trace without runs', () => {
    const chain = { operation: 'chain', dialect: 'openinference' } as const
    const root = aRecord('a', chain)
    const inner = aRecord('b', { ...chain, parentSpanId: 'a' })
    expect(tasksOf([root, inner])).toMatchObject([{ spanId: 'a' }])
    expect(tasksOf([root, anAgent('c', 'Planner', { parentSpanId: 'a' })])).toMatchObject([
      { spanId: 'c' },
    ])
    expect(tasksOf([aRecord('a', { operation: 'chain', dialect: 'langsmith' })])).toEqual([])
  })

  test('is no run that an evaluator made', () => {
    const records = [
      aRecord('x', { operation: 'evaluator' }),
      anAgent('judge', 'Judge', { parentSpanId: 'x' }),
    ]
    expect(tasksOf(records)).toEqual([])
  })
})

describe('what became of a task', () => {
  const outcomeOf = (told: Told, options = defaultTraceOptions, ...others: SpanRecord[]) =>
    tasksOf([anAgent('a', 'bot', told), ...others], { options }).map((it) => [
      it.outcome,
      it.evidence,
    ])
  const judged = (isPassed: boolean, rest = {}) => aVerdict('task_success', { isPassed, ...rest })

  test('is what its sender says, before what others judge and before its status', () => {
    const told = { isError: true, verdicts: [judged(false)] }
    expect(outcomeOf({ ...told, run: { success: true } })).toEqual([['good', 'reported']])
    expect(outcomeOf({ run: { success: false } })).toEqual([['bad', 'reported']])
  })

  test('is what was judged of it, of its trace or of its session', () => {
    expect(outcomeOf({ verdicts: [judged(false)] })).toEqual([['bad', 'judged']])
    const ofTrace = aRecord('b', {
      parentSpanId: 'a',
      verdicts: [judged(true, { scope: 'trace' })],
    })
    expect(outcomeOf({ isError: true }, defaultTraceOptions, ofTrace)).toEqual([['good', 'judged']])
    const ofSession = aRecord('b', { verdicts: [judged(false, { scope: 'session' })] })
    expect(outcomeOf({}, defaultTraceOptions, ofSession)).toEqual([['bad', 'judged']])
  })

  test('is not what was judged of another span, by another name, or without a result', () => {
    const status = [['good', 'status']]
    const other = aRecord('b', { parentSpanId: 'a', verdicts: [judged(false)] })
    expect(outcomeOf({}, defaultTraceOptions, other)).toEqual(status)
    expect(outcomeOf({ verdicts: [aVerdict('style', { isPassed: false })] })).toEqual(status)
    expect(outcomeOf({ verdicts: [aVerdict('task_success')] })).toEqual(status)
    const elsewhere = judged(false, { traceId: 'ffff', spanId: 'a' })
    expect(outcomeOf({ verdicts: [elsewhere] })).toEqual(status)
  })

  test('is what the latest version of the evaluator judged, then the latest verdict', () => {
    const verdicts = [
      judged(true, { evaluatorVersion: '10' }),
      judged(false, { evaluatorVersion: '9' }),
      judged(false),
    ]
    expect(outcomeOf({ verdicts })).toEqual([['good', 'judged']])
    const newer = judged(true, { evaluatorVersion: '2', scope: 'trace' })
    const both = [newer, judged(false, { evaluatorVersion: '1' })]
    expect(outcomeOf({ verdicts: both })).toEqual([['good', 'judged']])
    const later = aRecord('b', {
      source: 'log',
      parentSpanId: 'a',
      at: 9_000,
      verdicts: [judged(true)],
    })
    expect(outcomeOf({ verdicts: [judged(false)] }, defaultTraceOptions, later)).toEqual([
      ['good', 'judged'],
    ])
  })

  test('is its status, and neither where it was cancelled or interrupted', () => {
    expect(outcomeOf({})).toEqual([['good', 'status']])
    expect(outcomeOf({ isError: true })).toEqual([['bad', 'status']])
    expect(outcomeOf({ errorType: 'ValueError' })).toEqual([['bad', 'status']])
    for (const errorType of ['cancelled', 'asyncio.exceptions.CancelledError', 'GraphInterrupt']) {
      expect(outcomeOf({ isError: true, errorType })).toEqual([['ignored', 'status']])
    }
  })

  test('is bad by the reason for which its last inference ended, where that is wanted', () => {
    const chat = (spanId: string, at: number, reason: string) =>
      aChat(spanId, tokens(1, 1), { parentSpanId: 'a', at, call: { finishReasons: [reason] } })
    const calls = [chat('b', 0, 'stop'), chat('c', 5, 'length')]
    const options = { ...defaultTraceOptions, badFinishReasons: new Set(['length']) }
    expect(outcomeOf({}, options, ...calls)).toEqual([['bad', 'status']])
    expect(outcomeOf({}, defaultTraceOptions, ...calls)).toEqual([['good', 'status']])
    const together = [chat('b', 0, 'length'), chat('c', 0, 'stop')]
    expect(outcomeOf({}, options, ...together)).toEqual([['good', 'status']])
    const other = [chat('b', 0, 'stop'), chat('c', 0, 'length')]
    expect(outcomeOf({}, options, ...other)).toEqual([['bad', 'status']])
  })

  test('is what became of its confidence', () => {
    const records = [
      anAgent('a', 'bot', { run: { confidence: 0.9, success: false } }),
      anAgent('b', 'sub', { parentSpanId: 'a', run: { confidence: 0.1 } }),
    ]
    expect(settled({ traceId, records }).predictions).toMatchObject([
      { spanId: 'a', confidence: 0.9, outcome: 'bad', evidence: 'reported' },
    ])
  })
})

describe('the sums of a task', () => {
  test('hold what is known, and say of how many calls too little is', () => {
    const below = { parentSpanId: 'a' }
    const records = [
      anAgent('a', 'bot'),
      aChat('b', tokens(10, 2, { cacheReadTokens: 4, reasoningTokens: 1 }), {
        ...below,
        call: { reportedNanoUsd: 3 },
      }),
      aChat('c', tokens(10, 2, { basis: 'lower_bound' }), { ...below, at: 500 }),
      aChat('d', undefined, { ...below, at: 600 }),
      aChat('e', undefined, { ...below, at: 700, isError: true, errorType: '429' }),
      aRecord('f', {
        ...below,
        operation: 'embeddings',
        call: { usage: { ...tokens(5, 0), outputTokens: undefined } },
      }),
    ]
    expect(tasksOf(records)).toMatchObject([
      {
        llmCalls: 5,
        incompleteCalls: 2,
        inputTokens: 25,
        outputTokens: 4,
        cacheReadTokens: 4,
        cacheWriteTokens: 0,
        reasoningTokens: 1,
        reportedNanoUsd: 3,
      },
    ])
  })

  test('miss something where a call does not say what it answered with', () => {
    const usage = { ...tokens(5, 0), outputTokens: undefined }
    const records = [anAgent('a', 'bot'), aChat('b', usage, { parentSpanId: 'a' })]
    expect(tasksOf(records)).toMatchObject([{ incompleteCalls: 1, inputTokens: 5 }])
  })

  test('have no cost where nobody said one', () => {
    const records = [anAgent('a', 'bot'), aChat('b', tokens(1, 1), { parentSpanId: 'a' })]
    expect(tasksOf(records).map((it) => it.reportedNanoUsd)).toEqual([undefined])
  })

  test('hold what the trace had no room for, once', () => {
    const records = [anAgent('a', 'bot'), anAgent('b', 'bot', { at: 1 })]
    const overflow = { ...noOverflow, llmCalls: 7, inputTokens: 70, failedToolCalls: 1 }
    expect(tasksOf(records, { overflow })).toMatchObject([
      { spanId: 'a', llmCalls: 7, inputTokens: 70, failedToolCalls: 1, isTruncated: true },
      { spanId: 'b', llmCalls: 0, inputTokens: 0, isTruncated: true },
    ])
  })

  test('have the variants of all runs, the outermost first, and no prototype', () => {
    const hostile: Record<string, string> = JSON.parse(
      '{"__proto__":"x","flag":"inner","other":"y"}',
    )
    const records = [
      anAgent('a', 'bot', { run: { variants: { flag: 'outer' } } }),
      anAgent('b', 'sub', { parentSpanId: 'a', run: { variants: hostile } }),
    ]
    const [task] = tasksOf(records)
    expect(Object.entries(task?.variants ?? {})).toEqual([
      ['__proto__', 'x'],
      ['flag', 'outer'],
      ['other', 'y'],
    ])
  })
})
