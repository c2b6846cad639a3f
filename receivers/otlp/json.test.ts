import { expect, test } from 'vitest'
import { encode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { post } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const ids = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' }
const plain = {
  ...ids,
  name: 'chat',
  kind: 2,
  startTimeUnixNano: '1544712660000000001',
  endTimeUnixNano: '1544712661000000009',
  attributes: [
    { key: 'tokens', value: { intValue: '9007199254740993' } },
    { key: 'score', value: { doubleValue: 'NaN' } },
  ],
  status: { code: 2, message: 'late' },
}

test.each<[string, string]>([
  ['ids in upper case', edited({ traceId: ids.traceId.toUpperCase() })],
  ['an enum by its name', edited({ kind: 'SPAN_KIND_SERVER' })],
  ['a status code by its name', edited({ status: { code: 'STATUS_CODE_ERROR', message: 'late' } })],
  ['null for what is missing', edited({ traceState: null, links: null, events: null })],
  ['an empty parent', edited({ parentSpanId: '' })],
  ['unknown keys at each level', edited({ more: { deep: [{ x: [null, 1e300] }] } }, { x: [[]] })],
  [
    'keys in snake_case',
    text(plain)
      .replace('resourceSpans', 'resource_spans')
      .replace('scopeSpans', 'scope_spans')
      .replaceAll('traceId', 'trace_id')
      .replace('spanId', 'span_id')
      .replace('startTimeUnixNano', 'start_time_unix_nano')
      .replace('intValue', 'int_value'),
  ],
  [
    'int64 and nanoseconds as bare numbers, with all their digits',
    text(plain).replaceAll(/"(\d{16,19})"/g, '$1'),
  ],
])('%s means the same as the plain form', async (_, body) => {
  using receiver = await runReceiver()
  const type = 'application/json'
  for (const it of [text(plain), body]) {
    expect(await post(receiver.url, { type, body: it })).toMatchObject({ status: 200, text: '{}' })
  }
  const [expected, found] = receiver.deliveries.all.map(({ batch }) => {
    if (batch.kind !== 'traces') throw new Error('another signal arrived')
    return batch.payload
  })
  if (expected === undefined || found === undefined) throw new Error('nothing arrived')
  expect(Buffer.from(encode(found))).toEqual(Buffer.from(encode(expected)))
  forEachSpan(found, (span) => expect(span.traceIdHex()).toBe(ids.traceId))
})

test.each([
  ['a span id in base64', edited({ spanId: '7uGbfsPBsXQ=' })],
  ['a trace id that is too short', edited({ traceId: ids.traceId.slice(2) })],
  ['a number that 64 bits cannot hold', text(plain).replace('"9007199254740993"', '1e30')],
  ['an object for a list', edited({ attributes: {} })],
])('%s is answered 400', async (_, body) => {
  using receiver = await runReceiver()
  const answer = await post(receiver.url, { type: 'application/json', body })
  expect(answer).toMatchObject({ status: 400, type: 'application/json' })
  expect(answer.json()).toMatchObject({ code: 3 })
})

function edited(change: object, envelope: object = {}): string {
  return text({ ...plain, ...change }, envelope)
}

function text(span: object, envelope: object = {}): string {
  const scopeSpans = [{ spans: [span], ...envelope }]
  return JSON.stringify({ resourceSpans: [{ scopeSpans, ...envelope }], ...envelope })
}
