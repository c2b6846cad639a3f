import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  actInPlace,
  comparable,
  mutable,
  resourcesOf,
  someActions,
} from '../../src/actions/model.fixture.ts'
import { factsBatch, telemetryBatch } from '../../src/component/batch.ts'
import { decode, encode } from '../../src/pdata/payload.ts'
import { signals } from '../../src/pdata/signal.ts'
import { type Data, oracleDecode, oracleEncode } from '../../test/support/otlp-oracle.ts'
import { requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { resourceProcessor } from './index.ts'

test('a resource says what it is told to say, even where there was none', () => {
  const attributes = [{ key: 'env', value: 'production', action: 'upsert' }]
  const spans = { scopeSpans: [{ spans: [{ name: 'x' }] }] }
  const old = { attributes: [{ key: 'env', value: { stringValue: 'test' } }] }
  const data = { resourceSpans: [{ ...spans, resource: old }, spans] }
  const env = { key: 'env', value: { stringValue: 'production' } }
  expect(changed(data, attributes)).toEqual({
    resourceSpans: [
      { ...spans, resource: { attributes: [env] } },
      { ...spans, resource: { attributes: [env] } },
    ],
  })
})

test('a batch that nothing changes is the same batch, facts alone included', () => {
  const { map } = create([{ key: 'a', value: 1, action: 'update' }])
  const batch = telemetryBatch(decode('traces', oracleEncode('traces', { resourceSpans: [{}] })))
  expect(map(batch)).toBe(batch)
  const facts = factsBatch('traces', [])
  expect(map(facts)).toBe(facts)
})

test('actions that hide something fail closed', () => {
  expect(create([{ key: 'a', action: 'delete' }]).onError).toBe('closed')
  expect(create([{ key: 'a', value: 1, action: 'insert' }]).onError).toBe('open')
})

for (const signal of signals) {
  test(`resources of ${signal} encode to what a general decoder makes of the same actions`, () => {
    fc.assert(
      fc.property(requestsOf[signal], someActions, (data, actions) => {
        const bytes = oracleEncode(signal, data)
        const result = create(actions).map(telemetryBatch(decode(signal, bytes)))
        if (!('payload' in result)) throw new Error('nothing is dropped')

        const expected = oracleDecode(signal, bytes)
        for (const whole of resourcesOf(expected)) {
          const resource = mutable(whole.resource)
          actInPlace(resource, actions)
          whole.resource = resource
        }
        const after = oracleDecode(signal, encode(result.payload))
        for (const whole of resourcesOf(after)) whole.resource ??= {}
        expect(comparable(signal, after)).toEqual(comparable(signal, expected))
      }),
      { numRuns: 300 },
    )
  })
}

function create(attributes: readonly object[]) {
  const processor = resourceProcessor.create(config.parse({ attributes }), testSettings())
  if (processor.kind !== 'map') throw new Error('resource is a map')
  return processor
}

function changed(data: Data, attributes: readonly object[]): Data {
  const batch = telemetryBatch(decode('traces', oracleEncode('traces', data)))
  const result = create(attributes).map(batch)
  if (!('payload' in result)) throw new Error('nothing is dropped')
  return oracleDecode('traces', encode(result.payload))
}
