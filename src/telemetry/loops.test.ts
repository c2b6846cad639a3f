import { expect, test } from 'vitest'
import { telemetry } from '../config/telemetry.ts'
import { sentToOurselves } from './loops.ts'

const sending = (endpoint: string) =>
  telemetry.parse({ traces: { processors: [{ batch: { exporter: { otlp: { endpoint } } } }] } })

test.each([
  ['http://localhost:4318', 'http://127.0.0.1:4318', true],
  ['http://localhost:4318', 'http://[::]:4318', true],
  ['http://127.0.0.1:4318', 'localhost:4318', true],
  ['http://backend:4318', 'http://backend:4318', true],
  ['http://backend:4318', 'http://127.0.0.1:4318', false],
  ['http://localhost:4319', 'http://127.0.0.1:4318', false],
  ['https://localhost', 'http://127.0.0.1:4318', false],
])('%s while we listen at %s: %s', (endpoint, listening, isOurs) => {
  expect(sentToOurselves(sending(endpoint), [listening])).toEqual(isOurs ? [endpoint] : [])
})
