import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { fromJson } from '../../src/pdata/json.ts'
import { decode } from '../../src/pdata/payload.ts'
import { type Signal, signals } from '../../src/pdata/signal.ts'
import { requestJson } from '../support/build.ts'
import { needs, skipped } from '../support/needs.ts'
import { oracleDecode, oracleEncode } from '../support/otlp-oracle.ts'
import { requestsOf } from '../support/otlp-oracle-data.ts'
import type { Got, OtlpServer } from '../support/otlp-server.ts'
import { sendWithSdk } from '../support/sdk.ts'
import { arrived, hex, inTime } from './captured.ts'
import { Chain, post, tapBefore } from './chain.ts'
import { everyField } from './every-field.ts'
import { essence, meaningOf } from './meaning.ts'
import { takesGrpc } from './ours.ts'
import { buildTimeoutMs, upstreamBinary } from './tools.ts'

const randomRequests = 150
const withUpstream = needs('go', 'OTELCOL_BINARY')
const withGrpc = (await takesGrpc()) ? withUpstream : skipped('our receiver takes no gRPC yet')

for (const [before, behind] of [
  ['http', 'http'],
  ['http', 'grpc'],
  ['grpc', 'http'],
  ['grpc', 'grpc'],
] as const) {
  const it = before === 'grpc' ? withGrpc : withUpstream

  describe(`SDK → upstream → (${before}) us → (${behind}) upstream → capture`, () => {
    let chain: Chain | undefined
    beforeAll(async () => {
      chain = await Chain.start(await upstreamBinary(), before, behind)
    }, buildTimeoutMs)
    afterAll(() => chain?.[Symbol.asyncDispose]())
    const parts = (): Chain => {
      if (chain === undefined) throw new Error('the chain has not started')
      return chain
    }

    for (const signal of signals) {
      it(`${signal}: every field of OTLP arrives as it was sent`, async () => {
        const { first, capture } = parts()

        await post(first, signal, oracleEncode(signal, everyField[signal]))

        const [got] = await next(capture)
        expect(got.path).toBe(`/v1/${signal}`)
        const sent = oracleDecode(signal, oracleEncode(signal, everyField[signal]))
        expect(meaningOf(signal, got)).toEqual(essence(sent))
      })

      it(`${signal}: what the JavaScript SDK sends arrives`, async () => {
        const { first, capture } = parts()
        const tap = await tapBefore(first)

        await sendWithSdk(signal, { url: tap.url, encoding: 'proto', gzip: true })

        await tap.close()
        const got = await next(capture, tap.got.length)
        expect(meanings(signal, got)).toEqual(meanings(signal, tap.got))
      })

      it(`${signal}: requests of any shape arrive`, async () => {
        const { first, capture } = parts()
        const withItems = requestsOf[signal]
          .map((data) => oracleEncode(signal, data))
          .filter((bytes) => decode(signal, Buffer.from(bytes)).itemCount > 0)

        await fc.assert(
          fc.asyncProperty(withItems, async (bytes) => {
            await post(first, signal, bytes)
            const [got] = await next(capture)
            expect(meaningOf(signal, got)).toEqual(essence(oracleDecode(signal, bytes)))
          }),
          { numRuns: randomRequests, seed: 1, interruptAfterTimeLimit: 60_000 },
        )
      })
    }
  })
}

withUpstream(
  'a field that its OTLP does not have is what upstream drops',
  async () => {
    await using chain = await Chain.start(await upstreamBinary(), 'http', 'http')
    const newer = oracleEncode('logs', { ...everyField.logs, extraText: 'from the future' })

    await post(chain.first, 'logs', newer)

    const [got] = await next(chain.capture)
    expect(oracleDecode('logs', newer)).toHaveProperty('extraText')
    expect(oracleDecode('logs', got.body)).not.toHaveProperty('extraText')
  },
  buildTimeoutMs,
)

withUpstream(
  'what upstream merges in its batch processor passes us, every span once',
  async () => {
    const processor = 'batch: { send_batch_size: 100, timeout: 200ms }'
    await using chain = await Chain.start(await upstreamBinary(), 'http', 'http', processor)
    const ids = Array.from({ length: 1_000 }, (_, nth) => (nth + 1).toString(16).padStart(16, '0'))

    for (let from = 0; from < ids.length; from += 4) {
      const items = ids.slice(from, from + 4).map((spanId) => ({ spanId }))
      const json = JSON.stringify(requestJson('traces', items))
      await post(chain.first, 'traces', fromJson('traces', json))
    }

    const { capture } = chain
    const spans = await arrived('traces', ids.length, capture)
    expect(spans.map(({ spanId }) => hex(spanId)).toSorted()).toEqual(ids)
    expect(capture.got.length).toBeLessThan(ids.length / 40)
  },
  buildTimeoutMs,
)

/** For the benchmarks, which measure it beside ours. */
afterAll(async () => {
  console.log(`OTELCOL_BINARY=${await upstreamBinary()}`)
}, buildTimeoutMs)

/** The next requests that arrive, which are taken away. */
async function next(capture: OtlpServer, count = 1): Promise<readonly [Got, ...Got[]]> {
  await inTime(capture.until((got) => got.length >= count))
  const [first, ...others] = capture.got.splice(0)
  if (first === undefined) throw new Error('nothing was sent')
  return [first, ...others]
}

/** Of several requests, whose order collectors need not keep. */
function meanings(signal: Signal, requests: readonly Got[]): string[] {
  return requests.map((it) => JSON.stringify(meaningOf(signal, it))).toSorted()
}
