import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { RawClient } from './testing/raw-client.ts'
import { post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

test('start tells the real port, in the log too', async () => {
  using receiver = await runReceiver()
  expect(receiver.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(receiver.log.lines).toContainEqual({
    level: 'info',
    fields: { endpoint: `127.0.0.1:${receiver.port}` },
    message: 'Starting HTTP server',
  })
})

test('localhost is 127.0.0.1', async () => {
  using receiver = await runReceiver({ http: { endpoint: 'localhost:0' } })
  expect(receiver.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
})

test('an endpoint in use is an error that names it and the setting to change', async () => {
  using other = await runReceiver()
  const endpoint = `127.0.0.1:${other.port}`
  await expect(runReceiver({ http: { endpoint } })).rejects.toThrow(
    `cannot listen on ${endpoint}: it is in use by another program; ` +
      'set receivers.otlp.protocols.http.endpoint to another endpoint',
  )
})

test('drain completes at once, and closes idle connections', async () => {
  using receiver = await runReceiver()
  const idle = await RawClient.connect(receiver.port)
  const body = protobufOf()
  await idle.head({ 'content-length': body.length }).write(body).said('200 OK')
  const closed = receiver.drain()
  expect(receiver.hasCompleted()).toBe(true)
  await closed
  await idle.ended()
  await expect(RawClient.connect(receiver.port)).rejects.toThrow('ECONNREFUSED')
})

test('drain answers what is delivered once it is settled, and closes its connection', async () => {
  using receiver = await runReceiver({ respond: () => undefined })
  const answer = post(receiver.url)
  const delivery = await receiver.deliveries.next()
  let isClosed = false
  const closed = receiver.drain().then(() => {
    isClosed = true
  })
  await expect(RawClient.connect(receiver.port)).rejects.toThrow('ECONNREFUSED')
  expect(isClosed).toBe(false)
  delivery.settle(delivered)
  expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
  await closed
  expect(receiver.reservedBytes()).toBe(0)
})

test('drain answers 503 to a request whose body is still coming', async () => {
  using receiver = await runReceiver()
  const client = await RawClient.connect(receiver.port)
  client.head({ expect: '100-continue', 'content-length': 1000 })
  await client.said('100 Continue')
  client.write('some')
  const closed = receiver.drain()
  const text = await client.ended()
  expect(text).toMatch(/HTTP\/1.1 503 .*retry-after: 1\r\n.*connection: close/is)
  await closed
  expect(receiver.reservedBytes()).toBe(0)
  expect(receiver.status()).toMatchObject({ requests: { rejected: { shutting_down: 1 } } })
})

test('drain does not wait for headers that never end', async () => {
  using receiver = await runReceiver()
  const client = await RawClient.connect(receiver.port)
  client.write('POST /v1/traces HTTP/1.1\r\nhost: ')
  await post(receiver.url)
  await receiver.drain()
})

test('drain refuses a request that still comes over a connection that is kept', async () => {
  using receiver = await runReceiver({ respond: () => undefined })
  const client = await RawClient.connect(receiver.port)
  client.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n')
  const answer = post(receiver.url)
  const delivery = await receiver.deliveries.next()
  const closed = receiver.drain()
  client.write('content-type: application/json\r\n\r\n')
  const text = await client.ended()
  expect(text).toMatch(/^HTTP\/1.1 503 .*application\/json\r\nretry-after: 1\r\n/is)
  delivery.settle(delivered)
  expect((await answer).status).toBe(200)
  await closed
})

test('unsubscribing closes everything now and gives back the room of what was being read', async () => {
  using receiver = await runReceiver()
  const client = await RawClient.connect(receiver.port)
  client.head({ expect: '100-continue', 'content-length': 50_000 })
  await client.said('100 Continue')
  expect(receiver.reservedBytes()).toBe(50_000)
  receiver.unsubscribe()
  expect(receiver.reservedBytes()).toBe(0)
  await client.ended()
  await expect(RawClient.connect(receiver.port)).rejects.toThrow('ECONNREFUSED')
})

test('a port that was freed can be bound again', async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  for (let i = 0; i < 2; i++) {
    using receiver = await runReceiver({ http: { endpoint: `127.0.0.1:${address.port}` } })
    await receiver.drain()
  }
})
