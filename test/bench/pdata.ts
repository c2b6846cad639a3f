import { compileMatcher } from '../../src/pdata/attributes.ts'
import { Edits, edit, int } from '../../src/pdata/overlay.ts'
import { decode, encode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { type Data, oracleEncode, requestType } from '../support/otlp-oracle.ts'

const spanCount = 512
const rounds = 40

const wanted = [
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.agent.name',
  'gen_ai.conversation.id',
  'gen_ai.tool.name',
  'error.type',
]

/**
 * Spans a second: validate, walk, read ten wanted attributes, add one to every span and encode;
 * against a generated decoder and encoder that does the same to the same bytes.
 */
export async function pdataRow() {
  const bytes = benchRequest()
  const theirs: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    theirs.push(spansPerSecond(() => withGenerated(bytes)))
    ours.push(spansPerSecond(() => withViews(bytes)))
    await new Promise(setImmediate)
  }
  const baseline = median(theirs)
  const own = median(ours)
  return {
    name: `pdata: walk, read, add one attribute (${Math.round(bytes.length / spanCount)} B a span)`,
    baseline: Math.round(baseline),
    ours: Math.round(own),
    ratio: own / baseline,
    unit: 'spans/s',
  }
}

const matcher = compileMatcher(wanted)
const texts = [0, 1, 2, 3, 6, 7, 8, 9]
const lastTexts = new Array<string | undefined>(wanted.length)

function withViews(bytes: Uint8Array): number {
  const payload = decode('traces', bytes)
  const edits = new Edits()
  let tokens = 0
  forEachSpan(payload, (span) => {
    const slots = span.attributes(matcher)
    tokens += slots.number(4) ?? 0
    tokens += slots.number(5) ?? 0
    for (const slot of texts) lastTexts[slot] = slots.string(slot)
    if (slots.has(0) && span.endMs >= span.startMs) {
      edits.item(span.index, { kind: 'set', key: 'agent.sre.cost.nano_usd', value: int(tokens) })
    }
  })
  return encode(edit(payload, edits)).length
}

const generated = requestType('traces')

function withGenerated(bytes: Uint8Array): number {
  const request: Data = generated.decode(bytes)
  let tokens = 0
  for (const whole of list(request.resourceSpans)) {
    for (const scoped of list(whole.scopeSpans)) {
      for (const span of list(scoped.spans)) {
        const attributes = list(span.attributes)
        const found = new Array<Data | undefined>(wanted.length)
        for (const attribute of attributes) {
          const slot = slotOf.get(`${attribute.key}`)
          if (slot !== undefined) found[slot] ??= attribute
        }
        tokens += Number(find(found[4]?.value, 'intValue') ?? 0)
        tokens += Number(find(found[5]?.value, 'intValue') ?? 0)
        if (found[0])
          attributes.push({ key: 'agent.sre.cost.nano_usd', value: { intValue: tokens } })
      }
    }
  }
  return generated.encode(request).finish().length
}

const slotOf = new Map(wanted.map((key, slot) => [key, slot]))

function list(value: unknown): Data[] {
  return Array.isArray(value) ? value : []
}

function find(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function spansPerSecond(run: () => number): number {
  const start = process.hrtime.bigint()
  for (let i = 0; i < 4; i++) run()
  return (4 * spanCount * 1e9) / Number(process.hrtime.bigint() - start)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

function aRequest(count = spanCount): Data {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const number = (key: string, intValue: number) => ({ key, value: { intValue } })
  const id = (size: number, seed: number) => Buffer.alloc(size, `${seed}:span`)
  const spans = Array.from({ length: count }, (_, i) => ({
    traceId: id(16, i >> 3),
    spanId: id(8, i),
    parentSpanId: i % 8 === 0 ? undefined : id(8, i - 1),
    name: 'chat gpt-5-mini',
    kind: 3,
    startTimeUnixNano: `${1_790_000_000_000_000_000n + BigInt(i) * 1_000_003n}`,
    endTimeUnixNano: `${1_790_000_001_000_000_000n + BigInt(i) * 1_000_003n}`,
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'gpt-5-mini'),
      text('gen_ai.response.model', 'gpt-5-mini-2026-01-01'),
      text('gen_ai.response.id', `chatcmpl-${i}-abcdefghijklmnop`),
      number('gen_ai.usage.input_tokens', 1200 + i),
      number('gen_ai.usage.output_tokens', 340 + i),
      text('gen_ai.agent.name', 'support-bot'),
      text('gen_ai.conversation.id', `conv_${i >> 3}`),
      text('server.address', 'api.openai.com'),
      number('server.port', 443),
      { key: 'gen_ai.request.temperature', value: { doubleValue: 0.7 } },
      {
        key: 'gen_ai.response.finish_reasons',
        value: { arrayValue: { values: [{ stringValue: 'stop' }] } },
      },
    ],
    status: { code: 1 },
    flags: 0x101,
  }))
  const resource = {
    attributes: [text('service.name', 'support-bot'), text('telemetry.sdk.language', 'nodejs')],
  }
  const scope = { name: '@opentelemetry/instrumentation-openai', version: '0.9.0' }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }
}

/** A request of so many spans as an instrumented agent sends it: 512 are 257 KB, 20 are 10 KB. */
export function benchRequest(count = spanCount): Uint8Array {
  return oracleEncode('traces', aRequest(count))
}
