import { expect, test } from 'vitest'
import { names } from '../../src/facts/names.ts'
import { aChat, anAgent, anHttpCall, aTool, at } from './agents.fixture.ts'
import { eventRequest, spanRequest } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf } from './traces.fixture.ts'

const trace = requestOf([
  anHttpCall({ span: 0 }),
  anAgent('support', { span: 1, parent: 0 }),
  aChat({ span: 2, parent: 1 }),
  aTool('search', { span: 3, parent: 1 }),
])

test.each([
  ['at once', 2, false],
  ['after its trace has settled', 20, false],
  ['when its trace is forgotten', 200, false],
  ['at once in another process', 2, true],
  ['after its trace has settled, in another process', 20, true],
  ['when its trace is forgotten, in another process', 200, true],
])('a request that comes again %s counts nothing', async (_, second, isRestarted) => {
  const genai = new RunningGenai()
  genai.send(trace, at(1))
  if (isRestarted) genai.restart()
  genai.send(trace, at(second))
  genai.pass(at(5_000))
  expect(genai.known('task')).toMatchObject([{ llmCalls: 1, toolCalls: 1, inputTokens: 100 }])
  expect(genai.told('task')).toHaveLength(1)
  expect(genai.told('llm_call').filter((it) => it.revision === 0)).toHaveLength(1)
  expect(genai.told('tool_call').filter((it) => it.revision === 0)).toHaveLength(1)
  expect(await genai.counted(names.dedupHits, 'layer')).toEqual({ span: 3 })
})

test('a span that comes twice in one request counts once', async () => {
  const genai = new RunningGenai()
  const call = aChat({ span: 1 })
  genai.send(requestOf([call, call]), at(1))
  expect(genai.told('llm_call')).toHaveLength(1)
  expect(await genai.counted(names.dedupHits, 'layer')).toEqual({ span: 1 })
})

test('a span is the same only in its trace', async () => {
  const genai = new RunningGenai()
  genai.send(requestOf([aChat({ trace: 1, span: 1 }), aChat({ trace: 2, span: 1 })]), at(1))
  expect(genai.told('llm_call')).toHaveLength(2)
  expect(await genai.counted(names.dedupHits, 'layer')).toEqual({})
})

test('a span that comes again and knows more corrects what was told of it', () => {
  const genai = new RunningGenai()
  const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5' }
  const usage = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10 }
  genai.send(spanRequest(call), at(1))
  genai.send(spanRequest({ ...call, ...usage }, { toMs: at(2) }), at(2))
  const [first, second] = genai.told('llm_call')
  expect(second).toMatchObject({ revision: 1, usage: { inputTokens: 100, outputTokens: 10 } })
  expect(second?.replaces).toEqual(first)
})

test('an event of the log that comes again counts nothing', async () => {
  const genai = new RunningGenai()
  const verdict = { 'gen_ai.evaluation.name': 'correctness', 'gen_ai.evaluation.score.value': 1 }
  const event = eventRequest('gen_ai.evaluation.result', verdict, { trace: 0, span: 1 })
  genai.send(event, at(1))
  genai.restart()
  genai.send(event, at(2))
  expect(genai.told('evaluation')).toHaveLength(1)
  expect(await genai.counted(names.dedupHits, 'layer')).toEqual({ span: 1 })
})
