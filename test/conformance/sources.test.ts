import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { cli } from '../e2e/cli-process.ts'

test('print-config shows what several sources and --set come to, and what it shows is valid', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sources-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const first = join(folder, 'first.yaml')
  writeFileSync(
    first,
    `
receivers: { otlp: { protocols: { grpc: , http: } } }
processors: { batch: { timeout: 1s, send_batch_size: 10 } }
exporters: { debug: { verbosity: basic } }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [debug] }
`,
  )
  const args = [
    ...['--config', `file:${first}`],
    ...['--config', 'env:MORE'],
    ...['--config', 'yaml:processors::batch::timeout: 3s'],
    ...['--set', 'exporters.debug.verbosity=detailed'],
  ]
  const env = { MORE: 'processors: { batch: { timeout: 2s, send_batch_size: 20 } }' }

  const printed = await cli(['print-config', ...args], env).ended

  expect(printed.code).toBe(0)
  expect(parse(printed.text)).toEqual({
    receivers: { otlp: { protocols: { grpc: null, http: null } } },
    processors: { batch: { timeout: '3s', send_batch_size: 20 } },
    exporters: { debug: { verbosity: 'detailed' } },
    service: {
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['debug'] } },
    },
  })
  const again = await cli(['validate', '--config', `yaml:${printed.text}`]).ended
  expect([again.code, again.text]).toEqual([0, ''])
})
