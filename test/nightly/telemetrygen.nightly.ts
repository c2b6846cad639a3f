import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect } from 'vitest'
import { needs, skipped } from '../support/needs.ts'
import { Captured, hex } from './captured.ts'
import { takesGrpc } from './ours.ts'
import { buildTimeoutMs, telemetrygen } from './tools.ts'

const tracesPerWorker = 500
/** Slow enough for its own queue of 2048 spans: above that it drops without a word. */
const tracesPerSecondAndWorker = 500
const workers = 4
const childSpans = 2
const spanCount = tracesPerWorker * workers * (1 + childSpans)
const runTimeoutMs = 60_000
const run = promisify(execFile)

const withGo = needs('go')
const withGrpc = (await takesGrpc()) ? withGo : skipped('our receiver takes no gRPC yet')

describe('telemetrygen', () => {
  let generator = ''
  beforeAll(async () => {
    generator = await telemetrygen()
  }, buildTimeoutMs)

  for (const protocol of ['http', 'grpc'] as const) {
    const it = protocol === 'grpc' ? withGrpc : withGo

    it(`sends ${spanCount} spans over ${protocol}, and each arrives once`, async () => {
      await using captured = await Captured.start()
      const { http, grpc } = captured.ours
      const to = protocol === 'grpc' ? (grpc ?? '') : new URL(http).host

      await run(generator, argumentsFor(to, protocol === 'http'), { timeout: runTimeoutMs })

      const spans = await captured.items('traces', spanCount)
      expect(spans).toHaveLength(spanCount)
      const ids = spans.map(({ traceId, spanId }) => `${hex(traceId)}/${hex(spanId)}`)
      expect(new Set(ids).size).toBe(spanCount)
    })
  }
})

function argumentsFor(endpoint: string, isHttp: boolean): string[] {
  const amounts = {
    traces: tracesPerWorker,
    workers,
    'child-spans': childSpans,
    rate: tracesPerSecondAndWorker,
  }
  const flags = Object.entries(amounts).map(([name, value]) => `--${name}=${value}`)
  const over = isHttp ? ['--otlp-http'] : []
  return ['traces', `--otlp-endpoint=${endpoint}`, '--otlp-insecure', ...over, ...flags]
}
