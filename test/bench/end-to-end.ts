import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { benchRequest } from './pdata.ts'
import { median, type Row } from './table.ts'

const here = import.meta.dirname
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
  const sink = await Sink.open()
  const relay = await Middle.start(['relay.ts', sink.url])
  const collector = await Middle.start(['collector.ts', sink.url])
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
async function round(middle: Middle, sink: Sink, body: Uint8Array, requests: number) {
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

/** The process whose CPU time counts. */
class Middle {
  readonly url: string
  readonly #process: ChildProcess

  constructor(url: string, process: ChildProcess) {
    this.url = url
    this.#process = process
  }

  static async start([script = '', ...args]: readonly string[]): Promise<Middle> {
    const child = spawn(process.execPath, [join(here, 'middle', script), ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    })
    const [url] = await once(child, 'message')
    return new Middle(String(url), child)
  }

  /** User and system time of all threads so far, from the kernel's own account. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#process.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await gone
  }
}

/** Takes everything and counts bytes. */
class Sink {
  readonly url: string
  readonly close: () => void
  #bytes = 0
  #wanted = Number.POSITIVE_INFINITY
  #resolve = () => {}

  constructor(url: string, close: () => void) {
    this.url = url
    this.close = close
  }

  static async open(): Promise<Sink> {
    const server = createServer((incoming, answer) => {
      incoming.on('data', (chunk: Buffer) => sink.#count(chunk.length))
      incoming.on('end', () =>
        answer.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
      )
    })
    server.keepAliveTimeout = 0
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const close = () => {
      server.close()
      server.closeAllConnections()
    }
    const sink = new Sink(`http://127.0.0.1:${port}`, close)
    return sink
  }

  /** Resolves once that many further bytes have come. */
  whenBytes(bytes: number): Promise<void> {
    this.#bytes = 0
    this.#wanted = bytes
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes >= this.#wanted) this.#resolve()
  }
}
