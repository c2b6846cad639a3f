import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { encode, type Payload } from '../../src/pdata/payload.ts'
import { type Signal, signals } from '../../src/pdata/signal.ts'
import { aRequest, post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const json = 'application/json'
const protobuf = 'application/x-protobuf'

describe.each(signals)('%s', (signal) => {
  test('are answered 200 with no bytes when they came as protobuf', async () => {
    using receiver = await runReceiver()
    const body = protobufOf(signal, 3)
    const answer = await post(receiver.url, { path: `/v1/${signal}`, body })
    expect(answer).toMatchObject({ status: 200, type: protobuf, text: '' })
    expect(bytesOf(receiver.deliveries.all[0]?.batch)).toEqual(Buffer.from(body))
  })

  test('are answered 200 with {} when they came as JSON', async () => {
    using receiver = await runReceiver()
    const body = JSON.stringify(aRequest(signal, 3))
    const type = 'application/json; charset=utf-8'
    const answer = await post(receiver.url, { path: `/v1/${signal}`, type, body })
    expect(answer).toMatchObject({ status: 200, type: json, text: '{}' })
    expect(bytesOf(receiver.deliveries.all[0]?.batch)).toEqual(Buffer.from(protobufOf(signal, 3)))
  })

  test.each([protobuf, json])('are taken gzipped as %s', async (type) => {
    using receiver = await runReceiver()
    const plain = type === json ? JSON.stringify(aRequest(signal, 500)) : protobufOf(signal, 500)
    const answer = await post(receiver.url, {
      path: `/v1/${signal}`,
      type,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(plain),
    })
    expect(answer).toMatchObject({ status: 200, type })
    expect(bytesOf(receiver.deliveries.all[0]?.batch)).toEqual(Buffer.from(protobufOf(signal, 500)))
  })
})

test('an empty request is a success that nothing is delivered for', async () => {
  using receiver = await runReceiver()
  expect(await post(receiver.url, { body: '' })).toMatchObject({ status: 200, text: '' })
  expect(await post(receiver.url, { body: '{}', type: json })).toMatchObject({ status: 200 })
  const envelope = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [] }] }] })
  expect(await post(receiver.url, { body: envelope, type: json })).toMatchObject({ text: '{}' })
  expect(receiver.deliveries.all).toEqual([])
  expect(receiver.status()).toMatchObject({ requests: { empty: 3, delivered: 0 } })
})

test('a body sent in chunks of unknown length arrives whole', async () => {
  using receiver = await runReceiver()
  const body = protobufOf('traces', 2000)
  async function* chunks() {
    for (let at = 0; at < body.length; at += 10_000) yield body.subarray(at, at + 10_000)
  }
  expect(await post(receiver.url, { body: chunks() })).toMatchObject({ status: 200 })
  expect(bytesOf(receiver.deliveries.all[0]?.batch)).toEqual(Buffer.from(body))
})

test('the bytes of a body own their memory and no pool', async () => {
  using receiver = await runReceiver()
  await post(receiver.url, { body: protobufOf('traces', 1) })
  await post(receiver.url, { body: protobufOf('traces', 5000) })
  await post(receiver.url, {
    body: gzipSync(protobufOf('traces', 1)),
    headers: { 'content-encoding': 'gzip' },
  })
  for (const { batch } of receiver.deliveries.all) {
    const bytes = bytesOf(batch)
    expect(bytes.buffer.byteLength).toBe(bytes.length)
  }
})

test('another method is answered 405 with the methods there are', async () => {
  using receiver = await runReceiver()
  for (const method of ['GET', 'PUT', 'OPTIONS'] as const) {
    const answer = await post(receiver.url, { method })
    expect(answer).toMatchObject({ status: 405, type: json, headers: { allow: 'POST' } })
    expect(answer.json().message).toBe('405 method not allowed, supported: [POST]')
  }
})

test.each(['', 'text/plain', 'application/x-protobuf-not'])(
  'content type "%s" is answered 415 with the types there are',
  async (type) => {
    using receiver = await runReceiver()
    const answer = await post(receiver.url, { type })
    expect(answer).toMatchObject({ status: 415, type: json })
    expect(answer.json().message).toBe(
      '415 unsupported media type, supported: [application/json, application/x-protobuf]',
    )
  },
)

test('a path exists only while a pipeline takes its signal', async () => {
  using receiver = await runReceiver({ settings: { kinds: ['traces', 'alerts'] } })
  expect(await post(receiver.url, { path: '/v1/traces?x=1' })).toMatchObject({ status: 200 })
  for (const path of ['/v1/logs', '/v1/metrics', '/v1development/profiles', '/']) {
    const answer = await post(receiver.url, { path })
    expect(answer).toMatchObject({ status: 404, type: json })
    expect(answer.json()).toMatchObject({ code: 12 })
  }
})

test('paths can be chosen, and a missing slash is added', async () => {
  using receiver = await runReceiver({ http: { traces_url_path: 'otlp/t', logs_url_path: '/l' } })
  expect(await post(receiver.url, { path: '/otlp/t' })).toMatchObject({ status: 200 })
  expect(await post(receiver.url, { path: '/l', body: protobufOf('logs') })).toMatchObject({
    status: 200,
  })
  expect(await post(receiver.url, { path: '/v1/traces' })).toMatchObject({ status: 404 })
})

test('an unknown Content-Encoding is answered 400 in the encoding of the request', async () => {
  using receiver = await runReceiver()
  const headers = { 'content-encoding': 'br' }
  const asJson = await post(receiver.url, { type: json, headers })
  expect(asJson).toMatchObject({ status: 400, type: json })
  expect(asJson.json()).toMatchObject({ code: 3, message: 'unsupported Content-Encoding: br' })
  const asProtobuf = await post(receiver.url, { headers })
  expect(asProtobuf).toMatchObject({ status: 400, type: protobuf })
  expect(asProtobuf.text).toContain('unsupported Content-Encoding: br')
})

test('compression_algorithms restricts what is taken', async () => {
  using receiver = await runReceiver({ http: { compression_algorithms: ['gzip'] } })
  expect(await post(receiver.url)).toMatchObject({ status: 400 })
  const body = gzipSync(protobufOf())
  const headers = { 'content-encoding': 'gzip' }
  expect(await post(receiver.url, { body, headers })).toMatchObject({ status: 200 })
})

test.each<[string, Signal, object]>([
  ['a trace id of 15 bytes', 'traces', spanWith({ traceId: '5B8EFFF798038103D269B633813FC6' })],
  ['a span id in base64', 'traces', spanWith({ spanId: '7uGbfsPBsXQ=' })],
  ['an array for an object', 'logs', { resourceLogs: [[]] }],
])('%s is answered 400 with the place in a BadRequest', async (_, signal, request) => {
  using receiver = await runReceiver()
  const body = JSON.stringify(request)
  const answer = await post(receiver.url, { path: `/v1/${signal}`, type: json, body })
  expect(answer).toMatchObject({ status: 400, type: json })
  expect(answer.json()).toMatchObject({
    code: 3,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: expect.stringContaining('resource') }],
      },
    ],
  })
  expect(receiver.deliveries.all).toEqual([])
})

test.each<[string, Uint8Array, Record<string, string>]>([
  ['a truncated message', protobufOf().subarray(0, 30), {}],
  ['noise', Buffer.from('this is no protobuf at all'), {}],
  ['broken gzip', Buffer.from('this is no gzip at all'), { 'content-encoding': 'gzip' }],
  ['truncated gzip', gzipSync(protobufOf()).subarray(0, 40), { 'content-encoding': 'gzip' }],
])('%s is answered 400 with a Status in protobuf', async (_, body, headers) => {
  using receiver = await runReceiver()
  const answer = await post(receiver.url, { body, headers })
  expect(answer).toMatchObject({ status: 400, type: protobuf })
  expect([...answer.bytes.subarray(0, 2)]).toEqual([8, 3])
  expect(answer.text).toContain('type.googleapis.com/google.rpc.BadRequest')
  expect(receiver.reservedBytes()).toBe(0)
})

test('JSON that is none, or has no bytes, is answered 400', async () => {
  using receiver = await runReceiver()
  for (const body of ['', '{', 'null', '[]', '"x"']) {
    expect(await post(receiver.url, { type: json, body })).toMatchObject({
      status: 400,
      type: json,
    })
  }
})

test('headers of the configuration are on every answer', async () => {
  using receiver = await runReceiver({ http: { response_headers: { 'x-served-by': 'us' } } })
  expect((await post(receiver.url)).headers['x-served-by']).toBe('us')
  expect((await post(receiver.url, { path: '/no' })).headers['x-served-by']).toBe('us')
})

test('keep_alives_enabled: false closes after each answer', async () => {
  using receiver = await runReceiver({ http: { keep_alives_enabled: false } })
  expect((await post(receiver.url)).headers.connection).toBe('close')
  using keeping = await runReceiver()
  expect((await post(keeping.url)).headers.connection).toBe('keep-alive')
})

test('the room on the batch is its size, and given back when the last holder lets go', async () => {
  using receiver = await runReceiver({
    respond: ({ batch: { leases } }) => {
      for (const lease of leases) lease.retain()
      return delivered
    },
  })
  const body = protobufOf('traces', 1)
  await post(receiver.url, { body })
  const [lease] = receiver.deliveries.all[0]?.batch.leases ?? []
  expect(lease?.sizeBytes).toBe(body.length)
  expect(receiver.reservedBytes()).toBe(body.length)
  lease?.release()
  expect(receiver.reservedBytes()).toBe(0)
})

function spanWith(change: object): object {
  const span = {
    traceId: '5B8EFFF798038103D269B633813FC60C',
    spanId: 'EEE19B7EC3C1B174',
    ...change,
  }
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
}

function bytesOf(batch: { payload: Payload } | { kind: 'alerts' } | undefined): Buffer {
  if (batch === undefined || !('payload' in batch)) throw new Error('nothing was delivered')
  const bytes = encode(batch.payload)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
