import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromJson } from '../../src/pdata/json.ts'
import { signals } from '../../src/pdata/signal.ts'
import { requestJson } from '../support/build.ts'
import { addressesOf, engineOf } from './building.ts'

const types = ['application/json', 'application/x-protobuf'] as const

test.each(signals)(
  '%s: any bytes, and any cut request, are answered 200 or 400',
  async (signal) => {
    const engine = await engineOf(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters: { debug: { use_internal_logger: true } }
service: { pipelines: { ${signal}: { receivers: [otlp], exporters: [debug] } } }
`)
    await engine.start()
    const url = `${addressesOf(engine).http}/v1/${signal}`
    const post = async (type: string, body: Uint8Array, headers: Record<string, string> = {}) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': type, ...headers },
        body: new Uint8Array(body),
      })
      await answer.arrayBuffer()
      return answer.status
    }
    const json = Buffer.from(JSON.stringify(requestJson(signal, [{}])))
    const whole = { 'application/json': json, 'application/x-protobuf': fromJson(signal, json) }

    const anyBody = fc.uint8Array({ maxLength: 300 })
    const coding = fc.constantFrom('gzip', 'zstd', 'deflate')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), anyBody, coding, async (type, body, encoding) => {
        expect([200, 400]).toContain(await post(type, body))
        expect(await post(type, body, { 'content-encoding': encoding })).toBe(400)
      }),
      { numRuns: 60 },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.double({ min: 0, max: 1 }),
        async (type, at) => {
          const body = whole[type]
          expect([200, 400]).toContain(
            await post(type, body.subarray(0, Math.floor(body.length * at))),
          )
        },
      ),
      { numRuns: 60 },
    )
    expect(await post('application/json', whole['application/json'])).toBe(200)
    expect(engine.progress).toMatchObject({ unsettled: 0, settledTwice: 0, componentErrors: 0 })
  },
)
