import { Agent, request } from 'undici'
import { toJson } from '../../src/pdata/json.ts'
import { decode } from '../../src/pdata/payload.ts'
import { benchRequest } from './pdata.ts'
import { CountingSink, Middle } from './processes.ts'
import { median, type Row } from './table.ts'

const spansPerRequest = 512
const requestsPerRound = 1_000
const connections = 16
const rounds = 5

interface Load {
  readonly body: Uint8Array
  readonly contentType: string
}

/**
 * OTLP/HTTP in → trace pipeline → OTLP/HTTP out, in spans per CPU second of the process in the
 * middle, against a bare `node:http` relay of the same bytes. Uncompressed on both sides, so that
 * what is compared is the carrying.
 */
export async function endToEndRow(): Promise<Row> {
  const load = { body: benchRequest(), contentType: 'application/x-protobuf' }
  const name = 'OTLP/HTTP in → traces pipeline → OTLP/HTTP out, engine alone, against a bare relay'
  return { name, must: 0.25, aim: 0.6, ...(await compared(load, load.body.length)) }
}

/** The same with JSON coming in, which we turn into protobuf and the relay does not. */
export async function jsonRow(): Promise<Row> {
  const request = benchRequest()
  const body = Buffer.from(toJson(decode('traces', request)))
  const load = { body, contentType: 'application/json' }
  const name = 'OTLP/JSON in → traces pipeline → OTLP/HTTP protobuf out, against a bare relay'
  return { name, ...(await compared(load, request.length)) }
}

/** @param sentOnBytes what the collector makes of one request; the relay sends what it got */
async function compared(load: Load, sentOnBytes: number) {
  const sink = await CountingSink.open()
  const relay = await Middle.start('relay.ts', sink.url)
  const collector = await Middle.start('collector.ts', sink.url)
  const rates = { baseline: [] as number[], ours: [] as number[] }
  const relayed = (requests: number) => round(relay, sink, load, requests, load.body.length)
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
async function round(
  middle: Middle,
  sink: CountingSink,
  { body, contentType }: Load,
  requests: number,
  sentOnBytes: number,
) {
  const agent = new Agent({ connections, pipelining: 1 })
  const before = await middle.cpuSeconds()
  const arrived = sink.whenBytes(sentOnBytes * requests)
  let left = requests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const answer = await request(`${middle.url}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': contentType },
          body,
          dispatcher: agent,
        })
        await answer.body.dump()
        if (answer.statusCode !== 200) throw new Error(`the middle answered ${answer.statusCode}`)
      }
    }),
  )
  await arrived
  const seconds = (await middle.cpuSeconds()) - before
  await agent.close()
  return (requests * spansPerRequest) / seconds
}
