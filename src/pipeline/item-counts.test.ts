import { expect, test } from 'vitest'
import { telemetryBatch } from '../component/batch.ts'
import { decode } from '../pdata/payload.ts'
import { createMetrics, sumBy } from '../telemetry/metrics.ts'
import { smallGraph } from './small-graph.fixture.ts'

/** A request with two spans that have no fields. */
const twoSpans = Uint8Array.of(0x0a, 6, 0x12, 4, 0x12, 0, 0x12, 0)

test('counts what goes into and comes out of maps, folds and operators', async () => {
  const { meter, collect } = createMetrics({})
  const graph = await smallGraph({ meter })

  await graph.send(telemetryBatch(decode('traces', twoSpans)))

  for (const way of ['incoming', 'outgoing']) {
    const items = sumBy(await collect(), `otelcol_processor_${way}_items`, 'processor')
    expect(Object.fromEntries(items)).toEqual({ learn: 2, pass: 2, hold: 2 })
  }
})
