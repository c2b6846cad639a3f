import { expect, onTestFinished, test } from 'vitest'
import { addresses, cli, sendSpan } from '../e2e/cli-process.ts'
import { OtlpServer } from '../support/otlp-server.ts'

const clients = 8
const deadlineMs = 500

test('SIGTERM under load with a dead destination ends at the deadline and reports the exact loss', async () => {
  const hanging = await OtlpServer.open(() => {})
  onTestFinished(() => hanging.close())
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { otlp_http: { endpoint: hanging.url, sending_queue: { queue_size: 100_000 } } },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  }
  const collector = cli([
    ...['--shutdown-timeout', `${deadlineMs}ms`],
    ...['--config', `yaml:${JSON.stringify(config)}`],
  ])
  const { otlp } = await addresses(collector)
  const load = Array.from({ length: clients }, () => sendUntilRefused(otlp))
  await hanging.until((got) => got.length >= clients)

  const startedMs = performance.now()
  collector.kill('SIGTERM')
  const { code, text } = await collector.ended
  const tookMs = performance.now() - startedMs
  const taken = (await Promise.all(load)).reduce((sum, it) => sum + it, 0)

  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(deadlineMs + 5_000)
  expect(text).toContain('the shutdown timeout was over before everything had drained')
  const report =
    /otlp_http: received (\d+), delivered 0, rejected 0, dropped (\d+) \(shutdown (\d+)\), held 0/.exec(
      text,
    )
  const [, received, dropped, atShutdown] = report?.map(Number) ?? []
  expect(received).toBeGreaterThanOrEqual(taken)
  expect(received).toBeLessThanOrEqual(taken + clients)
  expect([dropped, atShutdown]).toEqual([received, received])
})

/** Sends one span after the other until the collector says no; returns how many it took over. */
async function sendUntilRefused(otlp: string): Promise<number> {
  for (let taken = 0; ; taken++) {
    const answer = await sendSpan(otlp).catch(() => undefined)
    if (answer?.status !== 200) return taken
  }
}
