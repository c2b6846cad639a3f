import { expect, test } from 'vitest'
import { names } from '../../src/facts/names.ts'
import { State } from '../../src/state/state.ts'
import { at } from './agents.fixture.ts'
import { spanRequest } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'

const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5' }
const minute = 60

test('EX-WIN-03 a span that ends 9 minutes ahead counts now, and its clock is counted', async () => {
  const genai = new RunningGenai({ max_skew: '5m' })
  genai.send(spanRequest(call, { fromMs: at(9 * minute - 2), toMs: at(9 * minute) }), at(0))
  expect(genai.told('llm_call')).toMatchObject([{ atMs: at(0), durationMs: 2_000 }])
  expect(await genai.counted(names.clockSkewEvents, 'problem')).toEqual({ future: 1 })
})

test('a span that ends no more than max_skew ahead is believed', async () => {
  const genai = new RunningGenai({ max_skew: '5m' })
  genai.send(spanRequest(call, { fromMs: at(0), toMs: at(5 * minute) }), at(0))
  expect(genai.told('llm_call')).toMatchObject([{ atMs: at(5 * minute) }])
  expect(await genai.counted(names.clockSkewEvents, 'problem')).toEqual({})
})

test('a span that ends before it starts took no time', async () => {
  const genai = new RunningGenai()
  genai.send(spanRequest(call, { fromMs: at(3), toMs: at(1) }), at(4))
  expect(genai.told('llm_call')).toMatchObject([{ atMs: at(1), durationMs: 0 }])
  expect(await genai.counted(names.clockSkewEvents, 'problem')).toEqual({ negative: 1 })
})

test.each([
  ['no times', 0, 0, at(4)],
  ['no end', at(1), 0, at(1)],
  ['no start', 0, at(1), at(1)],
])('a span with %s took no time', async (_, fromMs, toMs, atMs) => {
  const genai = new RunningGenai()
  genai.send(spanRequest(call, { fromMs, toMs }), at(4))
  expect(genai.told('llm_call')).toMatchObject([{ atMs, durationMs: 0 }])
  expect(await genai.counted(names.clockSkewEvents, 'problem')).toEqual({})
})

test.each([
  ['a start far ahead and no end', at(9_999), 0],
  ['an end far ahead and no start', 0, at(9_999)],
])('a span with %s is of now', async (_, fromMs, toMs) => {
  const genai = new RunningGenai()
  genai.send(spanRequest({ 'gen_ai.operation.name': 'chat' }, { fromMs, toMs }), at(2))
  expect(genai.told('llm_call')).toMatchObject([{ atMs: at(2), durationMs: 0 }])
  expect(await genai.counted(names.clockSkewEvents, 'problem')).toEqual({ future: 1 })
})

test('EX-WIN-02 a task that comes 2 h 20 min after it ended belongs to the time it ended', () => {
  const run = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' }
  const endedMs = Date.UTC(2026, 0, 1, 11, 10)
  const receivedMs = Date.UTC(2026, 0, 1, 13, 30)
  const genai = new RunningGenai()
  genai.send(spanRequest(run, { fromMs: endedMs - 1_000, toMs: endedMs }), receivedMs)
  genai.pass(receivedMs + 60_000)
  const [task] = genai.told('task')
  expect(task).toMatchObject({ atMs: endedMs, endMs: endedMs, startMs: endedMs - 1_000 })

  const ring = new State().ring('runs')
  expect(ring.add('support', task?.endMs ?? 0, 'bad', receivedMs)).toBe('late')
  const bad = (windowMs: number) => ring.tally('support', windowMs, receivedMs).bad
  expect([bad(300_000), bad(3_600_000), bad(6 * 3_600_000)]).toEqual([0, 0, 1])
})

test('when a trace settles is a matter of when it came, whatever its clock says', () => {
  const run = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' }
  const genai = new RunningGenai()
  genai.send(spanRequest(run, { fromMs: 1, toMs: 2 }), at(1))
  genai.pass(at(11) - 1)
  expect(genai.told('task')).toEqual([])
  genai.pass(at(11))
  expect(genai.told('task')).toHaveLength(1)
})
