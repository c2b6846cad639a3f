import { Upstream } from '../nightly/upstream.ts'
import { type Load, round } from './end-to-end.ts'
import { benchRequest } from './pdata.ts'
import { CountingSink, type InTheMiddle, Middle, pin } from './processes.ts'
import { median, type Row } from './table.ts'

const requestsPerRound = 500
const rounds = 5
/** The processes under measurement share this core, one at a time; the load comes from the others. */
const core = 0

/**
 * Ours against an upstream Go collector with the same load, in and out over OTLP/HTTP or in over
 * gRPC, each pinned to one core. `undefined` where no binary is named.
 *
 * @param binary path of the upstream collector: `OTELCOL_BINARY`
 */
export async function upstreamRow(
  protocol: 'http' | 'grpc',
  binary = process.env.OTELCOL_BINARY,
): Promise<Row | undefined> {
  if (binary === undefined) return undefined
  const body = benchRequest()
  const load: Load = { body, contentType: 'application/x-protobuf', protocol }
  const sink = await CountingSink.open()
  const exporter = `otlp_http: { endpoint: "${sink.url}", compression: none }`
  const theirs = await Upstream.start(binary, { exporter })
  const ours = await Middle.start('collector.ts', sink.url)
  const upstream: InTheMiddle = {
    pid: theirs.pid,
    url: (it) => (it === 'http' ? theirs.http : `grpc://${theirs.grpc}`),
  }
  const rates = { baseline: [] as number[], ours: [] as number[] }
  try {
    for (const { pid } of [upstream, ours]) pin(pid, core)
    await round(upstream, sink, load, 100, body.length)
    await round(ours, sink, load, 100, body.length)
    for (let at = 0; at < rounds; at++) {
      rates.baseline.push(await round(upstream, sink, load, requestsPerRound, body.length))
      rates.ours.push(await round(ours, sink, load, requestsPerRound, body.length))
    }
  } finally {
    await Promise.all([theirs.stop(), ours.stop()])
    sink.close()
  }
  const [baseline, own] = [median(rates.baseline), median(rates.ours)]
  return {
    name: `OTLP/${protocol === 'http' ? 'HTTP' : 'gRPC'} in → OTLP/HTTP out, one core, against an upstream Go collector`,
    unit: 'spans per CPU second',
    baseline,
    ours: own,
    ratio: own / baseline,
    must: 1,
    aim: 3,
  }
}
