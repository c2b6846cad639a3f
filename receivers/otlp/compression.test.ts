import { constants, createZstdCompress, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/pdata/payload.ts'
import { signals } from '../../src/pdata/signal.ts'
import { RawClient } from './testing/raw-client.ts'
import { aRequest, post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const mib = 2 ** 20
const codings = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  zlib: deflateSync,
  deflate: deflateSync,
} as const

describe.each(signals)('%s', (signal) => {
  test.each(Object.entries(codings))('are taken as JSON and protobuf in %s', async (coding, of) => {
    using receiver = await runReceiver()
    const json = JSON.stringify(aRequest(signal, 300))
    const path = `/v1/${signal}`
    const headers = { 'content-encoding': coding }
    const type = 'application/json'
    const asJson = await post(receiver.url, { path, headers, type, body: of(json) })
    expect(asJson).toMatchObject({ status: 200, text: '{}' })
    const asProtobuf = await post(receiver.url, {
      path,
      headers,
      body: of(protobufOf(signal, 300)),
    })
    expect(asProtobuf).toMatchObject({ status: 200, text: '' })
    for (const { batch } of receiver.deliveries.all) {
      if (batch.kind !== signal) throw new Error('another signal arrived')
      expect(Buffer.from(encode(batch.payload))).toEqual(Buffer.from(protobufOf(signal, 300)))
    }
    expect(receiver.reservedBytes()).toBe(0)
  })
})

test('a body of several zstd frames arrives whole, skippable frames and empty ones too', async () => {
  using receiver = await runReceiver()
  const body = Buffer.from(protobufOf('traces', 100))
  const skippable = Buffer.from('502a4d180400000061626364', 'hex')
  const frames = [
    skippable,
    zstdCompressSync(body.subarray(0, 1000)),
    zstdCompressSync(''),
    zstdCompressSync(body.subarray(1000)),
  ]
  const headers = { 'content-encoding': 'zstd' }
  const answer = await post(receiver.url, { headers, body: Buffer.concat(frames) })
  expect(answer).toMatchObject({ status: 200 })
  const [delivery] = receiver.deliveries.all
  expect(delivery?.batch.kind === 'traces' && delivery.batch.payload.itemCount).toBe(100)
})

test.each<[string, string, Buffer]>([
  ['truncated zstd', 'zstd', zstdCompressSync(protobufOf('traces', 9)).subarray(0, 40)],
  ['zstd with junk behind it', 'zstd', Buffer.concat([zstdCompressSync('x'), Buffer.from('junk')])],
  ['no zstd', 'zstd', Buffer.from('this is no zstd at all')],
  ['zstd in frames without end', 'zstd', Buffer.concat(Array(1000).fill(zstdCompressSync('')))],
  ['nothing', 'zstd', Buffer.alloc(0)],
  ['raw deflate without its header', 'deflate', Buffer.from('cb48cdc9c90700', 'hex')],
  ['zlib with junk behind it', 'zlib', Buffer.concat([deflateSync('x'), Buffer.from('junk')])],
  ['gzip with junk behind it', 'gzip', Buffer.concat([gzipSync('x'), Buffer.from('junkjunk')])],
])('%s is answered 400', async (_, coding, body) => {
  using receiver = await runReceiver()
  const answer = await post(receiver.url, { headers: { 'content-encoding': coding }, body })
  expect(answer.status).toBe(400)
  expect(answer.text).toContain('google.rpc.BadRequest')
  expect(receiver.reservedBytes()).toBe(0)
})

test('zstd that wants a window beyond 8 MiB is answered 400, and one of 8 MiB is taken', async () => {
  using receiver = await runReceiver()
  for (const [windowLog, status] of [
    [23, 200],
    [24, 400],
  ] as const) {
    const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } })
    stream.write(protobufOf('traces', 100))
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.flush(() => stream.end())
    await new Promise((resolve) => stream.once('end', resolve))
    const headers = { 'content-encoding': 'zstd' }
    expect((await post(receiver.url, { headers, body: Buffer.concat(chunks) })).status).toBe(status)
  }
  expect(receiver.peakBytes()).toBeLessThan(9 * mib)
})

test.each(['gzip', 'zstd', 'deflate'] as const)(
  'a bomb of 1 GiB in %s is answered 413',
  async (coding) => {
    const gibibyte = Buffer.alloc(1024 * mib)
    const bomb =
      coding === 'deflate' ? deflateSync(gibibyte, { level: 1 }) : bombs[coding](gibibyte)
    using receiver = await runReceiver({ http: { max_request_body_size: 8 * mib } })
    const before = process.memoryUsage.rss()
    const answers = Array.from({ length: 4 }, () =>
      post(receiver.url, { headers: { 'content-encoding': coding }, body: bomb }),
    )
    for (const answer of answers) expect((await answer).status).toBe(413)
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * mib)
    expect(receiver.peakBytes()).toBeLessThan(4 * (bomb.length + 18 * mib))
    expect(receiver.reservedBytes()).toBe(0)
  },
)

const bombs = {
  gzip: (it: Buffer) => gzipSync(it, { level: 1 }),
  zstd: (it: Buffer) => zstdCompressSync(it),
} as const

test('compression_algorithms restricts, and the answer names what was sent', async () => {
  using receiver = await runReceiver({ http: { compression_algorithms: ['', 'zstd'] } })
  expect(await post(receiver.url)).toMatchObject({ status: 200 })
  const zstd = { 'content-encoding': 'zstd' }
  const body = zstdCompressSync(protobufOf())
  expect(await post(receiver.url, { headers: zstd, body })).toMatchObject({ status: 200 })
  const headers = { 'content-encoding': 'gzip' }
  const refused = await post(receiver.url, { headers, type: 'application/json', body: '' })
  expect(refused).toMatchObject({ status: 400 })
  expect(refused.json().message).toBe('unsupported Content-Encoding: gzip')
})

test('a slow client holds no decoder: its body is decompressed once it is whole', async () => {
  using receiver = await runReceiver()
  const body = zstdCompressSync(protobufOf('traces', 1000))
  const client = await RawClient.connect(receiver.port)
  client.head({ 'content-encoding': 'zstd', 'content-length': body.length })
  client.write(body.subarray(0, 50))
  while (receiver.reservedBytes() === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(receiver.reservedBytes()).toBe(4096)
  client.write(body.subarray(50))
  await client.said('200 OK')
  client.socket.destroy()
})
