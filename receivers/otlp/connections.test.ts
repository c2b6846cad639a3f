import { existsSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GrpcClient } from './testing/grpc-client.ts'
import { RawClient } from './testing/raw-client.ts'
import { post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

test('a connection too many is answered 503 with a hint, and served when another has gone', async () => {
  using receiver = await runReceiver({ http: { max_connections: 2 } })
  const clients = [await RawClient.connect(receiver.port), await RawClient.connect(receiver.port)]
  await Promise.all(clients.map((it) => it.head({ 'content-length': 0 }).said('200 OK')))
  const third = await RawClient.connect(receiver.port)
  const body = protobufOf('traces', 1000)
  third.head({ 'content-length': body.length }).write(body)
  expect(await third.ended()).toMatch(
    /^HTTP\/1.1 503 .*x-protobuf\r\nRetry-After: 1\r\n.*Connection: close.*too many connections/is,
  )
  expect(receiver.status()).toMatchObject({ requests: { rejected: { too_many_connections: 1 } } })
  clients[0]?.socket.destroy()
  let status = 503
  while (status === 503) ({ status } = await post(receiver.url))
  expect(status).toBe(200)
  clients[1]?.socket.destroy()
})

test('a thousand idle connections cost nobody anything', async () => {
  using receiver = await runReceiver()
  const clients = await Promise.all(
    Array.from({ length: 1000 }, () => RawClient.connect(receiver.port)),
  )
  const body = protobufOf()
  for (const client of clients) client.head({ 'content-length': body.length }).write(body)
  await Promise.all(clients.map((it) => it.said('200 OK')))
  expect(receiver.reservedBytes()).toBe(0)
  expect(await post(receiver.url)).toMatchObject({ status: 200 })
  const closed = receiver.drain()
  await Promise.all(clients.map((it) => it.ended()))
  await closed
})

test('thirty clients that send slowly are all served', async () => {
  using receiver = await runReceiver()
  const body = protobufOf('traces', 20)
  const clients = await Promise.all(
    Array.from({ length: 30 }, () => RawClient.connect(receiver.port)),
  )
  for (const client of clients) client.head({ 'content-length': body.length })
  for (const byte of body.subarray(0, 100)) {
    for (const client of clients) client.write(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const client of clients) client.write(body.subarray(100))
  await Promise.all(clients.map((it) => it.said('200 OK')))
  for (const client of clients) client.socket.destroy()
  expect(receiver.deliveries.all).toHaveLength(30)
})

test('both protocols listen on unix sockets, and remove them when they stop', async () => {
  using folder = temporaryFolder()
  const [http, grpc] = [join(folder.path, 'http.sock'), join(folder.path, 'grpc.sock')]
  using receiver = await runReceiver({
    http: { transport: 'unix', endpoint: http },
    grpc: { transport: 'unix', endpoint: grpc },
  })
  expect(receiver.listening).toEqual([`unix:${http}`, `unix:${grpc}`])
  expect(receiver.log.lines).toMatchObject([
    { fields: { endpoint: http }, message: 'Starting HTTP server' },
    { fields: { endpoint: grpc }, message: 'Starting GRPC server' },
  ])
  expect(await postUnix(http)).toBe(200)
  using client = new GrpcClient(`unix://${grpc}`)
  expect(await client.send()).toMatchObject({ code: 0 })
  expect(receiver.deliveries.all.map((it) => it.batch.metadata?.address)).toEqual([
    undefined,
    undefined,
  ])
  await receiver.drain()
  expect([existsSync(http), existsSync(grpc)]).toEqual([false, false])
})

test('a socket file that a crash left behind is replaced', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'stale.sock')
  await leaveSocket(path)
  expect(existsSync(path)).toBe(true)
  using receiver = await runReceiver({ http: { transport: 'unix', endpoint: path } })
  expect(await postUnix(path)).toBe(200)
  await receiver.drain()
})

test('a socket in use, and a file that is no socket, are left alone', async () => {
  using folder = temporaryFolder()
  const used = join(folder.path, 'used.sock')
  const other = createServer().listen(used)
  await new Promise((resolve) => other.once('listening', resolve))
  await expect(runReceiver({ http: { transport: 'unix', endpoint: used } })).rejects.toThrow(
    `cannot listen on ${used}: it is in use by another program; ` +
      'set receivers.otlp.protocols.http.endpoint to another endpoint',
  )
  const file = join(folder.path, 'file')
  writeFileSync(file, 'mine')
  await expect(runReceiver({ http: { transport: 'unix', endpoint: file } })).rejects.toThrow(
    `cannot listen on ${file}`,
  )
  expect(existsSync(file)).toBe(true)
  other.close()
})

test('headers travel with the batch only where they are asked for; the address always does', async () => {
  const headers = { authorization: 'Bearer token', 'X-Tenant': 'a' }
  for (const include_metadata of [true, false]) {
    using receiver = await runReceiver({ http: { include_metadata } })
    await post(receiver.url, { headers })
    const metadata = receiver.deliveries.all[0]?.batch.metadata
    expect(metadata?.address).toBe('127.0.0.1')
    if (!include_metadata) expect(metadata?.headers.size).toBe(0)
    else {
      expect(metadata?.headers.get('authorization')).toEqual(['Bearer token'])
      expect(metadata?.headers.get('x-tenant')).toEqual(['a'])
      expect(metadata?.headers.get('host')).toEqual([`127.0.0.1:${receiver.port}`])
    }
    expect(JSON.stringify(receiver.log.lines)).not.toContain('token')
  }
})

test('batches of one connection know that they have one client', async () => {
  using receiver = await runReceiver()
  const client = await RawClient.connect(receiver.port)
  const body = protobufOf()
  for (let i = 0; i < 2; i++) client.head({ 'content-length': body.length }).write(body)
  const [first, second] = [await receiver.deliveries.next(), await receiver.deliveries.next()]
  expect(second.batch.metadata).toBe(first.batch.metadata)
  client.socket.destroy()
})

function postUnix(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = {
      socketPath,
      path: '/v1/traces',
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      agent: false,
    }
    request(options, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode))
    })
      .on('error', reject)
      .end(protobufOf())
  })
}

/** A second name of a socket stays when its server closes, as all names do after a crash. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.tmp`)
  await new Promise((resolve) => server.once('listening', resolve))
  linkSync(`${path}.tmp`, path)
  await new Promise((resolve) => server.close(resolve))
}

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'otlp-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
