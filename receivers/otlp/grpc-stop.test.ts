import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { framed, GrpcClient, rawCall } from './testing/grpc-client.ts'
import { protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

test('drain sends GOAWAY, closes idle connections and accepts no more', async () => {
  using receiver = await runReceiver({ grpc: {} })
  const session = connectHttp2(`http://${receiver.grpc}`)
  await once(session, 'remoteSettings')
  const away = once(session, 'goaway')
  const closed = receiver.drain()
  expect(receiver.hasCompleted()).toBe(true)
  expect((await away)[0]).toBe(0)
  await closed
  const late = connect(receiver.grpcPort, '127.0.0.1')
  expect(await once(late, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
})

test('drain answers a call in flight once it is settled, and then closes its connection', async () => {
  using receiver = await runReceiver({ grpc: {}, respond: () => undefined })
  using call = rawCall(receiver.grpc)
  call.stream.end(framed(protobufOf()))
  const delivery = await receiver.deliveries.next()
  const away = once(call.session, 'goaway')
  let isClosed = false
  const closed = receiver.drain().then(() => {
    isClosed = true
  })
  await away
  expect(isClosed).toBe(false)
  delivery.settle(delivered)
  expect(await call.status).toBe(0)
  await closed
  await call.ended
  expect(receiver.reservedBytes()).toBe(0)
})

test('drain refuses a call whose message is still coming, with a hint', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc)
  const answer = once(call.stream, 'response')
  call.stream.write(framed(Buffer.alloc(20_000), 0, 50_000))
  while (receiver.reservedBytes() < 20_000) await turn()
  const closed = receiver.drain()
  expect(await call.status).toBe(14)
  const [headers] = await answer
  expect(headers['grpc-message']).toBe('shutting%20down')
  expect(headers['grpc-status-details-bin']).toEqual(expect.any(String))
  await closed
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.status()).toMatchObject({ requests: { rejected: { shutting_down: 1 } } })
})

test('what still goes on after the drain can be cut', async () => {
  using receiver = await runReceiver({ grpc: {}, respond: () => undefined })
  using call = rawCall(receiver.grpc)
  call.stream.end(framed(protobufOf()))
  const delivery = await receiver.deliveries.next()
  const closed = receiver.drain()
  receiver.cut()
  await closed
  await call.ended
  delivery.settle(delivered)
  expect(receiver.reservedBytes()).toBe(0)
})

test('unsubscribing closes everything now and gives back the room of what was being read', async () => {
  using receiver = await runReceiver({ grpc: {} })
  using call = rawCall(receiver.grpc)
  call.stream.write(framed(Buffer.alloc(20_000), 0, 50_000))
  while (receiver.reservedBytes() < 20_000) await turn()
  receiver.unsubscribe()
  expect(receiver.reservedBytes()).toBe(0)
  await call.ended
})

test('a connection of a certain age is asked to go, and its call answered first', async () => {
  const keepalive = { server_parameters: { max_connection_age: '40ms' } }
  using receiver = await runReceiver({ grpc: { keepalive }, respond: () => undefined })
  using call = rawCall(receiver.grpc)
  call.stream.end(framed(protobufOf()))
  const delivery = await receiver.deliveries.next()
  await once(call.session, 'goaway')
  delivery.settle(delivered)
  expect(await call.status).toBe(0)
  await call.ended
  using client = new GrpcClient(receiver.grpc)
  const next = client.send()
  ;(await receiver.deliveries.next()).settle(delivered)
  expect(await next).toMatchObject({ code: 0 })
})

test('an endpoint in use is an error that names it and the setting to change', async () => {
  using other = await runReceiver({ grpc: {} })
  await expect(runReceiver({ grpc: { endpoint: other.grpc } })).rejects.toThrow(
    `cannot listen on ${other.grpc}: it is in use by another program; ` +
      'set receivers.otlp.protocols.grpc.endpoint to another endpoint',
  )
})

test('a connection too many is closed, and served when another has gone', async () => {
  using receiver = await runReceiver({ grpc: { max_connections: 1 } })
  const first = connectHttp2(`http://${receiver.grpc}`)
  await once(first, 'remoteSettings')
  const second = connect(receiver.grpcPort, '127.0.0.1')
  second.on('error', () => {})
  await once(second, 'close')
  first.close()
  await once(first, 'close')
  using client = new GrpcClient(receiver.grpc)
  let answer = await client.send()
  while (answer.code === 14) answer = await client.send()
  expect(answer).toMatchObject({ code: 0 })
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
