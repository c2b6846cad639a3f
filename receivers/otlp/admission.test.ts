import { expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { RawClient } from './testing/raw-client.ts'
import { post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const body = protobufOf('traces', 1000)

/** Memory for one request of that size and no second. */
async function narrowReceiver() {
  const scheduler = new VirtualScheduler()
  const receiver = await runReceiver({
    respond: () => undefined,
    memoryBytes: body.length + 5000,
    settings: { scheduler },
  })
  return { receiver, scheduler }
}

test('a request waits for room, and is delivered when some is freed', async () => {
  const { receiver, scheduler } = await narrowReceiver()
  using _ = receiver
  const first = post(receiver.url, { body })
  const delivery = await receiver.deliveries.next()
  const second = post(receiver.url, { body })
  await waiting(scheduler)
  delivery.settle(delivered)
  ;(await receiver.deliveries.next()).settle(delivered)
  expect([(await first).status, (await second).status]).toEqual([200, 200])
  expect(scheduler.pending).toBe(0)
  expect(receiver.reservedBytes()).toBe(0)
})

test('refuses with 503 and a hint when no room comes within admission_timeout', async () => {
  const { receiver, scheduler } = await narrowReceiver()
  using _ = receiver
  const first = post(receiver.url, { body })
  const delivery = await receiver.deliveries.next()
  const second = post(receiver.url, { body })
  await waiting(scheduler)
  await scheduler.advanceTo(1999)
  expect(receiver.status()).toMatchObject({ requests: { rejected: {} } })
  await scheduler.advanceTo(2000)
  expect(await second).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  delivery.settle(delivered)
  expect(await first).toMatchObject({ status: 200 })
  expect(receiver.status()).toMatchObject({ requests: { rejected: { no_room: 1 } } })
  expect(receiver.memory.status().refused).toBe(1)
  expect(receiver.reservedBytes()).toBe(0)
})

test('a client that waits for 100 Continue is refused without it', async () => {
  const { receiver, scheduler } = await narrowReceiver()
  using _ = receiver
  const first = post(receiver.url, { body })
  const delivery = await receiver.deliveries.next()
  const client = await RawClient.connect(receiver.port)
  client.head({ expect: '100-continue', 'content-length': body.length })
  await waiting(scheduler)
  await scheduler.advanceTo(2000)
  expect(await client.said('\r\n\r\n')).toMatch(/^HTTP\/1.1 503 /)
  client.socket.destroy()
  delivery.settle(delivered)
  await first
})

test('a body that grows waits in the middle, and goes on when there is room', async () => {
  const { receiver, scheduler } = await narrowReceiver()
  using _ = receiver
  const first = post(receiver.url, { body: protobufOf('traces', 500) })
  const delivery = await receiver.deliveries.next()
  async function* chunks() {
    for (let at = 0; at < body.length; at += 5000) yield body.subarray(at, at + 5000)
  }
  const second = post(receiver.url, { body: chunks() })
  await waiting(scheduler)
  delivery.settle(delivered)
  ;(await receiver.deliveries.next()).settle(delivered)
  expect([(await first).status, (await second).status]).toEqual([200, 200])
  expect(receiver.reservedBytes()).toBe(0)
})

test('a client that leaves while it waits is forgotten', async () => {
  const { receiver, scheduler } = await narrowReceiver()
  using _ = receiver
  const first = post(receiver.url, { body })
  const delivery = await receiver.deliveries.next()
  const client = await RawClient.connect(receiver.port)
  client.head({ 'content-length': body.length })
  await waiting(scheduler)
  client.socket.resetAndDestroy()
  while (scheduler.pending > 0) await new Promise((resolve) => setImmediate(resolve))
  delivery.settle(delivered)
  await first
  expect(receiver.reservedBytes()).toBe(0)
})

test('drain refuses those that wait', async () => {
  const { receiver, scheduler } = await narrowReceiver()
  using _ = receiver
  const first = post(receiver.url, { body })
  const delivery = await receiver.deliveries.next()
  const second = post(receiver.url, { body })
  await waiting(scheduler)
  const closed = receiver.drain()
  expect(await second).toMatchObject({ status: 503, headers: { connection: 'close' } })
  delivery.settle(delivered)
  expect(await first).toMatchObject({ status: 200 })
  await closed
  expect(scheduler.pending).toBe(0)
})

test('each unsettled request takes at least 4 KiB, however small', async () => {
  const scheduler = new VirtualScheduler()
  using receiver = await runReceiver({
    respond: () => undefined,
    memoryBytes: 3 * 4096,
    settings: { scheduler },
  })
  const answers = Array.from({ length: 4 }, () => post(receiver.url))
  for (let i = 0; i < 3; i++) await receiver.deliveries.next()
  await waiting(scheduler)
  await scheduler.advanceTo(2000)
  for (const delivery of receiver.deliveries.all) delivery.settle(delivered)
  const statuses = await Promise.all(answers.map(async (it) => (await it).status))
  expect(statuses.sort()).toEqual([200, 200, 200, 503])
})

/** Real sockets need real turns of the loop until their request waits in virtual time. */
async function waiting(scheduler: VirtualScheduler): Promise<void> {
  while (scheduler.pending === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('uploads that only say how long they will be leave room for others', async () => {
  using receiver = await runReceiver({ memoryBytes: 1_000_000 })
  const clients = []
  for (let n = 0; n < 3; n++) {
    const client = await RawClient.connect(receiver.port)
    client.head({ 'content-length': 900_000 })
    clients.push(client)
  }
  while (receiver.reservedBytes() < 3 * 64 * 1024) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect((await post(receiver.url, { body: protobufOf('traces', 10) })).status).toBe(200)
  for (const client of clients) client.socket.resetAndDestroy()
})
