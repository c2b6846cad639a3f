import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actInPlace, comparable, itemsOf, someActions } from '../../src/actions/model.fixture.ts'
import { telemetryBatch } from '../../src/component/batch.ts'
import { decode, encode } from '../../src/pdata/payload.ts'
import { signals } from '../../src/pdata/signal.ts'
import { oracleDecode, oracleEncode } from '../../test/support/otlp-oracle.ts'
import { requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { attributesProcessor } from './index.ts'

for (const signal of signals) {
  test(`changed ${signal} encode to what a general decoder makes of the same actions`, () => {
    fc.assert(
      fc.property(requestsOf[signal], someActions, (data, actions) => {
        const bytes = oracleEncode(signal, data)
        const processor = attributesProcessor.create(config.parse({ actions }), testSettings())
        if (processor.kind !== 'map') throw new Error('attributes is a map')
        const changed = processor.map(telemetryBatch(decode(signal, bytes)))
        if (!('payload' in changed)) throw new Error('nothing is dropped')

        const expected = oracleDecode(signal, bytes)
        for (const item of itemsOf(signal, expected)) actInPlace(item, actions)
        const result = oracleDecode(signal, encode(changed.payload))
        expect(comparable(signal, result)).toEqual(comparable(signal, expected))
      }),
      { numRuns: 300 },
    )
  })
}
