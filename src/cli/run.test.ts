import { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { debugExporter } from '../../exporters/debug/index.ts'
import { defineReceiver } from '../component/factory.ts'
import { run } from './run.ts'

/** Hangs up while the collector that it belongs to starts. */
const hangingUp = defineReceiver({
  type: 'hanging_up',
  config: z.unknown(),
  create: (_config, { started }) =>
    new Observable(() => {
      process.emit('SIGHUP')
      started('nowhere')
    }),
})

const config = {
  receivers: { hanging_up: {} },
  exporters: { debug: {} },
  service: {
    admin: { endpoint: '127.0.0.1:0' },
    telemetry: { logs: { level: 'fatal' }, metrics: { level: 'none' } },
    pipelines: { traces: { receivers: ['hanging_up'], exporters: ['debug'] } },
  },
}

test('a hangup while it starts is a reload once it runs', async () => {
  const components = { receivers: [hangingUp], processors: [], exporters: [debugExporter] }
  const product = { name: 'it', version: '0', description: '', components, schemas: components }
  const said: string[] = []
  const terminal = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(text),
    /** Read whenever the configuration is; the second time is the reload, and all that is awaited. */
    get env() {
      reads++
      if (reads === 2) process.emit('SIGTERM')
      return {}
    },
  }
  let reads = 0
  const options = { config: [`yaml:${JSON.stringify(config)}`], set: [], shutdownTimeout: 5_000 }

  expect(await run(options, product, terminal)).toBe(0)
  expect(reads).toBe(2)
  expect(said.join('')).toContain('it 0 is running')
})
