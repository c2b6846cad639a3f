import { expect, onTestFinished, test } from 'vitest'
import { addresses, cli, sendSpan } from '../e2e/cli-process.ts'
import { OtlpServer } from '../support/otlp-server.ts'
import { engineOf } from './building.ts'
import { orderProbes } from './order-probes.ts'

const twoPipelines = `
receivers: { probe_in/a: , probe_in/b: }
processors: { probe_through: }
exporters: { probe_out/a: , probe_out/b: }
service:
  pipelines:
    traces: { receivers: [probe_in/a], processors: [probe_through], exporters: [probe_out/a] }
    traces/b: { receivers: [probe_in/a, probe_in/b], exporters: [probe_out/a, probe_out/b] }
`

test('starts exporters, then processors, then receivers', async () => {
  const events: string[] = []
  const engine = await engineOf(twoPipelines, { catalogue: orderProbes(events) })

  await engine.start()

  expect(events.filter((it) => it.endsWith('starts'))).toEqual([
    'probe_out/a starts',
    'probe_out/b starts',
    'probe_through starts',
    'probe_in/a starts',
    'probe_in/b starts',
  ])
})

test('what a receiver brings at once is delivered, for all behind it is ready', async () => {
  const events: string[] = []
  const engine = await engineOf(twoPipelines, { catalogue: orderProbes(events) })

  await engine.start()

  expect(events.filter((it) => it.includes('told'))).toEqual([
    'probe_in/a is told delivered',
    'probe_in/b is told delivered',
  ])
})

test('stops receivers, then flushes processors, then drains exporters', async () => {
  const events: string[] = []
  const engine = await engineOf(twoPipelines, { catalogue: orderProbes(events) })
  await engine.start()
  events.length = 0

  expect(await engine.stop(10_000)).toBe(true)

  expect(events).toEqual([
    'probe_in/a stops accepting',
    'probe_in/a has ended',
    'probe_in/b stops accepting',
    'probe_in/b has ended',
    'probe_through flushes',
    'probe_out/a drains',
    'probe_out/b drains',
  ])
})

test('a receiver that cannot start stops all that has started, and is named', async () => {
  const events: string[] = []
  const yaml = twoPipelines.replace('probe_in/b: }', 'probe_in/b: { fails: true } }')
  const engine = await engineOf(yaml, { catalogue: orderProbes(events) })

  await expect(engine.start()).rejects.toThrow(
    'cannot start pipelines: failed to start "probe_in/b" receiver: the port is taken',
  )

  expect(events).toContain('probe_in/a has ended')
  expect(events.filter((it) => it.endsWith('drains'))).toHaveLength(2)
})

test('the process tells its start and its stop in this order, and health turns 503 at the stop', async () => {
  const hanging = await OtlpServer.open(() => {})
  onTestFinished(() => hanging.close())
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { otlp_http: { endpoint: hanging.url } },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  }
  const collector = cli(['--config', `yaml:${JSON.stringify(config)}`])
  const { otlp, admin } = await addresses(collector)
  expect((await fetch(admin)).status).toBe(200)
  await sendSpan(otlp)
  await hanging.until((got) => got.length > 0)

  collector.kill('SIGTERM')
  await collector.line(/Starting shutdown/)
  const health = await fetch(admin)
  expect(health.status).toBe(503)
  expect(await health.json()).toMatchObject({ status: 'Server not available' })
  await hanging.close()

  const { code, text } = await collector.ended
  expect(code).toBe(0)
  const told = [
    'Starting agent-sre...',
    'Starting HTTP server',
    'Everything is ready. Begin running and processing data.',
    'Starting shutdown...',
    'Shutdown complete.',
  ]
  const places = told.map((it) => text.indexOf(it))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})
