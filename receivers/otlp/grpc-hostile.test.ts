import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { detailsOf, framed, GrpcClient, rawCall } from './testing/grpc-client.ts'
import { nestedProtobuf } from './testing/nested.ts'
import { protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const mib = 2 ** 20

test('a message that is too large is RESOURCE_EXHAUSTED without a hint, before it is read', async () => {
  using receiver = await runReceiver({ grpc: { max_recv_msg_size_mib: 1 } })
  using client = new GrpcClient(receiver.grpc)
  const answer = await client.send({ body: Buffer.alloc(mib + 1) })
  expect(answer).toMatchObject({
    code: 8,
    message: `request body too large: the limit is ${mib} bytes`,
  })
  expect(answer.retryAfterMs).toBeUndefined()
  expect(receiver.peakBytes()).toBe(4096)
  expect(await client.send({ body: protobufOf() })).toMatchObject({ code: 0 })
})

test('a message larger than all memory is RESOURCE_EXHAUSTED, since no retry would help', async () => {
  using receiver = await runReceiver({ grpc: {}, memoryBytes: 100_000 })
  using client = new GrpcClient(receiver.grpc)
  expect(await client.send({ body: Buffer.alloc(100_001) })).toMatchObject({ code: 8 })
})

test('a length that lies costs no memory beyond the frame that was sent', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc)
  call.stream.write(framed(Buffer.alloc(10), 0, 2 ** 32 - 1))
  expect(await call.status).toBe(8)
  await call.closed
  expect(receiver.peakBytes()).toBe(4096)
  expect(receiver.reservedBytes()).toBe(0)
})

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('bombs of %s cost no more than the limit', async (encoding, compress) => {
  using receiver = await runReceiver({ grpc: { max_recv_msg_size_mib: 1 } })
  const bomb = framed(compress(Buffer.alloc(300 * mib)), 1)
  using call = rawCall(receiver.grpc, { 'grpc-encoding': encoding })
  call.stream.end(bomb)
  expect(await call.status).toBe(8)
  expect(receiver.peakBytes()).toBeLessThan(bomb.length + mib + 4 * mib)
  expect(receiver.reservedBytes()).toBe(0)
})

test.each<[string, Buffer, Record<string, string>]>([
  ['a message that ends early', framed(protobufOf(), 0, 1000), {}],
  ['half a prefix', Buffer.from([0, 0]), {}],
  ['no message', Buffer.alloc(0), {}],
  ['two messages', Buffer.concat([framed(protobufOf()), framed(protobufOf())]), {}],
  ['a compressed message of a call without compression', framed(protobufOf(), 1), {}],
  ['broken gzip', framed(Buffer.from('no gzip'), 1), { 'grpc-encoding': 'gzip' }],
  [
    'truncated zstd',
    framed(zstdCompressSync(protobufOf('traces', 9)).subarray(0, 40), 1),
    { 'grpc-encoding': 'zstd' },
  ],
  ['a truncated request', framed(protobufOf().subarray(0, 30)), {}],
  ['values nested 10 000 deep', framed(nestedProtobuf(10_000)), {}],
])('%s is INVALID_ARGUMENT', async (_, bytes, headers) => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc, headers)
  const answer = once(call.stream, 'response')
  call.stream.end(bytes)
  expect(await call.status).toBe(3)
  const [{ 'grpc-status-details-bin': details }] = await answer
  expect(detailsOf(Buffer.from(details, 'base64')).badField).toEqual(expect.any(String))
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.deliveries.all).toEqual([])
})

test('a message in pieces of one byte arrives whole', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc)
  for (const byte of framed(protobufOf())) call.stream.write(Buffer.of(byte))
  call.stream.end()
  expect(await call.status).toBe(0)
})

test('a message that never ends is cut after read_timeout, and its room given back', async () => {
  using receiver = await runReceiver({ grpc: { read_timeout: '50ms' } })
  using call = rawCall(receiver.grpc)
  call.stream.write(framed(Buffer.alloc(10), 0, 50_000))
  expect(await call.status).toBe(4)
  await call.closed
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.status()).toMatchObject({ requests: { rejected: { too_slow: 1 } } })
})

test('a client that resets in the middle of its message leaves nothing behind', async () => {
  using receiver = await runReceiver({ grpc: {} })
  for (const reset of ['stream', 'session'] as const) {
    using call = rawCall(receiver.grpc)
    call.stream.write(framed(Buffer.alloc(20_000), 0, 50_000))
    while (receiver.reservedBytes() < 20_000) await turn()
    if (reset === 'stream') call.stream.close(8)
    else call.session.destroy()
    while (receiver.reservedBytes() > 0) await turn()
  }
  expect(receiver.status()).toMatchObject({ requests: { rejected: { client_gone: 2 } } })
})

test('a call waits for room while others go on, and is refused with a hint when none comes', async () => {
  const scheduler = new VirtualScheduler()
  const body = protobufOf('traces', 1000)
  using receiver = await runReceiver({
    grpc: {},
    respond: () => undefined,
    memoryBytes: body.length + 10_000,
    settings: { scheduler },
  })
  using client = new GrpcClient(receiver.grpc)
  const first = client.send({ body })
  const delivery = await receiver.deliveries.next()
  const large = client.send({ body })
  while (scheduler.pending === 0) await turn()
  expect(receiver.reservedBytes()).toBeLessThan(body.length + 10_000)
  await scheduler.advanceTo(2000)
  expect(await large).toMatchObject({ code: 14, retryAfterMs: 1000 })
  const again = client.send({ body })
  while (scheduler.pending === 0) await turn()
  delivery.settle(delivered)
  ;(await receiver.deliveries.next()).settle(delivered)
  expect([(await first).code, (await again).code]).toEqual([0, 0])
  expect(scheduler.pending).toBe(0)
  expect(receiver.reservedBytes()).toBe(0)
})

test('calls beyond the memory wait or are refused, and never hold more than there is', async () => {
  const scheduler = new VirtualScheduler()
  using receiver = await runReceiver({
    grpc: {},
    respond: () => undefined,
    memoryBytes: mib,
    settings: { scheduler },
  })
  const body = protobufOf('traces', 8000)
  using stack = new DisposableStack()
  const clients = Array.from({ length: 20 }, () => stack.use(new GrpcClient(receiver.grpc)))
  const calls = clients.map((it) => it.send({ body }))
  while (scheduler.pending < 18) await turn()
  let isDone = false
  const answers = Promise.all(calls).finally(() => {
    isDone = true
  })
  for (let atMs = 1000; !isDone; atMs += 1000) {
    await scheduler.advanceTo(atMs, turn)
    for (const delivery of receiver.deliveries.all) delivery.settle(delivered)
  }
  expect(receiver.peakBytes()).toBeLessThanOrEqual(mib)
  const codes = new Set((await answers).map((it) => it.code))
  expect([...codes].sort()).toEqual([0, 14])
  expect(receiver.reservedBytes()).toBe(0)
})

test('bytes that are no HTTP/2 end their connection and nothing else', async () => {
  using receiver = await runReceiver({ grpc: {} })
  for (const text of [
    'GET / HTTP/1.1\r\n\r\n',
    '\0'.repeat(100_000),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\njunkjunkjunk',
  ]) {
    const socket = connect(receiver.grpcPort, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(text)
    socket.resume()
    await once(socket, 'close')
  }
  using client = new GrpcClient(receiver.grpc)
  expect(await client.send()).toMatchObject({ code: 0 })
})

test('a client that does not answer pings is cut', async () => {
  const server_parameters = { time: '30ms', timeout: '30ms' }
  using receiver = await runReceiver({ grpc: { keepalive: { server_parameters } } })
  const socket = connect(receiver.grpcPort, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0')
  socket.resume()
  await once(socket, 'close')
  using call = rawCall(receiver.grpc)
  const pings = once(call.session, 'ping')
  await pings
  await once(call.session, 'ping')
  call.stream.end(framed(protobufOf()))
  expect(await call.status).toBe(0)
})

test('clients may ping as they like, unless a policy limits them', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc)
  await once(call.session, 'remoteSettings')
  for (let i = 0; i < 10; i++) await ping(call.session)
  call.stream.end(framed(protobufOf()))
  expect(await call.status).toBe(0)
  using strict = await runReceiver({ grpc: { keepalive: { enforcement_policy: {} } } })
  using pinging = rawCall(strict.grpc)
  const away = new Promise<unknown[]>((resolve) => {
    pinging.session.once('goaway', (...it) => resolve(it))
  })
  while (strict.reservedBytes() === 0) await turn()
  for (let i = 0; i < 10; i++) pinging.session.ping(() => {})
  const [code, , reason] = await away
  expect([code, String(reason)]).toEqual([11, 'too_many_pings'])
})

test('one connection may have so many calls open, and the next waits at its client', async () => {
  using receiver = await runReceiver({
    grpc: { max_concurrent_streams: 2 },
    respond: () => undefined,
  })
  using client = new GrpcClient(receiver.grpc)
  expect((await Promise.all([client.send({ body: new Uint8Array() })]))[0]?.code).toBe(0)
  const calls = Array.from({ length: 3 }, () => client.send())
  const [first, second] = [await receiver.deliveries.next(), await receiver.deliveries.next()]
  await turn()
  expect(receiver.deliveries.all).toHaveLength(2)
  first.settle(delivered)
  second.settle(delivered)
  ;(await receiver.deliveries.next()).settle(delivered)
  expect((await Promise.all(calls)).map((it) => it.code)).toEqual([0, 0, 0])
})

function ping(session: { ping(done: () => void): boolean }): Promise<void> {
  return new Promise((resolve) => session.ping(resolve))
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
