import { toJson } from '../../src/pdata/json.ts'
import { decode } from '../../src/pdata/payload.ts'
import { benchClient, type Protocol, postUntilTaken } from './clients.ts'
import { benchRequest } from './pdata.ts'
import { CountingSink, cpuSeconds, type InTheMiddle, Middle } from './processes.ts'
import { median, type Row } from './table.ts'

const spansPerRequest = 512
const requestsPerRound = 1_000
const connections = 16
const rounds = 5

export interface Load {
  readonly body: Uint8Array
  readonly contentType: string
  /** How it comes to the collector; to the relay it always comes over HTTP. */
  readonly protocol: Protocol
}

/**
 * OTLP/HTTP in → trace pipeline → OTLP/HTTP out, in spans per CPU second of the process in the
 * middle, against a bare `node:http` relay of the same bytes. Uncompressed on both sides, so that
 * what is compared is the carrying.
 */
export async function endToEndRow(): Promise<Row> {
  const load = {
    body: benchRequest(),
    contentType: 'application/x-protobuf',
    protocol: 'http' as const,
  }
  const name = 'OTLP/HTTP in → traces pipeline → OTLP/HTTP out, engine alone, against a bare relay'
  return { name, must: 0.25, aim: 0.6, ...(await compared(load, load.body.length)) }
}

/** The same with gRPC coming in, against the same relay over HTTP. */
export async function grpcRow(): Promise<Row> {
  const body = benchRequest()
  const load = { body, contentType: 'application/x-protobuf', protocol: 'grpc' as const }
  const name = 'OTLP/gRPC in → traces pipeline → OTLP/HTTP out, against a bare relay over HTTP'
  return { name, ...(await compared(load, body.length)) }
}

/** The same with JSON coming in, which we turn into protobuf and the relay does not. */
export async function jsonRow(): Promise<Row> {
  const request = benchRequest()
  const body = Buffer.from(toJson(decode('traces', request)))
  const load = { body, contentType: 'application/json', protocol: 'http' as const }
  const name = 'OTLP/JSON in → traces pipeline → OTLP/HTTP protobuf out, against a bare relay'
  return { name, ...(await compared(load, request.length)) }
}

/** @param sentOnBytes what the collector makes of one request; the relay sends what it got */
async function compared(load: Load, sentOnBytes: number) {
  const sink = await CountingSink.open()
  const relay = await Middle.start('relay.ts', sink.url)
  const collector = await Middle.start('collector.ts', sink.url)
  const rates = { baseline: [] as number[], ours: [] as number[] }
  const relayed = (requests: number) =>
    round(relay, sink, { ...load, protocol: 'http' }, requests, load.body.length)
  const collected = (requests: number) => round(collector, sink, load, requests, sentOnBytes)
  try {
    await relayed(100)
    await collected(100)
    for (let at = 0; at < rounds; at++) {
      rates.baseline.push(await relayed(requestsPerRound))
      rates.ours.push(await collected(requestsPerRound))
    }
  } finally {
    await Promise.all([relay.stop(), collector.stop()])
    sink.close()
  }
  const [baseline, ours] = [median(rates.baseline), median(rates.ours)]
  return { unit: 'spans per CPU second', baseline, ours, ratio: ours / baseline }
}

/** Sends a number of requests and waits until the sink has them all. */
export async function round(
  middle: InTheMiddle,
  sink: CountingSink,
  load: Load,
  requests: number,
  sentOnBytes: number,
) {
  const client = benchClient({ ...load, url: middle.url(load.protocol), connections })
  const before = await cpuSeconds(middle.pid)
  const arrived = sink.whenBytes(sentOnBytes * requests)
  let left = requests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await postUntilTaken(client)
    }),
  )
  await arrived
  const seconds = (await cpuSeconds(middle.pid)) - before
  await client.close()
  return (requests * spansPerRequest) / seconds
}
