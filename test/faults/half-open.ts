import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { seeded } from '../../src/storage/testing/chance.fixture.ts'
import { FaultyCollector } from './collector.ts'
import { Destination } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { comesToRest } from './rest.ts'
import { eventually, scratchDirectory } from './scratch.ts'
import { exportTraces, overGrpc, overHttp } from './sending.ts'
import { SpanSource } from './spans.ts'

const shortMs = 400
const short = `${shortMs}ms`
const head = 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n'
const settingsFrame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])

/**
 * Clients that connect and then say nothing more, at every point of a conversation. Throws unless
 * every connection is ended, nothing that was reserved for them stays so, and others are served.
 */
export async function sufferSilentClients(): Promise<void> {
  const destination = await Destination.open()
  const keepalive = { server_parameters: { time: short, timeout: short } }
  const collector = await FaultyCollector.start({
    directory: scratchDirectory(),
    exporters: { otlp_http: { endpoint: destination.url } },
    http: { read_header_timeout: short, read_timeout: short, idle_timeout: short },
    grpc: { read_timeout: short, keepalive },
  })
  const source = new SpanSource(seeded(11))
  const { body } = source.next(1)
  const http = new URL(collector.http).host
  const silent = {
    'no header': await opened(http),
    'half a header': await opened(http, head),
    'half a body': await opened(http, `${head}content-length: 100\r\n\r\nhalf`),
    'a request, then nothing': await opened(
      http,
      Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]),
    ),
    'half a message': await halfMessage(collector.grpc),
    'pings that nobody answers': await opened(
      collector.grpc,
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settingsFrame]),
    ),
  }
  for (const [name, { closed }] of Object.entries(silent)) {
    expect(await Promise.race([closed, late(name)])).toBe('closed')
  }

  for (const send of [overHttp(() => collector.http), overGrpc(() => collector.grpc)]) {
    expect(await send(source.next(1).body)).toBe('taken')
  }
  await eventually(
    () => collector.counted(),
    (it) => it.unique.spans === source.counted.spans,
  )
  await eventually(
    () => collector.reservedBytes(),
    (bytes) => bytes === 0,
  )
}

/**
 * A destination that was reached and then vanishes: its kernel still accepts, nobody answers.
 * Throws unless both exporters notice, keep what they have, and deliver once it is back.
 */
export async function sufferVanishedDestination(): Promise<void> {
  const behind = await FaultyCollector.start({
    directory: scratchDirectory(),
    exporters: { debug: { verbosity: 'basic' } },
  })
  const exporter = { timeout: short, ...retryQuickly }
  const collector = await FaultyCollector.start({
    directory: scratchDirectory(),
    exporters: {
      otlp_http: { endpoint: behind.http, ...exporter },
      otlp_grpc: { endpoint: behind.grpc, tls: { insecure: true }, ...exporter },
    },
  })
  const ids = ['otlp_http', 'otlp_grpc'] as const
  const source = new SpanSource(seeded(12))
  const send = overHttp(() => collector.http)
  const settled = async (isSettled: boolean) => {
    for (const id of ids) {
      await eventually(
        () => collector.destination(id),
        ({ ledger, last_error }) =>
          isSettled
            ? ledger.held === 0 && ledger.received > 0
            : /no answer|deadline/i.test(last_error ?? ''),
      )
    }
  }
  expect(await send(source.next(3).body)).toBe('taken')
  await settled(true)

  behind.pause()
  for (let at = 0; at < 20; at++) expect(await send(source.next(3).body)).toBe('taken')
  await settled(false)

  behind.resume()
  await settled(true)
  const { unique } = await eventually(
    () => behind.counted(),
    (it) => it.unique.spans >= source.counted.spans,
  )
  expect(unique).toEqual(source.counted)
  await comesToRest(collector, ...ids)
}

/** A client that says nothing more. */
interface Silent {
  readonly closed: Promise<string>
}

/** Opens a connection, says something, and nothing more. */
async function opened(address: string, says: string | Uint8Array = ''): Promise<Silent> {
  const { hostname, port } = new URL(`http://${address}`)
  const socket: Socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(says)
  socket.resume()
  return { closed: once(socket, 'end').then(() => 'closed') }
}

async function halfMessage(address: string): Promise<Silent> {
  const session = connectHttp2(`http://${address}`)
  onTestFinished(() => session.destroy())
  session.on('error', () => {})
  await once(session, 'connect')
  const stream = session.request(exportTraces)
  stream.on('error', () => {})
  stream.resume()
  stream.write(Buffer.from([0, 0, 0, 0, 100, 1, 2, 3]))
  return { closed: once(stream, 'close').then(() => 'closed') }
}

function late(name: string): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, 10_000, `${name}: still open`).unref())
}
