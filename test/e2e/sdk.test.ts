import { afterEach, expect, test } from 'vitest'
import { fromJson } from '../../src/pdata/json.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { TestCollector } from '../support/collector.ts'
import { oracleDecode, oracleEncode } from '../support/otlp-oracle.ts'
import { type Got, OtlpServer } from '../support/otlp-server.ts'
import { type Encoding, sendWithSdk } from '../support/sdk.ts'

const open: { stop(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const it of open.splice(0)) await it.stop()
})

for (const signal of ['traces', 'logs', 'metrics'] as const) {
  for (const encoding of ['json', 'proto'] as const) {
    for (const gzip of [false, true]) {
      const how = `${encoding}${gzip ? ', gzip' : ''}`
      test(`${signal} of the JavaScript SDK (${how}) pass two collectors unchanged in meaning`, async () => {
        const sink = await opened(OtlpServer.open())
        const second = await collector(sink.url, gzip ? 'zstd' : 'none')
        const first = await collector(second.url, gzip ? 'gzip' : 'none')
        const tap = await opened(tapBefore(first.url))

        await sendWithSdk(signal, { url: tap.url, encoding, gzip })
        await sink.until((got) => got.length > 0)

        expect(meaning(signal, sink.got[0])).toEqual(meaning(signal, tap.got[0]))
        expect(sink.got[0]?.path).toBe(`/v1/${signal}`)
        expect(sink.got[0]?.encoding).toBe(gzip ? 'zstd' : '')
        for (const it of [first, second]) {
          await it.stop()
          expect(it.memory.status().reserved_bytes).toBe(0)
        }
      })
    }
  }
}

test('what no schema of ours knows passes two collectors byte for byte', async () => {
  const sink = await opened(OtlpServer.open())
  const second = await collector(sink.url, 'none')
  const first = await collector(second.url, 'gzip')
  const bytes = oracleEncode('traces', {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'a', value: { stringValue: 'b' } }] },
        scopeSpans: [{ spans: [{ name: 'x', spanId: Buffer.alloc(8, 7) }] }],
      },
    ],
  })
  const unknown = Buffer.from([0xfa, 0x3f, 3, 1, 2, 3]) // field 1023, three bytes
  const body = Buffer.concat([bytes, unknown])

  const answer = await fetch(`${first.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  })
  expect(answer.status).toBe(200)
  await sink.until((got) => got.length > 0)

  expect(sink.got[0]?.body.equals(body)).toBe(true)
})

async function collector(target: string, compression: string): Promise<TestCollector> {
  return opened(
    TestCollector.start(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters: { otlp_http: { endpoint: "${target}", compression: ${compression} } }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
    logs: { receivers: [otlp], exporters: [otlp_http] }
    metrics: { receivers: [otlp], exporters: [otlp_http] }
`),
  )
}

/** Keeps what the SDK sent, and hands it on as it came. */
async function tapBefore(target: string): Promise<OtlpServer> {
  return OtlpServer.open((_nth, response, { path, contentType, body }) => {
    const headers = { 'content-type': contentType }
    void fetch(`${target}${path}`, { method: 'POST', headers, body }).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': contentType })
      response.end(Buffer.from(await answer.arrayBuffer()))
    })
  })
}

/** A request as the general decoder reads it, whatever its encoding. */
function meaning(signal: Signal, got: Got | undefined): unknown {
  if (got === undefined) throw new Error('nothing came')
  const json: Encoding = got.contentType === 'application/json' ? 'json' : 'proto'
  return oracleDecode(signal, json === 'json' ? fromJson(signal, got.body) : got.body)
}

async function opened<T extends { stop?(): Promise<unknown>; close?(): Promise<unknown> }>(
  starting: Promise<T>,
): Promise<T> {
  const it = await starting
  open.unshift({ stop: async () => (await it.close?.()) ?? it.stop?.() })
  return it
}
