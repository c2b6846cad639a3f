import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { delivered } from '../../src/component/delivery.ts'
import { ListenerPool } from '../../src/net/server/listeners.ts'
import { floorBytes } from './shared.ts'
import { framed, GrpcClient, rawCall } from './testing/grpc-client.ts'
import { RawClient } from './testing/raw-client.ts'
import { post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

type Options = NonNullable<Parameters<typeof runReceiver>[0]>

/** Receivers of engines that follow one another, on the same free ports. */
function successors(common: Options = {}) {
  const pool = new ListenerPool()
  const next = (options: Options = {}) =>
    runReceiver({
      ...common,
      ...options,
      settings: { listeners: pool.generation(), ...options.settings },
    })
  return { pool, next }
}

const body = protobufOf()
/** As by default: calls that GOAWAY crossed on the way were never read, and are sent again. */
const retrying = { 'grpc.enable_retries': 1 }
const times = <T>(count: number, work: () => T): T[] => Array.from({ length: count }, work)

test('connections go to the newest receiver, and what came before is answered by the one before', async () => {
  const { next } = successors({ respond: () => undefined })
  using first = await next()
  const answer = post(first.url)
  const delivery = await first.deliveries.next()
  using second = await next()
  expect(second.url).toBe(first.url)
  await first.drain()
  const other = post(second.url)
  ;(await second.deliveries.next()).settle(delivered)
  expect(await other).toMatchObject({ status: 200 })
  delivery.settle(delivered)
  expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
  expect(first.deliveries.all).toHaveLength(1)
})

test('200 requests over HTTP in flight across a handover are neither refused nor lost', async () => {
  const { next } = successors({ respond: () => undefined })
  using first = await next()
  const clients = await Promise.all(times(200, () => RawClient.connect(first.port)))
  for (const client of clients) client.head({ 'content-length': body.length })
  const [whole, halves] = [clients.slice(0, 100), clients.slice(100)]
  for (const client of whole) client.write(body)
  for (const client of halves) client.write(body.subarray(0, 10))
  const taken = await Promise.all(times(100, () => first.deliveries.next()))
  while (first.reservedBytes() < 200 * floorBytes) await turn()

  using second = await next()
  const drained = first.drain()
  for (const client of halves) client.write(body.subarray(10))
  const inherited = await Promise.all(times(100, () => second.deliveries.next()))
  await drained
  for (const { settle } of [...taken, ...inherited]) settle(delivered)
  const answers = await Promise.all(clients.map((it) => it.ended()))
  expect(answers.filter((it) => /^HTTP\/1.1 200 .*connection: close/is.test(it))).toHaveLength(200)
  expect(first.deliveries.all).toHaveLength(100)
  expect(first.reservedBytes()).toBe(0)
})

test('200 calls over gRPC in flight across a handover are neither refused nor lost', async () => {
  const { next } = successors({ grpc: {}, respond: () => undefined })
  using first = await next()
  const calls = times(200, () => rawCall(first.grpc))
  const message = framed(body)
  const [whole, halves] = [calls.slice(0, 100), calls.slice(100)]
  for (const { stream } of whole) stream.end(message)
  for (const { stream } of halves) stream.write(message.subarray(0, 10))
  const taken = await Promise.all(times(100, () => first.deliveries.next()))
  while (first.reservedBytes() < 200 * floorBytes) await turn()

  using second = await next()
  const away = calls.map(({ session }) => once(session, 'goaway'))
  const drained = first.drain()
  await Promise.all(away)
  for (const { stream } of halves) stream.end(message.subarray(10))
  const inherited = await Promise.all(times(100, () => second.deliveries.next()))
  await drained
  for (const { settle } of [...taken, ...inherited]) settle(delivered)
  expect(new Set(await Promise.all(calls.map((it) => it.status)))).toEqual(new Set([0]))
  await Promise.all(calls.map((it) => it.ended))
  expect(first.reservedBytes()).toBe(0)
})

test('clients that send without a pause notice nothing of ten handovers', async () => {
  const { next } = successors({ grpc: {} })
  const receivers = [await next()]
  const [{ url, grpc }] = receivers as [Awaited<ReturnType<typeof next>>]
  let isOver = false
  const outcomes: unknown[][] = times(20, () => [])
  const overHttp = async (mine: unknown[]) => {
    while (!isOver) mine.push((await post(url)).status)
  }
  const overGrpc = async (mine: unknown[]) => {
    using client = new GrpcClient(grpc, retrying)
    while (!isOver) mine.push((await client.send()).code)
  }
  const clients = outcomes.map((mine, index) => (index < 10 ? overHttp(mine) : overGrpc(mine)))
  for (let handover = 0; handover < 10; handover++) {
    const successor = await next()
    const before = receivers.at(-1)
    receivers.push(successor)
    await before?.drain()
    const counts = outcomes.map((mine) => mine.length)
    while (outcomes.some((mine, index) => mine.length < (counts[index] ?? 0) + 5)) await turn()
  }
  isOver = true
  await Promise.all(clients)
  expect(outcomes.flat().filter((it) => it !== 0 && it !== 200)).toEqual([])
  expect(receivers.flatMap((it) => it.deliveries.all)).toHaveLength(outcomes.flat().length)
  await receivers.at(-1)?.drain()
})

test('while the address is held, who comes next may come after the one before has gone', async () => {
  const { pool, next } = successors({ grpc: {} })
  using first = await next()
  const kept = await RawClient.connect(first.port)
  await kept.head({ 'content-length': body.length }).write(body).said('200 OK')
  const release = pool.hold()
  await first.drain()

  const [http, call] = [post(first.url), new GrpcClient(first.grpc).send()]
  kept.head({ 'content-length': body.length }).write(body)
  while (first.reservedBytes() < 3 * floorBytes) await turn()
  using second = await next()
  release()
  expect(await http).toMatchObject({ status: 200 })
  expect(await call).toMatchObject({ code: 0 })
  expect((await kept.ended()).match(/HTTP\/1.1 200/g)).toHaveLength(2)
  expect(second.deliveries.all).toHaveLength(3)
})

test('an address that was held for nobody is closed, and who waits is told to come again', async () => {
  const { pool, next } = successors({ grpc: {} })
  using first = await next()
  const release = pool.hold()
  await first.drain()
  const [http, call] = [post(first.url), new GrpcClient(first.grpc).send()]
  while (first.reservedBytes() < 2 * floorBytes) await turn()
  release()
  expect(await http).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(await call).toMatchObject({ code: 14, retryAfterMs: 1000 })
  await expect(RawClient.connect(first.port)).rejects.toThrow('ECONNREFUSED')
})

test('a connection that comes between two failed starts waits for the third', async () => {
  const { pool, next } = successors({ grpc: {} })
  using first = await next()
  const release = pool.hold()
  await first.drain()
  const second = await next()
  second.unsubscribe()
  const [http, call] = [post(first.url), new GrpcClient(first.grpc).send()]
  const probe = connect(first.port, '127.0.0.1')
  await once(probe, 'connect')
  for (let i = 0; i < 20; i++) await turn()
  using third = await next()
  release()
  expect(await http).toMatchObject({ status: 200 })
  expect(await call).toMatchObject({ code: 0 })
  expect(third.deliveries.all).toHaveLength(2)
  probe.destroy()
})

test('when who came next has failed, who is still there gets the connections again', async () => {
  const { next } = successors({ grpc: {} })
  using first = await next()
  const second = await next()
  second.unsubscribe()
  expect(await post(first.url)).toMatchObject({ status: 200 })
  using client = new GrpcClient(first.grpc)
  expect(await client.send()).toMatchObject({ code: 0 })
  expect(first.deliveries.all).toHaveLength(2)
})

test('a port is free once its last owner has gone, with what former ones left open', async () => {
  const { next } = successors({ grpc: {} })
  using first = await next()
  const idle = await RawClient.connect(first.port)
  await idle.head({ 'content-length': body.length }).write(body).said('200 OK')
  const session = connectHttp2(`http://${first.grpc}`)
  await once(session, 'remoteSettings')
  const away = once(session, 'goaway')
  using second = await next()
  await first.drain()
  await away
  expect(idle.socket.readableEnded).toBe(false)
  await second.drain()
  await idle.ended()
  for (const port of [first.port, first.grpcPort]) {
    await expect(RawClient.connect(port)).rejects.toThrow('ECONNREFUSED')
  }
})

test('an address may become a wider one, and the one before comes back when that fails', async () => {
  const { next } = successors()
  using probe = await next()
  const { port } = probe
  await probe.drain()
  using narrow = await next({ http: { endpoint: `127.0.0.1:${port}` } })
  const wide = await next({ http: { endpoint: `0.0.0.0:${port}` } })
  expect(await post(narrow.url)).toMatchObject({ status: 200 })
  expect(wide.deliveries.all).toHaveLength(1)
  wide.unsubscribe()
  while ((await post(narrow.url).catch(() => ({ status: 0 }))).status !== 200) await turn()
  expect(narrow.deliveries.all).toHaveLength(1)
  using again = await next({ http: { endpoint: `0.0.0.0:${port}` } })
  await narrow.drain()
  expect(await post(narrow.url)).toMatchObject({ status: 200 })
  expect(again.deliveries.all).toHaveLength(1)
  await again.drain()
  await expect(RawClient.connect(port)).rejects.toThrow('ECONNREFUSED')
})

test('two receivers of one engine do not share an address', async () => {
  using other = await runReceiver()
  const listeners = new ListenerPool().generation()
  const endpoint = `127.0.0.1:${other.port}`
  await other.drain()
  using first = await runReceiver({ http: { endpoint }, settings: { listeners } })
  await expect(runReceiver({ http: { endpoint }, settings: { listeners } })).rejects.toThrow(
    `cannot listen on ${endpoint}: it is in use by another program`,
  )
  expect(await post(first.url)).toMatchObject({ status: 200 })
})

test('what is inherited is acknowledged as its new owner says, and refused where nobody takes it', async () => {
  const { next } = successors({ respond: () => undefined })
  using first = await next({ config: { acknowledge: 'downstream' } })
  const [traces, logs] = [await RawClient.connect(first.port), await RawClient.connect(first.port)]
  traces.head({ 'content-length': body.length }).write(body.subarray(0, 10))
  const logsBody = protobufOf('logs')
  logs.head({ 'content-length': logsBody.length }, '/v1/logs').write(logsBody.subarray(0, 10))
  await post(first.url, { path: '/unknown' })
  using second = await next({ config: { acknowledge: 'memory' }, settings: { kinds: ['traces'] } })
  await first.drain()
  traces.write(body.subarray(10))
  logs.write(logsBody.subarray(10))
  const delivery = await second.deliveries.next()
  expect(delivery).toMatchObject({ acknowledge: 'memory', batch: { kind: 'traces' } })
  delivery.settle(delivered)
  expect(await traces.ended()).toContain('200 OK')
  expect(await logs.ended()).toMatch(/^HTTP\/1.1 [45]\d\d .*no pipeline takes logs/is)
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
