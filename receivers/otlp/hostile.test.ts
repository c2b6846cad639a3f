import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { GrpcClient } from './testing/grpc-client.ts'
import { nestedProtobuf } from './testing/nested.ts'
import { RawClient } from './testing/raw-client.ts'
import { post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const gzip = { 'content-encoding': 'gzip' }

test('a gzip bomb is answered 413 and never held in memory', async () => {
  const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024))
  using receiver = await runReceiver({ http: { max_request_body_size: 1_000_000 } })
  const answer = await post(receiver.url, { headers: gzip, body: bomb })
  expect(answer).toMatchObject({ status: 413, type: 'application/x-protobuf' })
  expect([...answer.bytes.subarray(0, 2)]).toEqual([8, 8])
  expect(answer.headers['retry-after']).toBeUndefined()
  expect(receiver.peakBytes()).toBeLessThanOrEqual(bomb.length + 1_000_000 + 300_000)
  expect(receiver.reservedBytes()).toBe(0)
})

test('a body that is declared too large is answered 413 before it is read', async () => {
  using receiver = await runReceiver({ http: { max_request_body_size: 1000 } })
  const client = await RawClient.connect(receiver.port)
  client.head({ 'content-length': 10_000_000_000 })
  expect(await client.said('\r\n\r\n')).toMatch(/^HTTP\/1.1 413 .*connection: close/is)
  client.socket.destroy()
  expect(receiver.peakBytes()).toBe(0)
})

test('a body that turns out too large in chunks is answered 413', async () => {
  using receiver = await runReceiver({ http: { max_request_body_size: 100_000 } })
  async function* endless() {
    for (let i = 0; i < 100; i++) yield Buffer.alloc(10_000)
  }
  const answer = await post(receiver.url, { body: endless() })
  expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } })
  expect(receiver.peakBytes()).toBeLessThanOrEqual(100_000)
  expect(receiver.reservedBytes()).toBe(0)
})

test('a client that sends all of a large refused body still sees the answer', async () => {
  using receiver = await runReceiver({ http: { max_request_body_size: 1_000_000 } })
  const body = Buffer.alloc(20_000_000)
  expect(await post(receiver.url, { body })).toMatchObject({ status: 413 })
  expect(await post(receiver.url, { body: Buffer.alloc(1_000_001) })).toMatchObject({ status: 413 })
  expect(await post(receiver.url)).toMatchObject({ status: 200 })
})

test('a body larger than all memory is answered 413, since no retry would help', async () => {
  using receiver = await runReceiver({ memoryBytes: 100_000 })
  expect(await post(receiver.url, { body: Buffer.alloc(100_001) })).toMatchObject({ status: 413 })
  const bomb = gzipSync(Buffer.alloc(200_000))
  expect(await post(receiver.url, { headers: gzip, body: bomb })).toMatchObject({ status: 413 })
  expect(receiver.reservedBytes()).toBe(0)
})

test('empty blocks of gzip without end are cut at the limit of what is sent', async () => {
  using receiver = await runReceiver({ http: { max_request_body_size: 100_000 } })
  const head = Buffer.from('1f8b08000000000000ff', 'hex')
  const emptyBlocks = Buffer.from('000000ffff'.repeat(4000), 'hex')
  async function* endless() {
    yield head
    for (let i = 0; i < 20; i++) yield emptyBlocks
  }
  expect(await post(receiver.url, { headers: gzip, body: endless() })).toMatchObject({
    status: 413,
  })
})

test.each(['traces', 'logs'] as const)('%s nested without end are answered 400', async (signal) => {
  using receiver = await runReceiver()
  const path = `/v1/${signal}`
  const deep = `${'{"arrayValue":{"values":['.repeat(10_000)}${']}}'.repeat(10_000)}`
  const key = signal === 'traces' ? 'resourceSpans' : 'resourceLogs'
  const body = `{"${key}":[{"resource":{"attributes":[{"key":"x","value":${deep}}]}}]}`
  const json = await post(receiver.url, { path, type: 'application/json', body })
  expect(json).toMatchObject({ status: 400 })
  const brackets = '['.repeat(1_000_000)
  const open = await post(receiver.url, { path, type: 'application/json', body: brackets })
  expect(open).toMatchObject({ status: 400 })
  expect(await post(receiver.url, { path, body: nestedProtobuf(10_000) })).toMatchObject({
    status: 400,
  })
})

test('a client that resets in the middle of its body leaves nothing behind', async () => {
  using receiver = await runReceiver()
  const kinds = [{ 'content-length': 50_000 }, { 'transfer-encoding': 'chunked' }]
  for (const headers of [...kinds, { 'content-length': 50_000, ...gzip }]) {
    const client = await RawClient.connect(receiver.port)
    client.head({ expect: '100-continue', ...headers })
    await client.said('100 Continue')
    expect(receiver.reservedBytes()).toBeGreaterThan(0)
    if ('transfer-encoding' in headers) client.write('ffff\r\n')
    client.write(gzipSync('some').subarray(0, 12))
    client.socket.resetAndDestroy()
    while (receiver.reservedBytes() > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(receiver.status()).toMatchObject({ requests: { rejected: { client_gone: 3 } } })
})

test('a client that closes its half after its request is answered', async () => {
  using receiver = await runReceiver({ respond: () => undefined })
  const client = await RawClient.connect(receiver.port)
  const body = protobufOf()
  client.head({ 'content-length': body.length }).write(body).socket.end()
  const delivery = await receiver.deliveries.next()
  delivery.settle(delivered)
  expect(await client.ended()).toMatch(/^HTTP\/1.1 200 /)
})

test('a client that leaves while its delivery is on its way changes nothing about the outcome', async () => {
  using receiver = await runReceiver({ respond: () => undefined })
  const client = await RawClient.connect(receiver.port)
  const body = protobufOf('traces', 2)
  client.head({ 'content-length': body.length }).write(body)
  const delivery = await receiver.deliveries.next()
  client.socket.resetAndDestroy()
  expect(await post(receiver.url, { path: '/none' })).toMatchObject({ status: 404 })
  expect(receiver.reservedBytes()).toBe(4096)
  delivery.settle(delivered)
  expect(receiver.reservedBytes()).toBe(0)
  expect(await receiver.counters()).toMatchObject({ otelcol_receiver_accepted_spans: 2 })
})

test('headers that never end are cut after read_header_timeout', async () => {
  using receiver = await runReceiver({ http: { read_header_timeout: '100ms' } })
  const client = await RawClient.connect(receiver.port)
  client.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\nx-slow: ')
  expect(await client.ended()).toMatch(/^HTTP\/1.1 408 /)
})

test('a body that never ends is cut after read_timeout, and its room given back', async () => {
  using receiver = await runReceiver({ http: { read_timeout: '100ms' } })
  const client = await RawClient.connect(receiver.port)
  client.head({ 'content-length': 10_000 }).write('slow')
  expect(await client.ended()).toMatch(/^HTTP\/1.1 408 /)
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.status()).toMatchObject({ requests: { rejected: { client_gone: 1 } } })
})

test('a client that expects 100 Continue is told before its body, or refused without it', async () => {
  using receiver = await runReceiver({ http: { max_request_body_size: 1000 } })
  const body = protobufOf()
  const client = await RawClient.connect(receiver.port)
  client.head({ expect: '100-continue', 'content-length': body.length })
  await client.said('HTTP/1.1 100 Continue\r\n\r\n')
  client.write(body)
  await client.said('HTTP/1.1 200 OK')
  client.socket.destroy()
  const refused = await RawClient.connect(receiver.port)
  refused.head({ expect: '100-continue', 'content-length': 5000 })
  expect(await refused.said('\r\n\r\n')).toMatch(/^HTTP\/1.1 413 /)
  refused.socket.destroy()
})

test('requests in one packet are answered in order, refused ones too', async () => {
  using receiver = await runReceiver()
  const client = await RawClient.connect(receiver.port)
  const body = protobufOf()
  client.head({ 'content-length': 5 }, '/none').write('12345')
  client.head({ 'content-length': body.length }).write(body)
  const text = await client.said('HTTP/1.1 200')
  expect(text.indexOf('HTTP/1.1 404')).toBe(0)
  client.socket.destroy()
})

test('after a mixed hostile run nothing is reserved and the receiver works', async () => {
  using receiver = await runReceiver({ http: { max_request_body_size: 200_000 } })
  const bodies = [
    { body: protobufOf('traces', 100) },
    { body: gzipSync(protobufOf('traces', 100)), headers: gzip },
    { body: gzipSync(Buffer.alloc(1_000_000)), headers: gzip },
    { body: gzipSync(protobufOf('traces', 100)).subarray(0, 60), headers: gzip },
    { body: Buffer.alloc(300_000) },
    { body: Buffer.from('noise') },
    { body: '{', type: 'application/json' },
    { body: '{}', type: 'application/json' },
    { body: '', type: 'text/plain' },
    { body: '', path: '/none' },
  ]
  const many = Array.from({ length: 20 }, () => bodies).flat()
  const statuses = await Promise.all(many.map(async (it) => (await post(receiver.url, it)).status))
  expect(statuses.slice(0, 10)).toEqual([200, 200, 413, 400, 413, 400, 400, 200, 415, 404])
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.status()).toMatchObject({ unsettled: 0 })
})

test('damaged requests are taken or refused over both protocols, and nothing else happens', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using client = new GrpcClient(receiver.grpc)
  const whole = protobufOf('traces', 3)
  const damage = fc.record({
    at: fc.nat(whole.length - 1),
    byte: fc.nat(255),
    length: fc.nat(whole.length),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, byte, length }) => {
      const body = whole.slice(0, length)
      if (at < length) body[at] = byte
      const [http, grpc] = await Promise.all([post(receiver.url, { body }), client.send({ body })])
      expect([
        [200, 0],
        [400, 3],
      ]).toContainEqual([http.status, grpc.code])
    }),
    { numRuns: 300 },
  )
  expect(receiver.reservedBytes()).toBe(0)
})
