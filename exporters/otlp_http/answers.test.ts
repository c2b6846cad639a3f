import { expect, test } from 'vitest'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { running } from './running.fixture.ts'
import { type Answering, answers, closedPort, scriptedServer } from './scripted-server.fixture.ts'

const proto = { 'content-type': 'application/x-protobuf' }
const json = { 'content-type': 'application/json; charset=utf-8' }

/** `{ partial_success: { rejected_spans: 2, error_message: "bad id" } }` */
const partialBytes = Buffer.from([0x0a, 0x0a, 0x08, 2, 0x12, 6, ...Buffer.from('bad id')])
/** `{ code: 3, message: "bad id", details: [{ type_url: "t/x" }] }` */
const statusBytes = Buffer.from([
  ...[0x08, 3, 0x12, 6, ...Buffer.from('bad id')],
  ...[0x1a, 5, 0x0a, 3, ...Buffer.from('t/x')],
])

async function outcomeOf(answer: Answering, input: object = {}) {
  const server = await scriptedServer([answer])
  const exporter = running({ endpoint: server.url, ...input })
  const outcome = await exporter.send(someSpans(5))
  const url = `${server.url}/v1/traces`
  return { outcome, url, exporter, requests: server.requests }
}

test.each([
  ['protobuf', proto, partialBytes],
  ['JSON', json, '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"bad id"}}'],
  ['snake case', json, '{"partial_success":{"rejected_spans":2,"error_message":"bad id"}}'],
])('a partial success in %s counts what was rejected and warns', async (_, headers, body) => {
  const { outcome, exporter, url } = await outcomeOf(answers.status(200, headers, body))
  expect(outcome).toEqual({ kind: 'delivered' })
  expect(exporter.status()).toMatchObject({
    ledger: { received: 5, delivered: 3, rejected: 2, dropped: {}, held: 0 },
  })
  expect(exporter.log.lines).toEqual([
    {
      level: 'warn',
      fields: { message: 'bad id', dropped_spans: 2, url },
      message: 'Partial success response',
    },
  ])
})

test.each([
  ['junk of the protobuf type', answers.status(200, proto, Buffer.from([0x0a, 0xff, 1]))],
  ['junk of the JSON type', answers.status(202, json, '<html>')],
  ['half a body', answers.halfBody],
  ['a body of more than 4 MiB', answers.status(200, json, Buffer.alloc(5 * 1024 * 1024, 32))],
])('%s behind a 2xx is sent, with a warning', async (_, answer) => {
  const { outcome, exporter, requests } = await outcomeOf(answer)
  expect(outcome).toEqual({ kind: 'delivered' })
  expect(requests).toHaveLength(1)
  expect(exporter.status()).toMatchObject({ ledger: { delivered: 5 } })
  expect(exporter.log.lines.map((it) => it.level)).toEqual(['warn'])
})

test('a 400 whose Status has a type that is no text is final', async () => {
  const details = [{ '@type': { toString: 1, valueOf: 1 } }]
  const body = JSON.stringify({ code: 3, message: 'bad id', details })
  const { outcome } = await outcomeOf(answers.status(400, json, body))
  expect(outcome).toMatchObject({ kind: 'permanent', reason: expect.stringContaining('bad id') })
})

test('a body of another type behind a 2xx is not looked at', async () => {
  const { outcome, exporter } = await outcomeOf(
    answers.status(204, { 'content-type': 'text/html' }),
  )
  expect(outcome).toEqual({ kind: 'delivered' })
  expect(exporter.log.lines).toEqual([])
})

test.each([
  [301, 2],
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 12],
  [413, 2],
  [500, 2],
  [501, 2],
])('status %d is final, as gRPC code %d', async (status, grpcStatus) => {
  const { outcome, url } = await outcomeOf(answers.status(status))
  expect(outcome).toEqual({
    kind: 'permanent',
    reason: `not retryable error: error exporting items, request to ${url} responded with HTTP Status Code ${status}`,
    grpcStatus,
  })
})

test.each([
  ['protobuf', proto, statusBytes, ', Message=bad id, Details=[t/x]'],
  ['JSON', json, '{"code":3,"message":"bad\\nid"}', ', Message=bad id, Details=[]'],
  ['plain text', { 'content-type': 'text/plain' }, 'go away', ', Message=go away'],
  ['JSON that is no Status', json, '{"error":"no"}', ', Message={"error":"no"}'],
  ['no protobuf', proto, Buffer.from([0xff]), ''],
])('an error in %s is told', async (_, headers, body, told) => {
  const { outcome } = await outcomeOf(answers.status(400, headers, body))
  const reason = 'reason' in outcome ? outcome.reason : ''
  expect(reason.slice(reason.indexOf('Code 400') + 8)).toBe(told)
})

test.each([
  [429, 8],
  [502, 14],
  [503, 14],
  [504, 14],
])('status %d is worth a retry, as gRPC code %d', async (status, grpcStatus) => {
  const { outcome } = await outcomeOf(answers.status(status))
  expect(outcome).toMatchObject({ kind: 'retryable', grpcStatus })
  expect(outcome).not.toHaveProperty('retryAfterMs')
})

test('a status named in extra_retryable_codes is worth a retry', async () => {
  const retry_on_failure = { enabled: false, extra_retryable_codes: [500] }
  const { outcome } = await outcomeOf(answers.status(500), { retry_on_failure })
  expect(outcome).toMatchObject({ kind: 'retryable' })
})

test.each([
  [429, '7', 7000],
  [503, '0', 0],
  [503, '99999999999', 86_400_000],
  [503, 'soon', undefined],
  [502, '7', undefined],
])('status %d with Retry-After %s asks for %s ms', async (status, after, ms) => {
  const { outcome } = await outcomeOf(answers.status(status, { 'retry-after': after }))
  expect(outcome).toMatchObject({ kind: 'retryable' })
  expect('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined).toBe(ms)
})

test.each([
  [503, '1.5s', {}, 1500],
  [503, '1.5s', { 'retry-after': '7' }, 7000],
  [502, '1.5s', {}, undefined],
])(
  'status %d with a RetryInfo of %s and headers %j asks for %s ms',
  async (status, retryDelay, headers, ms) => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }]
    const body = JSON.stringify({ code: 14, message: 'busy', details })
    const { outcome } = await outcomeOf(answers.status(status, { ...json, ...headers }, body))
    expect('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined).toBe(ms)
  },
)

test('a Retry-After date is a delay from now', async () => {
  const date = new Date(Date.now() + 60_000).toUTCString()
  const { outcome } = await outcomeOf(answers.status(503, { 'retry-after': date }))
  const ms = 'retryAfterMs' in outcome ? (outcome.retryAfterMs ?? 0) : 0
  expect(ms).toBeGreaterThan(50_000)
  expect(ms).toBeLessThanOrEqual(60_000)
})

test.each([
  ['hangs', answers.hang, 'no answer within 0.2s'],
  ['resets', answers.reset, ''],
  ['breaks off in its head', answers.halfHead, ''],
])('a destination that %s is tried again', async (_, answer, told) => {
  const { outcome, url } = await outcomeOf(answer, { timeout: '200ms' })
  expect(outcome).toMatchObject({ kind: 'retryable', grpcStatus: 14 })
  expect('reason' in outcome ? outcome.reason : '').toContain(
    `error exporting items, request to ${url} failed: ${told}`,
  )
})

test('a destination that cannot be reached is tried again, and no message holds a credential', async () => {
  const port = await closedPort()
  for (const host of [`127.0.0.1:${port}`, 'collector.invalid:4318']) {
    const exporter = running({ endpoint: `http://user:canary@${host}/?key=canary`, timeout: '5s' })
    const outcome = await exporter.send(someSpans(1))
    expect(outcome).toMatchObject({ kind: 'retryable' })
    expect('reason' in outcome ? outcome.reason : '').toMatch(
      /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|no answer/,
    )
    const said = JSON.stringify([outcome, exporter.status(), exporter.log.lines])
    expect(said).not.toContain('canary')
    expect(said).toContain(`http://${host}/v1/traces`)
  }
})
