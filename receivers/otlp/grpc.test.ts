import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { delivered, type Outcome } from '../../src/component/delivery.ts'
import { encode } from '../../src/pdata/payload.ts'
import { signals } from '../../src/pdata/signal.ts'
import { framed, GrpcClient, paths, rawCall } from './testing/grpc-client.ts'
import { protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const retryable = { kind: 'retryable', reason: 'the queue is full' } as const
const permanent = { kind: 'permanent', reason: 'not wanted' } as const

describe.each(signals)('%s', (signal) => {
  test('are answered OK with no bytes, and arrive as they were sent', async () => {
    using receiver = await runReceiver({ grpc: {} })
    using client = new GrpcClient(receiver.grpc)
    const body = protobufOf(signal, 3)
    const answer = await client.send({ path: paths[signal], body })
    expect(answer).toMatchObject({ code: 0, bytes: Buffer.alloc(0) })
    const [delivery] = receiver.deliveries.all
    if (delivery?.batch.kind !== signal) throw new Error('nothing was delivered')
    expect(Buffer.from(encode(delivery.batch.payload))).toEqual(Buffer.from(body))
    expect(receiver.reservedBytes()).toBe(0)
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ])('are taken compressed with %s', async (encoding, compress) => {
    using receiver = await runReceiver({ grpc: {} })
    using call = rawCall(receiver.grpc, { 'grpc-encoding': encoding }, paths[signal])
    call.stream.end(framed(compress(protobufOf(signal, 2000)), 1))
    expect(await call.status).toBe(0)
    const [delivery] = receiver.deliveries.all
    if (delivery?.batch.kind !== signal) throw new Error('nothing was delivered')
    expect(Buffer.from(encode(delivery.batch.payload))).toEqual(
      Buffer.from(protobufOf(signal, 2000)),
    )
    expect(receiver.reservedBytes()).toBe(0)
  })

  test('are UNIMPLEMENTED where no pipeline takes them', async () => {
    const kinds = signals.filter((it) => it !== signal)
    using receiver = await runReceiver({ grpc: {}, settings: { kinds } })
    using client = new GrpcClient(receiver.grpc)
    expect(await client.send({ path: paths[signal] })).toMatchObject({
      code: 12,
      message: `no pipeline takes ${signal} from this receiver`,
    })
  })
})

test.each<[Outcome, number, number | undefined]>([
  [retryable, 14, 1000],
  [{ ...retryable, retryAfterMs: 1500 }, 14, 1500],
  [{ ...retryable, retryAfterMs: 0 }, 14, 100],
  [{ ...retryable, retryAfterMs: 60_000 }, 14, 5000],
  [{ ...retryable, grpcStatus: 8 }, 8, 1000],
  [{ ...retryable, grpcStatus: 4 }, 4, 1000],
  [{ ...retryable, grpcStatus: 3 }, 14, 1000],
  [permanent, 13, undefined],
  [{ ...permanent, grpcStatus: 3 }, 3, undefined],
  [{ ...permanent, grpcStatus: 16 }, 16, undefined],
  [{ ...permanent, grpcStatus: 7 }, 7, undefined],
  [{ ...permanent, grpcStatus: 12 }, 12, undefined],
  [{ ...permanent, grpcStatus: 8 }, 8, undefined],
  [{ ...permanent, grpcStatus: 14 }, 13, undefined],
])('%o is answered %i with a RetryInfo of %s ms', async (outcome, code, retryAfterMs) => {
  using receiver = await runReceiver({ grpc: {}, respond: () => outcome })
  using client = new GrpcClient(receiver.grpc)
  const answer = await client.send()
  expect(answer).toMatchObject({ code, message: 'reason' in outcome ? outcome.reason : '' })
  expect(answer.retryAfterMs).toBe(retryAfterMs)
  expect(receiver.reservedBytes()).toBe(0)
})

test('a reason of any length and any text can be sent', async () => {
  const reason = `${'x'.repeat(1000)}\ud800\n% ä ${'y'.repeat(1_000_000)}`
  using receiver = await runReceiver({ grpc: {}, respond: () => ({ ...permanent, reason }) })
  using client = new GrpcClient(receiver.grpc)
  const { message } = await client.send()
  expect(message).toMatch(/^x{1000}\ufffd\n% ä y+…$/)
})

test('an empty request is a success that nothing is delivered for', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using client = new GrpcClient(receiver.grpc)
  expect(await client.send({ body: new Uint8Array() })).toMatchObject({ code: 0 })
  expect(receiver.deliveries.all).toEqual([])
  expect(receiver.status()).toMatchObject({ requests: { empty: 1, delivered: 0 } })
})

test('what is no OTLP is INVALID_ARGUMENT with the place in a BadRequest', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using client = new GrpcClient(receiver.grpc)
  for (const body of [protobufOf().subarray(0, 30), Buffer.from('this is no protobuf at all')]) {
    const answer = await client.send({ body })
    expect(answer).toMatchObject({ code: 3, badField: expect.any(String) })
    expect(answer.retryAfterMs).toBeUndefined()
  }
  expect(receiver.reservedBytes()).toBe(0)
})

test('a service or method that there is not is UNIMPLEMENTED', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using client = new GrpcClient(receiver.grpc)
  for (const path of ['/none/Export', `${paths.traces}s`, '/grpc.health.v1.Health/Check']) {
    expect(await client.send({ path })).toMatchObject({ code: 12 })
  }
})

test('a compression that there is not is UNIMPLEMENTED, with those that there are', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc, { 'grpc-encoding': 'snappy' })
  const headers = new Promise<object>((resolve) => call.stream.once('response', resolve))
  call.stream.end(framed(protobufOf(), 1))
  expect(await call.status).toBe(12)
  expect(await headers).toMatchObject({
    'grpc-message': 'unsupported%20grpc-encoding:%20snappy',
    'grpc-accept-encoding': 'identity,gzip,deflate,zstd',
  })
})

test('a call is answered when its delivery is settled, and counted as gRPC', async () => {
  using receiver = await runReceiver({ grpc: {}, respond: () => undefined })
  using client = new GrpcClient(receiver.grpc)
  const answer = client.send({ body: protobufOf('traces', 3) })
  const delivery = await receiver.deliveries.next()
  expect(receiver.status()).toMatchObject({ unsettled: 1 })
  delivery.settle(delivered)
  expect(await answer).toMatchObject({ code: 0 })
  expect(await receiver.points('otelcol_receiver_accepted_spans')).toEqual([
    { attributes: { receiver: 'otlp', transport: 'grpc' }, value: 3 },
  ])
})

test('a deadline that passes is the client’s loss, not the delivery’s', async () => {
  using receiver = await runReceiver({ grpc: {}, respond: () => undefined })
  using client = new GrpcClient(receiver.grpc)
  const answer = client.send({ deadlineMs: 50 })
  const delivery = await receiver.deliveries.next()
  expect(await answer).toMatchObject({ code: 4 })
  delivery.settle(delivered)
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.status()).toMatchObject({ requests: { delivered: 1 }, unsettled: 0 })
})

test('metadata travels with the batch only where it is asked for; the address always does', async () => {
  const headers = { authorization: 'Bearer token', 'x-tenant': 'a', 'x-bits-bin': 'AAEC' }
  for (const include_metadata of [true, false]) {
    using receiver = await runReceiver({ grpc: { include_metadata } })
    using call = rawCall(receiver.grpc, headers)
    call.stream.end(framed(protobufOf()))
    expect(await call.status).toBe(0)
    const metadata = receiver.deliveries.all[0]?.batch.metadata
    expect(metadata?.address).toBe('127.0.0.1')
    const kept = Object.fromEntries(metadata?.headers ?? [])
    const host = [receiver.grpc]
    const all = { authorization: ['Bearer token'], 'x-tenant': ['a'], 'x-bits-bin': ['AAEC'], host }
    expect(kept).toEqual(include_metadata ? all : {})
    expect(JSON.stringify(receiver.log.lines)).not.toContain('token')
  }
})

test('gRPC works without HTTP, and beside it', async () => {
  const alone = await runReceiver({ config: { protocols: { grpc: { endpoint: 'localhost:0' } } } })
  using _ = alone
  expect(alone.listening).toEqual([expect.stringMatching(/^grpc:\/\/127\.0\.0\.1:\d+$/)])
  using client = new GrpcClient(alone.grpc)
  expect(await client.send()).toMatchObject({ code: 0 })
  expect(alone.log.lines).toContainEqual({
    level: 'info',
    fields: { endpoint: alone.grpc },
    message: 'Starting GRPC server',
  })
  using both = await runReceiver({ grpc: {} })
  expect(both.listening).toHaveLength(2)
})
