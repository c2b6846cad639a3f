import { describe, expect, test } from 'vitest'
import { names } from '../../src/facts/names.ts'
import type { Payload } from '../../src/pdata/payload.ts'
import { aChat, anAgent, anHttpCall, at } from './agents.fixture.ts'
import { eventRequest, spanRequest } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'
import { requestOf, spanIdOf, type WrittenSpan } from './traces.fixture.ts'
import {
  doubleAttribute,
  eventBytes,
  linkBytes,
  spanIdBytes,
  textAttribute,
  traceIdBytes,
  type WireSpan,
  wireRequest,
} from './wire.fixture.ts'

const isChat = textAttribute('gen_ai.operation.name', 'chat')

/** A span that is as it should be, in the same request behind the hostile ones. */
const neighbour: WireSpan = {
  traceId: traceIdBytes(999),
  spanId: spanIdBytes(999),
  attributes: [isChat, textAttribute('gen_ai.request.model', 'gpt-5')],
}

/** Sends spans, waits until everything has settled, and looks whether all went on as ever. */
function survived(spans: readonly WireSpan[], config = {}): RunningGenai {
  const genai = new RunningGenai(config)
  genai.send(wireRequest([...spans, neighbour]), at(2))
  genai.restart()
  for (const second of [1_000, 2_000]) genai.pass(at(second)) // settles, then forgets
  expect(genai.known('llm_call').find((it) => it.spanId === spanIdOf(999))).toMatchObject({
    model: 'gpt-5',
    notCounted: undefined,
  })
  expect(genai.document()).toMatchObject({ openTraces: 0, openSpans: 0 })
  return genai
}

describe('names of Object.prototype are names like any other', () => {
  const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

  test.each(hostile)('%s as keys of attributes', (name) => {
    const attributes = [isChat, textAttribute(name, name), doubleAttribute(name, 1)]
    survived([{ attributes }])
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })

  test.each(hostile)('%s as agent, tool, model, conversation and response', (name) => {
    const genai = new RunningGenai()
    const own = {
      'gen_ai.agent.name': name,
      'gen_ai.request.model': name,
      'gen_ai.conversation.id': name,
      'gen_ai.response.id': name,
      'gen_ai.provider.name': name,
    }
    const run = anAgent(name, { span: 1, attributes: own })
    const call = (trace: number) => aChat({ trace, span: 2, parent: 1, attributes: own })
    const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name }
    genai.send(requestOf([run, call(0), call(1)]), at(1))
    genai.send(spanRequest(tool, { span: 3, parent: 1 }), at(1))
    genai.restart()
    genai.pass(at(2_000))
    expect(genai.told('task')).toMatchObject([{ agent: name, conversation: name, llmCalls: 1 }])
    expect(genai.known('tool_call')).toMatchObject([{ tool: name, agent: name }])
    const calls = genai.known('llm_call')
    expect(calls).toMatchObject([{ model: name }, { model: name, notCounted: 'duplicate' }])
  })

  test.each(hostile)(
    '%s as a feature flag, told where it is harmless to whoever reads it',
    (name) => {
      const genai = new RunningGenai()
      genai.send(requestOf([anAgent('support', { span: 1 })]), at(1))
      const flag = { 'feature_flag.key': name, 'feature_flag.result.variant': 'on' }
      genai.send(eventRequest('feature_flag.evaluation', flag, { trace: 0, span: 1 }), at(2))
      genai.restart()
      genai.pass(at(2_000))
      const [task] = genai.told('task')
      const told = name === '__proto__' || name === 'constructor' ? [] : [[name, 'on']]
      expect(Object.entries(task?.variants ?? {})).toEqual(told)
    },
  )
})

describe('texts of 10 MB', () => {
  const size = 10_000_000
  const texts: readonly (readonly [string, Buffer])[] = [
    ['that are prose', Buffer.alloc(size, 'x')],
    ['that are JSON', Buffer.from(`{"role":"user","parts":"${'y'.repeat(size)}"}`)],
    ['that begin lists', Buffer.alloc(size, '[')],
  ]
  const keys = [
    'gen_ai.agent.name',
    'gen_ai.request.model',
    'gen_ai.response.id',
    'gen_ai.conversation.id',
    'gen_ai.response.finish_reasons',
    'gen_ai.tool.name',
    'gen_ai.tool.call.arguments',
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.usage.input_tokens',
    'gen_ai.evaluation.name',
    'gen_ai.evaluation.evaluator.source',
    'error.type',
    'llm.invocation_parameters',
    'input.value',
    'output.value',
    'metadata',
    'hidden_params',
    'agent.policy.decision',
    'agent.sre.span.output',
    'agent.task.success',
    'agent.trust_score',
    'langfuse.observation.usage_details',
    'ai.response.providerMetadata',
    'assertions',
  ]
  const operations = ['chat', 'execute_tool', 'invoke_agent']

  for (const [what, text] of texts) {
    test(`${what} are in no fact and in no state, whatever attribute has them`, () => {
      const genai = new RunningGenai()
      keys.forEach((key, trace) => {
        const operation = operations[trace % operations.length] ?? 'chat'
        const attributes = [
          textAttribute('gen_ai.operation.name', operation),
          textAttribute(key, text),
        ]
        genai.send(wireRequest([{ traceId: traceIdBytes(trace), attributes }]), at(2))
      })
      expect(genai.document()).toMatchObject({ openSpans: keys.length })
      expect(genai.sizeBytes).toBeLessThan(keys.length * 2_000)
      genai.pass(at(60))
      expect(JSON.stringify(genai.facts).length).toBeLessThan(keys.length * 2_000)
    })

    test(`${what} are the name of a span, its scope or a key as far as 256 characters`, () => {
      const attributes = [isChat, textAttribute(text, 'value'), textAttribute('gen_ai.x', text)]
      const genai = survived([{ name: text, attributes }])
      expect(JSON.stringify(genai.facts).length).toBeLessThan(4_000)
    })
  }
})

test('JSON of 100 000 levels is read as far as it is worth it', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const keys = ['input.value', 'llm.invocation_parameters', 'metadata', 'hidden_params', 'scores']
  const spans = [deep, objects].flatMap((text, set) =>
    keys.map((key, index) => ({
      spanId: spanIdBytes(10 * set + index),
      attributes: [isChat, textAttribute(key, text)],
    })),
  )
  expect(survived(spans).known('llm_call')).toHaveLength(11)
})

describe('parents that make no tree', () => {
  test.each([
    ['a span that is its own parent', [[1, 1]]],
    [
      'two that are each other’s parents',
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      'a circle of five',
      [
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
        [5, 1],
      ],
    ],
  ])('settle after their silence as one task: %s', async (_, edges) => {
    const genai = new RunningGenai()
    const spans = edges.flatMap(([span = 0, parent = 0]) => anAgent('loop', { span, parent }))
    genai.send(requestOf(spans), at(1))
    genai.pass(at(901))
    expect(genai.told('task')).toMatchObject([{ agent: 'loop', outcome: 'good' }])
    expect(await genai.counted(names.tracesSettled, 'reason')).toEqual({ silence: 1 })
  })

  test('settle after their silence where spans of something else go in a circle', () => {
    const genai = new RunningGenai()
    const circle = [anHttpCall({ span: 1, parent: 2 }), anHttpCall({ span: 2, parent: 1 })]
    const below = [anAgent('one', { span: 3, parent: 1 }), anAgent('two', { span: 4, parent: 2 })]
    genai.send(requestOf([...circle, ...below]), at(1))
    genai.pass(at(901))
    expect(genai.told('task').map((it) => it.agent)).toEqual(['one', 'two'])
  })
})

describe('a hundred thousand spans in one trace', () => {
  const most = 100_000
  const span = (index: number): WireSpan => ({
    spanId: spanIdBytes(index),
    ...(index === 0 ? {} : { parentSpanId: spanIdBytes(0) }),
    attributes:
      index === 0
        ? [textAttribute('gen_ai.operation.name', 'invoke_agent')]
        : [isChat, textAttribute('gen_ai.usage.input_tokens', '3')],
  })
  const spans = Array.from({ length: most }, (_, index) => span(index))

  test.each([
    ['in one request', 1],
    ['in 200 requests', 200],
  ])('%s are one task with all their tokens', (_, requests) => {
    const genai = new RunningGenai()
    const each = most / requests
    for (let from = 0; from < most; from += each) {
      genai.send(wireRequest(spans.slice(from, from + each)), at(1 + from / each))
    }
    expect(genai.document()).toMatchObject({ openTraces: 1, openSpans: 10_000 })
    genai.pass(at(600))
    expect(genai.told('task')).toMatchObject([
      { llmCalls: most - 1, inputTokens: 3 * (most - 1), isTruncated: true },
    ])
  })
})

describe('ids that are none', () => {
  test.each([
    ['a trace id of 15 bytes', { traceId: Buffer.alloc(15, 1) }],
    ['a span id of 9 bytes', { spanId: Buffer.alloc(9, 1) }],
    ['a parent of one byte', { parentSpanId: Buffer.alloc(1, 1) }],
  ])('are refused at the door: %s', (_, ids) => {
    expect(() => wireRequest([{ ...ids, attributes: [isChat] }])).toThrow()
  })

  test.each([
    ['an empty trace id', { traceId: Buffer.alloc(0) }],
    ['a trace id of zeros', { traceId: Buffer.alloc(16) }],
    ['an empty span id', { spanId: Buffer.alloc(0) }],
    ['a span id of zeros', { spanId: Buffer.alloc(8) }],
  ])('leave a call that belongs to no task, as often as it comes: %s', (_, ids) => {
    const call = { ...ids, attributes: [isChat] }
    const genai = survived([call, call])
    const calls = genai.told('llm_call').filter((it) => it.spanId !== spanIdOf(999))
    expect(calls).toHaveLength(2)
    expect(calls).toMatchObject([{ task: undefined }, { task: undefined }])
  })

  test('a parent of zeros is none', () => {
    const genai = new RunningGenai()
    const attributes = [textAttribute('gen_ai.operation.name', 'invoke_agent')]
    genai.send(wireRequest([{ parentSpanId: Buffer.alloc(8), attributes }]), at(1))
    genai.pass(at(11))
    expect(genai.told('task')).toHaveLength(1)
  })
})

describe('numbers that are none', () => {
  test.each([
    ['as text', textAttribute('gen_ai.usage.input_tokens', '100'), 100],
    ['NaN', doubleAttribute('gen_ai.usage.input_tokens', Number.NaN), undefined],
    ['endless', doubleAttribute('gen_ai.usage.input_tokens', Number.POSITIVE_INFINITY), undefined],
    ['negative', doubleAttribute('gen_ai.usage.input_tokens', -5), undefined],
    ['beyond what is counted', doubleAttribute('gen_ai.usage.input_tokens', 1e300), undefined],
    ['the text NaN', textAttribute('gen_ai.usage.input_tokens', 'NaN'), undefined],
    ['hexadecimal', textAttribute('gen_ai.usage.input_tokens', '0x10'), undefined],
  ])('tokens: %s', (_, tokens, inputTokens) => {
    const genai = survived([{ attributes: [isChat, tokens] }])
    const call = genai.told('llm_call').find((it) => it.spanId === spanIdOf(1))
    expect(call?.usage?.inputTokens).toBe(inputTokens)
  })

  test('times beyond all calendars are of now', async () => {
    const last = 2n ** 64n - 1n
    const ends = [
      { startUnixNano: last, endUnixNano: last },
      { startUnixNano: 0n, endUnixNano: last },
      { startUnixNano: last, endUnixNano: 0n },
    ]
    const spans = ends.map((times, index) => ({
      ...times,
      spanId: spanIdBytes(index + 1),
      attributes: [isChat],
    }))
    const genai = survived(spans.slice(0, 2))
    const calls = genai.told('llm_call').filter((it) => it.spanId !== spanIdOf(999))
    expect(calls).toMatchObject([
      { atMs: at(2), durationMs: 0 },
      { atMs: at(2), durationMs: 0 },
    ])
    expect(await genai.counted(names.clockSkewEvents, 'problem')).toEqual({ future: 2 })
  })
})

describe('one span with very much on it', () => {
  const many = 10_000
  const each = <T>(of: (index: number) => T) => Array.from({ length: many }, (_, n) => of(n))

  test('10 000 attributes', () => {
    const attributes = each((n) => textAttribute(`key ${n}`, 'value'))
    expect(survived([{ attributes: [...attributes, isChat] }]).known('llm_call')).toHaveLength(2)
  })

  test('10 000 times the same attribute', () => {
    const attributes = each((n) => textAttribute('gen_ai.request.model', `model ${n}`))
    const genai = survived([{ attributes: [isChat, ...attributes] }])
    expect(genai.known('llm_call')).toMatchObject([{ model: 'model 0' }, { model: 'gpt-5' }])
  })

  test('10 000 events with a verdict each: 32 are told', () => {
    const events = each((n) =>
      eventBytes('gen_ai.evaluation.result', [
        textAttribute('gen_ai.evaluation.name', `criterion ${n}`),
        doubleAttribute('gen_ai.evaluation.score.value', 1),
      ]),
    )
    expect(survived([{ attributes: [isChat], events }]).told('evaluation')).toHaveLength(32)
  })

  test('10 000 links, of which 8 are kept', () => {
    const links = each((n) => linkBytes(n, n))
    const genai = new RunningGenai()
    genai.send(wireRequest([{ attributes: [isChat], links }]), at(1))
    expect(genai.sizeBytes).toBeLessThan(4_000)
  })

  test('a million numbered verdicts, of which few are told', { timeout: 60_000 }, () => {
    const attributes = Array.from({ length: 1_000_000 }, (_, n) =>
      textAttribute(`evaluations.${n}.evaluation.name`, 'correctness'),
    )
    const told = survived([{ attributes: [isChat, ...attributes] }]).told('evaluation')
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThanOrEqual(64)
  })
})

test.each([
  ['lone continuation bytes', Buffer.of(0x80, 0xbf)],
  ['an overlong slash', Buffer.of(0xc0, 0xaf)],
  ['half a surrogate', Buffer.of(0xed, 0xa0, 0x80)],
  ['the start of a character', Buffer.of(0xf0, 0x9f)],
])('names that are no UTF-8 are names all the same: %s', (_, bytes) => {
  const attributes = [
    isChat,
    textAttribute('gen_ai.agent.name', Buffer.concat([Buffer.from('agent '), bytes])),
    textAttribute('gen_ai.request.model', bytes),
    textAttribute(bytes, bytes),
  ]
  const genai = survived([{ name: bytes, attributes }])
  const call = genai.told('llm_call').find((it) => it.spanId === spanIdOf(1))
  expect(call?.agent).toMatch(/^agent \uFFFD/)
})

test('a span that changes what it is with every time it comes stays within its bounds', () => {
  const genai = new RunningGenai()
  const kinds: readonly ((span: number) => WrittenSpan)[] = [
    (span) => aChat({ span }),
    (span) => anAgent(`agent ${span}`, { span, parent: 2 }),
    (span) => anHttpCall({ span, parent: 1 }),
  ]
  const requests: Payload[] = kinds.map((kind) => requestOf([kind(1), kind(2)]))
  for (let n = 0; n < 300; n++) genai.send(requests[n % 3] ?? requestOf([]), at(1 + n / 100))
  genai.pass(at(2_000))
  expect(genai.told('task').length).toBeLessThanOrEqual(2)
  expect(genai.told('llm_call').length).toBeLessThan(10)
})

describe('work grows with what comes', () => {
  const most = 8_000

  test('calls of one trace that another trace has too', () => {
    const genai = new RunningGenai()
    const calls = (trace: number) =>
      Array.from({ length: most }, (_, span) =>
        aChat({ trace, span, attributes: { 'gen_ai.response.id': `resp_${span}` } }),
      )
    genai.send(requestOf(calls(0)), at(1))
    genai.send(requestOf(calls(1)), at(1))
    genai.pass(at(20))
    const counted = genai.known('llm_call').filter((it) => it.notCounted === undefined)
    expect(counted).toHaveLength(most)
  })

  test('agents below a long chain of spans of something else', () => {
    const genai = new RunningGenai()
    const chain = Array.from({ length: most }, (_, span) =>
      anHttpCall({ span, ...(span === 0 ? {} : { parent: span - 1 }) }),
    )
    const below = Array.from({ length: most }, (_, n) =>
      aChat({ span: most + n, parent: most - 1 }),
    )
    genai.send(requestOf([...chain, ...below]), at(1))
    genai.pass(at(20))
    expect(genai.known('llm_call')).toHaveLength(most)
    expect(genai.document()).toMatchObject({ openTraces: 1 })
  })

  test('agents below spans of something else that go in a circle', () => {
    const genai = new RunningGenai()
    const circle = [anHttpCall({ span: 0, parent: 1 }), anHttpCall({ span: 1, parent: 0 })]
    const below = Array.from({ length: most }, (_, n) => aChat({ span: 2 + n, parent: n % 2 }))
    genai.send(requestOf([...circle, ...below]), at(1))
    for (let second = 2; second < 1_000; second++) genai.pass(at(second))
    expect(genai.known('llm_call')).toHaveLength(most)
  })
})
