import { describe, expect, test } from 'vitest'
import { names } from '../../src/facts/names.ts'
import { aChat, anAgent, anHttpCall, at } from './agents.fixture.ts'
import { RunningGenai, request } from './running.fixture.ts'
import { requestOf, spanIdOf, traceIdOf } from './traces.fixture.ts'

/** A trace that has settled at 11 s. */
function settledTrace(config = {}): RunningGenai {
  const genai = new RunningGenai(config)
  genai.send(requestOf([anAgent('support', { span: 1 }), aChat({ span: 2, parent: 1 })]), at(1))
  genai.pass(at(11))
  return genai
}

describe('a span that comes within late_window', () => {
  test('changes the sums of its task', async () => {
    const genai = settledTrace()
    genai.send(requestOf([aChat({ span: 3, parent: 1 })]), at(20))
    genai.pass(at(30) - 1)
    expect(genai.told('task')).toHaveLength(1)
    genai.pass(at(30))
    expect(genai.told('task')).toMatchObject([
      { revision: 0, llmCalls: 1, inputTokens: 100, outputTokens: 10 },
      { revision: 1, llmCalls: 2, inputTokens: 200, outputTokens: 20 },
    ])
    expect(await genai.counted(names.lateSpans, 'processor')).toEqual({ genai: 1 })
  })

  test('has its own facts at once, and learns then which task it is of', () => {
    const genai = settledTrace()
    genai.send(requestOf([aChat({ span: 3, parent: 1 })]), at(20))
    const own = () => genai.told('llm_call').filter((it) => it.spanId === spanIdOf(3))
    expect(own()).toMatchObject([{ revision: 0, task: undefined, replaces: undefined }])
    genai.pass(at(30))
    const [first, second] = own()
    expect(own()).toHaveLength(2)
    expect(second).toMatchObject({ revision: 1, task: `${traceIdOf(0)}/${spanIdOf(1)}` })
    expect(second?.replaces).toEqual(first)
  })

  test.each([
    ['an error below', anAgent('billing', { span: 3, parent: 1, isError: true })],
    ['an error of a call', aChat({ span: 3, parent: 1, isError: true })],
    ['a call that ended later', aChat({ span: 3, parent: 1, startMs: 60_000 })],
  ])('never changes what became of the task: %s', (_, late) => {
    const genai = settledTrace()
    const [settled] = genai.told('task')
    genai.send(requestOf([late]), at(20))
    genai.pass(at(40))
    const newest = genai.told('task').at(-1)
    const { outcome, evidence, errorType, startMs, endMs, atMs } = settled ?? {}
    expect(newest).toMatchObject({ outcome, evidence, startMs, endMs, atMs })
    expect(newest?.errorType).toBe(errorType)
  })

  test('that is a verdict is told, and decides nothing any more', () => {
    const genai = settledTrace()
    genai.send(verdict(0), at(20))
    genai.pass(at(40))
    expect(genai.told('evaluation')).toMatchObject([{ name: 'correctness', isPassed: false }])
    expect(genai.known('task')).toMatchObject([{ outcome: 'good', evidence: 'status' }])
  })

  test('changes sums once when it comes twice', async () => {
    const genai = settledTrace()
    const late = requestOf([aChat({ span: 3, parent: 1 })])
    genai.send(late, at(20))
    genai.send(late, at(21))
    genai.pass(at(40))
    genai.send(late, at(41))
    genai.pass(at(60))
    expect(genai.told('task').map((it) => it.llmCalls)).toEqual([1, 2])
    expect(await genai.counted(names.dedupHits, 'layer')).toEqual({ span: 2 })
  })

  test('after another late one makes a further revision, also in another process', () => {
    const genai = settledTrace()
    genai.send(requestOf([aChat({ span: 3, parent: 1 })]), at(20))
    genai.pass(at(31))
    genai.restart()
    genai.send(requestOf([aChat({ span: 4, parent: 1 })]), at(40))
    genai.restart()
    genai.pass(at(51))
    expect(genai.told('task').map((it) => [it.revision, it.llmCalls])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ])
  })

  test('keeps the window open for the next', () => {
    const genai = settledTrace({ late_window: '1m' })
    for (const [span, second] of [
      [3, 60],
      [4, 110],
      [5, 160],
    ] as const) {
      genai.send(requestOf([aChat({ span, parent: 1 })]), at(second))
    }
    genai.pass(at(400))
    expect(genai.known('task')).toMatchObject([{ llmCalls: 4 }])
  })

  test('is a task of its own where it is no part of one', () => {
    const genai = new RunningGenai()
    genai.send(
      requestOf([anHttpCall({ span: 0 }), anAgent('first', { span: 1, parent: 0 })]),
      at(1),
    )
    genai.pass(at(11))
    genai.send(requestOf([anAgent('second', { span: 2, parent: 0 })]), at(20))
    genai.pass(at(40))
    expect(genai.told('task').map((it) => [it.agent, it.revision])).toEqual([
      ['first', 0],
      ['second', 0],
    ])
  })
})

describe('a span that comes beyond late_window', () => {
  test('costs what it costs, and changes no task', () => {
    const genai = settledTrace()
    genai.send(requestOf([aChat({ span: 3, parent: 1 })]), at(90))
    genai.pass(at(2_000))
    expect(genai.told('task')).toHaveLength(1)
    const calls = genai.told('llm_call').filter((it) => it.spanId === spanIdOf(3))
    expect(calls).toMatchObject([{ revision: 0, usage: { inputTokens: 100 }, task: undefined }])
  })

  test('counts nothing when it came before', async () => {
    const genai = settledTrace()
    const facts = genai.facts.length
    genai.send(requestOf([aChat({ span: 2, parent: 1 })]), at(600))
    genai.pass(at(2_000))
    expect(genai.facts).toHaveLength(facts)
    expect(await genai.counted(names.dedupHits, 'layer')).toEqual({ span: 1 })
  })
})

test('a top that comes after what is below it had settled is counted, and makes no second task', async () => {
  const genai = new RunningGenai()
  genai.send(requestOf([anAgent('below', { span: 2, parent: 1 })]), at(1))
  genai.pass(at(901))
  genai.send(requestOf([anAgent('top', { span: 1 })]), at(920))
  genai.pass(at(2_000))
  expect(genai.told('task')).toMatchObject([{ agent: 'below', revision: 0 }])
  expect(await genai.counted(names.lateTops, 'processor')).toEqual({ genai: 1 })
})

/** The verdict of a log about the agent's run. */
function verdict(score: number) {
  const attributes = [
    { key: 'gen_ai.evaluation.name', value: { stringValue: 'correctness' } },
    { key: 'gen_ai.evaluation.score.value', value: { doubleValue: score } },
    { key: 'gen_ai.evaluation.score.label', value: { stringValue: 'fail' } },
  ]
  const record = {
    traceId: traceIdOf(0),
    spanId: spanIdOf(1),
    eventName: 'gen_ai.evaluation.result',
    timeUnixNano: `${at(15)}000000`,
    attributes,
  }
  return request('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })
}
