import { expect, test } from 'vitest'
import { aChat, anAgent, anHttpCall, at } from './agents.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf, spanIdOf, traceIdOf } from './traces.fixture.ts'

const minutes = (n: number) => at(n * 60)

test('each run without a run above it is a task of its own, with its own sums', () => {
  const genai = new RunningGenai()
  const spans = [
    anHttpCall({ span: 0 }),
    anAgent('first', { span: 1, parent: 0 }),
    aChat({ span: 2, parent: 1 }),
    anAgent('second', { span: 3, parent: 0, startMs: 500, isError: true }),
    aChat({ span: 4, parent: 3, startMs: 500, attributes: { 'gen_ai.usage.input_tokens': 7 } }),
  ]
  genai.send(requestOf(spans), at(1))
  genai.pass(at(11))
  expect(genai.told('task')).toMatchObject([
    { agent: 'first', outcome: 'good', inputTokens: 100, task: `${traceIdOf(0)}/${spanIdOf(1)}` },
    { agent: 'second', outcome: 'bad', inputTokens: 7, task: `${traceIdOf(0)}/${spanIdOf(3)}` },
  ])
  const ofSecond = genai.known('llm_call').find((it) => it.spanId === spanIdOf(4))
  expect(ofSecond?.task).toBe(`${traceIdOf(0)}/${spanIdOf(3)}`)
})

/** `front` calls `back` over the network. */
const front = anAgent('front', { span: 1 })
const client = anHttpCall({ span: 2, parent: 1 })
const server = anHttpCall({ span: 3, parent: 2 })
const back = anAgent('back', { span: 4, parent: 3 })
const call = aChat({ span: 5, parent: 4 })

test.each([
  ['in one request', [[front, client, server, back, call]]],
  ['each in one of its own', [[front], [client], [server], [back], [call]]],
  ['from below', [[call], [back], [server], [client], [front]]],
  [
    'the spans between last',
    [
      [call, back, front],
      [server, client],
    ],
  ],
])('an agent called over the network is part of the task that called it: %s', (_, batches) => {
  const genai = new RunningGenai()
  batches.forEach((spans, second) => {
    genai.send(requestOf(spans), at(1 + second))
    genai.restart()
  })
  genai.pass(at(30))
  expect(genai.told('task')).toMatchObject([{ agent: 'front', depth: 1, inputTokens: 100 }])
  expect(genai.told('delegation')).toMatchObject([{ from: 'front', to: 'back' }])
  expect(genai.known('llm_call')).toMatchObject([
    { agent: 'back', task: `${traceIdOf(0)}/${spanIdOf(1)}` },
  ])
})

test('agents called over the network all through a run of hours are part of it', () => {
  const genai = new RunningGenai()
  const rounds = 18
  for (let round = 0; round < rounds; round++) {
    const span = 10 * (round + 1)
    const startMs = round * 600_000
    const spans = [
      anHttpCall({ span, parent: 1, startMs }),
      anHttpCall({ span: span + 1, parent: span, startMs }),
      anAgent('back', { span: span + 2, parent: span + 1, startMs }),
      aChat({ span: span + 3, parent: span + 2, startMs }),
    ]
    genai.send(requestOf(spans), minutes(10 * round))
    for (let second = 0; second < 600; second += 15)
      genai.pass(minutes(10 * round) + second * 1_000)
  }
  genai.send(requestOf([anAgent('front', { span: 1, durationMs: 10_800_000 })]), minutes(180))
  genai.pass(minutes(181))
  expect(genai.told('task')).toMatchObject([{ agent: 'front', llmCalls: rounds, depth: 1 }])
  expect(genai.told('delegation')).toHaveLength(rounds)
})

test('an agent called over the network is found though the spans between are long forgotten', () => {
  const genai = new RunningGenai()
  genai.send(requestOf([client, server, back]), minutes(0))
  for (let minute = 10; minute < 180; minute += 10) {
    genai.send(requestOf([aChat({ span: 100 + minute, parent: 4 })]), minutes(minute))
  }
  genai.send(requestOf([front]), minutes(180))
  genai.pass(minutes(181))
  expect(genai.told('task')).toMatchObject([{ agent: 'front', depth: 1, llmCalls: 17 }])
})
