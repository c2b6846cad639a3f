import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { fromJson } from '../../src/pdata/json.ts'
import { signals } from '../../src/pdata/signal.ts'
import { requestJson } from '../support/build.ts'
import { oracleDecode } from '../support/otlp-oracle.ts'
import { OtlpServer } from '../support/otlp-server.ts'
import { addressesOf, engineOf } from './building.ts'

const none = (it: Buffer) => it
const codings = { none, gzip: gzipSync, zstd: zstdCompressSync, deflate: deflateSync } as const

test('both encodings in every compression, of all signals, are taken on one port', async () => {
  const destination = await OtlpServer.open()
  onTestFinished(() => destination.close())
  const engine = await engineOf(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters: { otlp_http: { endpoint: "${destination.url}", compression: none } }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
    logs: { receivers: [otlp], exporters: [otlp_http] }
    metrics: { receivers: [otlp], exporters: [otlp_http] }
`)
  await engine.start()
  const { http } = addressesOf(engine)

  for (const signal of signals) {
    const json = JSON.stringify(requestJson(signal, [{}, {}]))
    const protobuf = Buffer.from(fromJson(signal, json))
    for (const [coding, compress] of Object.entries(codings)) {
      for (const [type, body, success] of [
        ['application/json', Buffer.from(json), '{}'],
        ['application/x-protobuf', protobuf, ''],
      ] as const) {
        const encoding = coding === 'none' ? {} : { 'content-encoding': coding }
        const answer = await fetch(`${http}/v1/${signal}`, {
          method: 'POST',
          headers: { 'content-type': type, ...encoding },
          body: new Uint8Array(compress(body)),
        })
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
        expect(await answer.text()).toBe(success)
      }
    }
    const sent = oracleDecode(signal, protobuf)
    const ofSignal = () => destination.got.filter((it) => it.path === `/v1/${signal}`)
    await destination.until(() => ofSignal().length === 2 * Object.keys(codings).length)
    for (const { body } of ofSignal()) expect(oracleDecode(signal, body)).toEqual(sent)
  }
})
