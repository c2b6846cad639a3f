import { expect, test } from 'vitest'
import { telemetry } from '../config/telemetry.ts'
import { otlpOptions } from './otlp-options.ts'

function options(otlp: object) {
  const { traces } = telemetry.parse({
    traces: { processors: [{ simple: { exporter: { otlp } } }] },
  })
  const config = traces.processors[0]?.simple?.exporter.otlp
  if (config === undefined) throw new Error('no exporter')
  return otlpOptions(config, 'traces')
}

test('a server gets the usual path of the signal, a path stays as it is', () => {
  expect(options({}).url).toBe('http://localhost:4318/v1/traces')
  expect(options({ endpoint: 'https://host' }).url).toBe('https://host/v1/traces')
  expect(options({ endpoint: 'https://host/otlp/traces' }).url).toBe('https://host/otlp/traces')
})

test('headers are a map or a list, and come as they were given', () => {
  const expected = { authorization: 'Bearer abc' }
  expect(options({ headers: expected }).headers).toEqual(expected)
  const list = [{ name: 'authorization', value: 'Bearer abc' }]
  expect(options({ headers: list }).headers).toEqual(expected)
})
