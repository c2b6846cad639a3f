import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { requestJson } from '../support/build.ts'
import { OtlpServer } from '../support/otlp-server.ts'
import { addresses, cli } from './cli-process.ts'

const clients = 8

test('SIGTERM under load: every span that was taken over arrives, and everybody is answered', async () => {
  const sink = await OtlpServer.open()
  onTestFinished(() => sink.close())
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { otlp_http: { endpoint: sink.url } },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  }
  const collector = cli(['--config', `yaml:${JSON.stringify(config)}`])
  const { otlp } = await addresses(collector)
  const load = Array.from({ length: clients }, (_, at) => sendUntilRefused(otlp, at))
  const half = await halfRequest(otlp)
  await sink.until((got) => got.length >= 200)

  collector.kill('SIGTERM')

  const acknowledged = (await Promise.all(load)).flat()
  expect(await half.answer).toMatch(/^HTTP\/1\.1 503 .*retry-after: [1-9]/is)
  const { code, text } = await collector.ended
  expect(code).toBe(0)
  const arrived = spanIds(sink)
  expect(acknowledged.filter((id) => !arrived.has(id))).toEqual([])
  const report = /otlp_http: received (\d+), delivered (\d+), rejected 0, dropped 0, held 0/.exec(
    text,
  )
  expect(report?.slice(1).map(Number)).toEqual([arrived.size, arrived.size])
})

/** Sends one span after the other until the collector says no; returns what it took over. */
async function sendUntilRefused(otlp: string, client: number): Promise<string[]> {
  const taken: string[] = []
  for (let n = 1; ; n++) {
    const spanId = (client * 1_000_000 + n).toString(16).padStart(16, '0')
    const answer = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestJson('traces', [{ spanId }])),
    }).catch(() => undefined)
    if (answer?.status !== 200) return taken
    taken.push(spanId)
  }
}

/** A client whose body never ends. */
async function halfRequest(otlp: string): Promise<{ readonly answer: Promise<string> }> {
  const { hostname, port } = new URL(otlp)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n' +
      'content-length: 1000\r\n\r\n{"resourceSpans":[',
  )
  return { answer: once(socket, 'close').then(() => text) }
}

function spanIds({ got }: OtlpServer): Set<string> {
  const ids = new Set<string>()
  for (const { body } of got) {
    forEachSpan(decode('traces', body), (span) => ids.add(span.spanIdHex()))
  }
  return ids
}
