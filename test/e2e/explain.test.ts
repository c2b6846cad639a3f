import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { fromJson } from '../../src/pdata/json.ts'
import { ranHere } from './cli-here.ts'

const examples = join(import.meta.dirname, '..', 'dialects', 'examples')
const pair = z.strictObject({ traces: z.unknown().optional(), logs: z.unknown().optional() })

/** The requests of a worked example. */
function requests(name: string) {
  return pair.parse(JSON.parse(readFileSync(join(examples, name), 'utf8')))
}

function file(name: string, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** A file as the file exporter writes one, a request a line. */
function recorded(name: string): string {
  const { traces, logs } = requests(name)
  const lines = [traces, logs].filter((it) => it !== undefined).map((it) => JSON.stringify(it))
  return file('recorded.jsonl', `${lines.join('\n')}\n`)
}

/** One span, as JSON. */
function span(fields: object, attributes: Readonly<Record<string, string>>): object {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    startTimeUnixNano: '1767225600000000000',
    endTimeUnixNano: '1767225601000000000',
    ...fields,
    attributes: Object.entries(attributes).map(([key, value]) => {
      return { key, value: { stringValue: value } }
    }),
  }
}

function traces(...spans: readonly object[]): string {
  return file('traces.json', JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
}

test('a span is shown with its dialect, its facts and the attribute that each came from', async () => {
  const { code, text } = await ranHere('explain', recorded('5.28.json'))

  expect(code).toBe(0)
  expect(text).toBe(`trace 05280000000000000000000000000001
  chat claude-3-5-sonnet-latest  0528000000000001  1s
    openlit (with attributes of otel): chat  < gen_ai.operation.name
    agent         bot      < service.name of the resource
    service       bot      < service.name of the resource
    environment   prod     < gen_ai.environment
    organization  default
    llm_call
      evidence            reported
      operation           chat
      purpose             task
      provider            anthropic                 < gen_ai.system
      model               claude-3-5-sonnet-latest  < gen_ai.request.model
      requestModel        claude-3-5-sonnet-latest  < gen_ai.request.model
      durationMs          1000
      timeToFirstTokenMs  520                       < gen_ai.server.time_to_first_token = 0.52
      inputTokens         2030                      < gen_ai.usage.input_tokens = 30
      outputTokens        40                        < gen_ai.usage.output_tokens
      cacheReadTokens     2000                      < gen_ai.usage.cache_read.input_tokens
      basis               converted_from_exclusive  < gen_ai.usage.total_tokens = 70
      reportedNanoUsd     690000 (0.00069 USD)      < gen_ai.usage.cost = 0.00069
    no fact is made of: telemetry.sdk.name, gen_ai.application_name
  settles to no task
    llm_call 0528000000000001 chat claude-3-5-sonnet-latest: counts
`)
})

test('what does not count, was not used or says nothing is shown with its reason', async () => {
  const vercel = await ranHere('explain', recorded('5.08.json'))
  expect(vercel.text).toContain(
    '    llm_call, not counted: it repeats the tokens of the calls below it\n',
  )
  expect(vercel.text).toContain('  settles to the task of 0508000000000001\n')
  expect(vercel.text).toContain(
    '    llm_call 0508000000000002 ai.generateText.doGenerate: counts\n',
  )
  expect(vercel.text).toMatch(/user +u1 +< a span above\n/)

  const adk = await ranHere('explain', recorded('5.14.json'))
  expect(adk.text).toContain('google_adk, ignored: a second span for tools that ran in parallel\n')

  const pydantic = await ranHere('explain', recorded('5.10.json'))
  expect(pydantic.text).toContain(
    'not used, sums over several calls: gen_ai.aggregated_usage.input_tokens, ' +
      'gen_ai.aggregated_usage.output_tokens\n',
  )

  const other = traces(span({ name: 'GET /' }, { 'http.request.method': 'GET' }))
  expect((await ranHere('explain', other)).text).toContain('    no span of an agent\n')
})

test('an attribute that is asked later and says something else is named', async () => {
  const path = traces(
    span(
      { name: 'chat' },
      { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'a', 'llm.request.model': 'b' },
    ),
  )
  expect((await ranHere('explain', path)).text).toContain(
    'not used: llm.request.model, gen_ai.request.model is asked before it\n',
  )
})

test('an attribute that says the same as what was taken is told apart from others', async () => {
  const path = traces(
    span(
      { name: 'execute_tool a' },
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'a',
        'tool.name': 'a',
        'gen_ai.tool.call.arguments': 'x'.repeat(300),
        'tool.parameters': 'y'.repeat(300),
      },
    ),
  )
  const { text } = await ranHere('explain', path)
  expect(text).toContain('say the same: tool.name\n')
  expect(text).toContain(
    'not used: tool.parameters, gen_ai.tool.call.arguments is asked before it\n',
  )
})

const field = z.object({ name: z.string(), value: z.unknown(), from: z.unknown().optional() })
const document = z.object({
  traces: z.array(
    z.object({
      traceId: z.string(),
      spans: z.array(
        z.object({
          spanId: z.string(),
          depth: z.number(),
          reading: z.looseObject({ kind: z.string() }),
          facts: z.array(
            z.object({
              kind: z.string(),
              notCounted: z.string().optional(),
              fields: z.array(field),
            }),
          ),
        }),
      ),
      events: z.array(z.unknown()),
    }),
  ),
  otherFacts: z.array(z.looseObject({ kind: z.string(), about: z.string() })),
})

test('--json says the same for machines', async () => {
  const { code, text } = await ranHere('explain', '--json', recorded('5.08.json'))
  const [trace] = document.parse(JSON.parse(text)).traces

  expect(code).toBe(0)
  expect(trace?.spans.map(({ spanId, depth, facts }) => [spanId, depth, facts.length])).toEqual([
    ['0508000000000001', 0, 2],
    ['0508000000000002', 1, 1],
    ['0508000000000003', 1, 1],
  ])
  expect(trace?.spans[1]?.reading).toEqual({
    kind: 'agent',
    dialect: 'vercel',
    also: ['otel'],
    operation: 'chat',
    operationFrom: 'ai.operationId',
  })
  expect(trace?.spans[1]?.facts[0]?.fields).toContainEqual({
    name: 'inputTokens',
    value: 4008,
    from: { on: 'span', attribute: 'ai.usage.promptTokens', raw: 8 },
  })
})

test('events of the log are told, and facts about what was not recorded', async () => {
  const claude = await ranHere('explain', recorded('5.17.json'))
  expect(claude.text).toContain('  event claude_code.api_request: understood\n')
  expect(claude.text).toContain('29800000 (0.0298 USD)')

  const { text } = await ranHere('explain', '--json', recorded('5.25.json'))
  expect(document.parse(JSON.parse(text)).otherFacts).toMatchObject([
    { kind: 'evaluation', about: '5b8efff798038103d269b633813fc60c/a1a1a1a1a1a1a1a1' },
  ])
})

const said = [
  'Where is order 42?',
  'hello',
  'Summarise the contract',
  'The contract',
  'You are terse.',
  'Weather in Rome?',
  'Rome',
  '2+2',
  'refund?',
  'Sure',
  'done',
  'time in Oslo?',
  'Be kind',
  '12*7',
  'hey',
  'All steps done',
  'complete?',
]

test('message texts are printed in no form', async () => {
  for (const name of readdirSync(examples)) {
    for (const form of [[], ['--json']]) {
      const { code, text } = await ranHere('explain', ...form, recorded(name))
      expect(code).toBe(0)
      for (const it of said) expect(text, `${name} ${form}`).not.toContain(it)
    }
  }
})

test('a broken file is refused without a word of it', async () => {
  const broken = await ranHere('explain', file('traces.json', '{ "secret message"'))
  expect(broken.code).toBe(1)
  expect(broken.text).toMatch(/^Error: .+: is not valid JSON/)
  expect(broken.text).not.toContain('secret')
})

test('names cannot steer a terminal', async () => {
  const path = traces(
    span(
      { name: 'chat \u001b[2J\n\u202e' },
      { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm\u001b]0;x', 'a\rb': 'c' },
    ),
  )
  const { code, text } = await ranHere('explain', path)
  expect(code).toBe(0)
  expect(text).toContain('chat \\u{1b}[2J\\u{a}\\u{202e}')
  expect(text).toContain('no fact is made of: a\\u{d}b\n')
  for (const character of ['\u001b', '\r', '\u202e']) expect(text).not.toContain(character)
})

test('protobuf is read, and its signal is told or in the name', async () => {
  const bytes = fromJson('traces', JSON.stringify(requests('5.28.json').traces))
  const named = await ranHere('explain', file('traces.pb', bytes))
  const told = await ranHere('explain', '--signal', 'traces', file('request.pb', bytes))
  expect(named.text).toContain('inputTokens         2030')
  expect(told.text).toBe(named.text)
  expect(await ranHere('explain', file('request.pb', bytes))).toMatchObject({ code: 1 })
})

test('settings come from the genai of a configuration', async () => {
  const path = traces(
    span({ name: 'chat' }, { 'gen_ai.operation.name': 'chat', 'my.bot': 'clerk' }),
  )
  const config = (processors: object) =>
    `yaml:${JSON.stringify({
      receivers: { otlp: { protocols: { http: {} } } },
      processors,
      exporters: { debug: {} },
      service: {
        pipelines: {
          traces: {
            receivers: ['otlp'],
            processors: Object.keys(processors),
            exporters: ['debug'],
          },
        },
      },
    })}`
  const configured = config({ genai: { identity: { agent: 'my.bot' } } })
  const named = await ranHere('explain', '--config', configured, path)
  expect(named.text).toMatch(/agent +clerk +< my\.bot\n/)
  expect((await ranHere('explain', path)).text).not.toContain('clerk')

  const without = await ranHere('explain', '--config', config({}), path)
  expect(without).toEqual({ code: 1, text: 'Error: the configuration has no processor genai\n' })
})

test('says what is wrong with a file that cannot be explained', async () => {
  const none = await ranHere('explain', '/nowhere/traces.json')
  expect(none).toEqual({ code: 1, text: 'Error: there is no file /nowhere/traces.json\n' })

  const metrics = await ranHere('explain', file('metrics.json', '{"resourceMetrics":[]}'))
  expect(metrics.code).toBe(1)
  expect(metrics.text).toContain('holds metrics; what is explained are traces and logs\n')

  const large = file('traces.json', '')
  truncateSync(large, 64 * 1024 * 1024 + 1)
  const refused = await ranHere('explain', large)
  expect(refused.code).toBe(1)
  expect(refused.text).toContain('has 64.0 MiB; at most 64 MiB are explained at a time\n')
})

test('spans that are each other’s parents, come again or have no ids are all shown', async () => {
  const chat = { 'gen_ai.operation.name': 'chat' }
  const path = traces(
    span({ name: 'one', spanId: '0000000000000001', parentSpanId: '0000000000000002' }, chat),
    span({ name: 'two', spanId: '0000000000000002', parentSpanId: '0000000000000001' }, chat),
    span({ name: 'three', spanId: '0000000000000003', parentSpanId: '0000000000000003' }, chat),
    span({ name: 'three', spanId: '0000000000000003' }, chat),
    span({ name: 'nameless', traceId: '', spanId: '' }, chat),
  )
  const { code, text } = await ranHere('explain', path)
  expect(code).toBe(0)
  expect(text.match(/^ +(one|two|three|nameless) /gm)).toHaveLength(5)
  expect(text).toContain('the same span again: counted once\n')
  expect(text).toContain('no trace\n')
})

test('a chain of 20 000 spans and a name of a megabyte are shown in bounded space', async () => {
  const id = (at: number) => (at + 1).toString(16).padStart(16, '0')
  const chain = Array.from({ length: 20_000 }, (_, at) =>
    span({ name: 'n', spanId: id(at), parentSpanId: at === 0 ? '' : id(at - 1) }, {}),
  )
  const named = span({ name: 'x'.repeat(1_000_000), spanId: id(30_000) }, { a: 'b' })
  const { code, text } = await ranHere('explain', traces(...chain, named))
  expect(code).toBe(0)
  expect(text.length).toBeLessThan(20_000 * 250)
  expect(text).toContain('x'.repeat(256))
  expect(text).not.toContain('x'.repeat(257))
})
