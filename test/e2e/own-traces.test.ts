import { expect, onTestFinished, test } from 'vitest'
import { OtlpServer } from '../support/otlp-server.ts'
import { addresses, cli, sendSpan } from './cli-process.ts'

function config(backend: string, traces: object): string {
  return `yaml:${JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { otlp_http: { endpoint: backend } },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      telemetry: { traces },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  })}`
}

test('sends spans about itself where it is told to, and nothing about those that come back', async () => {
  const backend = await OtlpServer.open()
  const own = await OtlpServer.open()
  onTestFinished(() => backend.close())
  onTestFinished(() => own.close())
  const exporter = { otlp: { endpoint: own.url } }
  const collector = cli([
    '--config',
    config(backend.url, { processors: [{ simple: { exporter } }] }),
  ])
  const { otlp } = await addresses(collector)

  expect((await sendSpan(otlp)).status).toBe(200)
  await own.until((got) => got.length >= 2)

  const names = own.got.map(
    ({ body }) => /(?:receiver|exporter)\/[A-Za-z_/]+/.exec(body.toString())?.[0],
  )
  expect(names.toSorted()).toEqual(['exporter/otlp_http/traces', 'receiver/otlp/TraceDataReceived'])
  const [first] = own.got
  const back = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(first?.body ?? []),
  })
  expect(back.status).toBe(200)
  await backend.until((got) => got.length >= 2)
  collector.kill('SIGTERM')
  expect((await collector.ended).code).toBe(0)
  expect(own.got).toHaveLength(2)
})

test('warns when its own spans come in at its own receiver', async () => {
  const backend = await OtlpServer.open()
  onTestFinished(() => backend.close())
  const listener = await OtlpServer.open()
  const { url, port } = listener
  await listener.close()
  const exporter = { otlp: { endpoint: url } }
  const collector = cli([
    '--config',
    config(backend.url, { processors: [{ batch: { exporter } }] }),
    '--set',
    `receivers.otlp.protocols.http.endpoint=127.0.0.1:${port}`,
  ])
  await collector.line(/sends its own telemetry to one of its own receivers/)
})
