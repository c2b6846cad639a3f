import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect } from 'vitest'
import { z } from 'zod'
import { needs, skipped } from '../support/needs.ts'
import { Captured, hex } from './captured.ts'
import { takesGrpc } from './ours.ts'
import { buildTimeoutMs, pythonWithSdk } from './tools.ts'

const script = join(import.meta.dirname, 'python-sdk.py')
const scriptTimeoutMs = 60_000
const run = promisify(execFile)
const sentByScript = z.object({
  spans: z.array(z.tuple([z.string(), z.string()])),
  logRecords: z.number(),
  metrics: z.array(z.string()),
})
/** What the script calls ATTRIBUTES. */
const attributes = [
  { key: 'text', value: { stringValue: 'schöne Grüße' } },
  { key: 'whole', value: { intValue: '42' } },
  { key: 'part', value: { doubleValue: 0.5 } },
  { key: 'yes', value: { boolValue: true } },
  {
    key: 'list',
    value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
  },
]

const withPython = needs('python3')
const withGrpc = (await takesGrpc()) ? withPython : skipped('our receiver takes no gRPC yet')

describe('the Python SDK', () => {
  let python = ''
  beforeAll(async () => {
    python = await pythonWithSdk()
  }, buildTimeoutMs)

  for (const protocol of ['http/protobuf', 'grpc'] as const) {
    const it = protocol === 'grpc' ? withGrpc : withPython

    it(`sends traces, logs and metrics over ${protocol}, and all of it arrives`, async () => {
      await using captured = await Captured.start()
      const { http, grpc } = captured.ours
      const to = protocol === 'grpc' ? `http://${grpc}` : http

      const { stdout } = await run(python, [script, protocol, to], { timeout: scriptTimeoutMs })

      const sent = sentByScript.parse(JSON.parse(stdout))
      const spans = await captured.items('traces', sent.spans.length)
      const logRecords = await captured.items('logs', sent.logRecords)
      const metrics = await captured.items('metrics', sent.metrics.length)
      expect(spans.map((it) => [hex(it.traceId), hex(it.spanId)]).toSorted()).toEqual(
        sent.spans.toSorted(),
      )
      expect(spans.filter((it) => it.parentSpanId === undefined)).toHaveLength(spans.length / 2)
      for (const { name, ...it } of spans) {
        if (name === 'chat gpt-5') expect(it.status).toMatchObject({ code: 2, message: 'boom' })
        else expect(it.attributes).toEqual(attributes)
      }
      expect(logRecords).toHaveLength(sent.logRecords)
      for (const record of logRecords) {
        expect(record).toMatchObject({ eventName: 'gen_ai.evaluation.result', attributes })
      }
      expect(metrics.map((it) => it.name).toSorted()).toEqual(sent.metrics.toSorted())
      const exponential = metrics.find((it) => it.name === 'exponential')
      expect(exponential).toHaveProperty('exponentialHistogram.dataPoints.0.count', '3')
    })
  }
})
