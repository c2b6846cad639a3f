import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { fromJson } from '../../src/pdata/json.ts'
import { cli } from '../e2e/cli-process.ts'
import { requestJson } from '../support/build.ts'

const idleConnections = 10_000
/** Clients that send one span each second, half of them over each protocol. */
const senders = 1000
const seconds = 15

const span = fromJson('traces', JSON.stringify(requestJson('traces', [{}])))
const prefix = Buffer.alloc(5)
prefix.writeUInt32BE(span.length, 1)
const message = Buffer.concat([prefix, span])

test('10 000 idle connections and 1000 clients with one span a second are served without error', async () => {
  const collector = cli(['--config', config])
  const [, http = '', grpc = ''] = await collector.line(
    /otlp listens on (http:\S+) and grpc:\/\/(\S+)\n/,
  )
  const [, admin = ''] = await collector.line(/admin: (\S+)\n/)

  for (let opened = 0; opened < idleConnections; opened += 200) {
    await Promise.all(Array.from({ length: 200 }, () => idleAfterOneSpan(new URL(http))))
  }
  const before = await rssMib(admin)

  const sessions = await Promise.all(
    Array.from({ length: senders / 2 }, async () => {
      const session = connect(`http://${grpc}`)
      await once(session, 'connect')
      onTestFinished(() => session.destroy())
      return session
    }),
  )
  const own = Array.from({ length: senders / 2 }, () => new Agent({ keepAlive: true }))
  onTestFinished(() => {
    for (const it of own) it.destroy()
  })
  const tookMs: number[] = []
  const timed = async (client: number, send: () => Promise<void>) => {
    await sleep((client / senders) * 1000)
    for (let second = 0; second < seconds; second++) {
      const startMs = performance.now()
      await send()
      const ms = performance.now() - startMs
      tookMs.push(ms)
      await sleep(Math.max(0, 1000 - ms))
    }
  }
  await Promise.all([
    ...own.map((it, at) => timed(2 * at, () => postSpan(http, it))),
    ...sessions.map((it, at) => timed(2 * at + 1, () => callOnce(it))),
  ])

  tookMs.sort((a, b) => a - b)
  const quantile = (q: number) => tookMs[Math.floor(q * (tookMs.length - 1))]?.toFixed(1)
  console.log(
    `${tookMs.length} requests, p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, ` +
      `max ${quantile(1)} ms; resident ${before} MiB idle, ${await rssMib(admin)} MiB after`,
  )
  const status: unknown = await (await fetch(`${admin}/api/v1/status`)).json()
  const delivered = idleConnections + senders * seconds
  expect(JSON.stringify(status)).toContain(
    `"requests":{"delivered":${delivered},"retryable":0,"permanent":0,"failed":0,"empty":0,"rejected":{}}`,
  )
  expect(closed).toBe(0)
  collector.kill('SIGTERM')
  expect((await collector.ended).code).toBe(0)
})

const config = `yaml:${JSON.stringify({
  receivers: {
    otlp: {
      protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } },
    },
  },
  exporters: { debug: { verbosity: 'basic' } },
  service: {
    admin: { endpoint: '127.0.0.1:0' },
    pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } },
  },
})}`

let closed = 0

/** A connection that is kept after its first request, as SDKs keep theirs. */
async function idleAfterOneSpan({ hostname, port }: URL): Promise<void> {
  const socket = connectTcp(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.once('close', () => closed++)
  const head = `POST /v1/traces HTTP/1.1\r\nhost: idle\r\ncontent-type: application/x-protobuf\r\n`
  socket.write(`${head}content-length: ${span.length}\r\n\r\n`)
  socket.write(span)
  const [answer] = await once(socket, 'data')
  if (!String(answer).startsWith('HTTP/1.1 200 ')) throw new Error(String(answer))
}

function postSpan(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': span.length }
    request(`${url}/v1/traces`, { method: 'POST', headers, agent }, (answer) => {
      answer.resume()
      if (answer.statusCode !== 200) return reject(new Error(`HTTP ${answer.statusCode}`))
      answer.once('end', resolve)
    })
      .on('error', reject)
      .end(span)
  })
}

function callOnce(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const read = (it: object) => {
      const status: unknown = Reflect.get(it, 'grpc-status')
      if (String(status) === '0') resolve()
      else if (status !== undefined) reject(new Error(`gRPC ${status}`))
    }
    stream.on('response', read).on('trailers', read).on('error', reject)
    stream.resume()
    stream.end(message)
  })
}

async function rssMib(admin: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text()
  const found = /^otelcol_process_memory_rss\S* ([\d.e+]+)/m.exec(text)
  return Math.round(Number(found?.[1]) / 2 ** 20)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
