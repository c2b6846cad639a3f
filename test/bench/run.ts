/** Measures and prints; `.bench/result.json` has the same for machines. Nothing is asserted. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { durableLoads, durableRows } from './durable.ts'
import { endToEndRow, grpcRow, jsonRow } from './end-to-end.ts'
import { genaiRows } from './genai.ts'
import { latencyRow } from './latency.ts'
import { type Overload, overload } from './overload.ts'
import { pdataRow } from './pdata.ts'
import { asTable, type Row } from './table.ts'
import { upstreamRow } from './upstream.ts'

const measured = await overload({
  protocol: 'http',
  seconds: 20,
  offeredPerSecond: 50_000,
  acceptedPerSecond: 5_000,
  limitMib: 512,
})
const latency = await latencyRow()
const rows: Row[] = [
  { must: 3, aim: 6, ...(await pdataRow()) },
  await endToEndRow(),
  await grpcRow(),
  await jsonRow(),
  ...(await genaiRows()),
  latency,
  memoryRow(measured, 512),
]
for (const load of durableLoads) rows.push(...(await durableRows(load)))
for (const protocol of ['http', 'grpc'] as const) {
  const row = await upstreamRow(protocol)
  if (row !== undefined) rows.push(row)
}
if (process.env.OTELCOL_BINARY === undefined) {
  console.log('no upstream collector: name its binary in OTELCOL_BINARY to compare with it')
}
console.log(asTable(rows))
console.log(`added p99: ${latency.addedMs.toFixed(1)} ms (must 25, aims at 5)`)

const folder = join(import.meta.dirname, '../../.bench')
await mkdir(folder, { recursive: true })
const result = { node: process.version, platform: process.platform, arch: process.arch, rows }
await writeFile(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)

/** Resident memory against the budget: a ratio of 1 is the budget just kept, 2 is half of it. */
function memoryRow({ peakBytes }: Overload, limitMib: number): Row {
  const ours = peakBytes / 2 ** 20
  return {
    name: 'resident memory while 50,000 spans/s are offered and the sink accepts 5,000, against its budget',
    unit: 'MiB',
    baseline: limitMib,
    ours,
    ratio: limitMib / ours,
    must: 1,
    aim: 2,
  }
}
