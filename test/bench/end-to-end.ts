import { Agent, request } from 'undici'
import { benchRequest } from './pdata.ts'
import { CountingSink, Middle } from './processes.ts'
import { median, type Row } from './table.ts'

const spansPerRequest = 512
const requestsPerRound = 1_500
const connections = 16
const rounds = 5

/**
 * OTLP/HTTP in → trace pipeline → OTLP/HTTP out, in spans per CPU second of the process in the
 * middle, against a bare `node:http` relay of the same bytes. Uncompressed on both sides, so that
 * what is compared is the carrying.
 */
export async function endToEndRow(): Promise<Row> {
  const body = benchRequest()
  const sink = await CountingSink.open()
  const relay = await Middle.start('relay.ts', sink.url)
  const collector = await Middle.start('collector.ts', sink.url)
  const rates = { baseline: [] as number[], ours: [] as number[] }
  try {
    await round(relay, sink, body, 100)
    await round(collector, sink, body, 100)
    for (let at = 0; at < rounds; at++) {
      rates.baseline.push(await round(relay, sink, body, requestsPerRound))
      rates.ours.push(await round(collector, sink, body, requestsPerRound))
    }
  } finally {
    await Promise.all([relay.stop(), collector.stop()])
    sink.close()
  }
  const [baseline, ours] = [median(rates.baseline), median(rates.ours)]
  return {
    name: 'OTLP/HTTP in → traces pipeline → OTLP/HTTP out, engine alone, against a bare relay',
    unit: 'spans per CPU second',
    baseline,
    ours,
    ratio: ours / baseline,
    must: 0.25,
    aim: 0.6,
  }
}

/** Sends a number of requests and waits until the sink has them all. */
async function round(middle: Middle, sink: CountingSink, body: Uint8Array, requests: number) {
  const agent = new Agent({ connections, pipelining: 1 })
  const before = await middle.cpuSeconds()
  const arrived = sink.whenBytes(body.length * requests)
  let left = requests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const answer = await request(`${middle.url}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
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
