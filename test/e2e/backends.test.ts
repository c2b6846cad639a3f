import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { requestJson } from '../support/build.ts'
import { isBalanced, TestCollector } from '../support/collector.ts'
import { type Answer, accept, OtlpServer } from '../support/otlp-server.ts'

const requests = 60
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const fastRetry =
  'retry_on_failure: { initial_interval: 5ms, max_interval: 20ms, max_elapsed_time: 60s }'

/** Backends that fail in their own way, and then recover. */
const flaky: Readonly<Record<string, Answer>> = {
  'answers 503 and 200 in turn': (nth, response, got) => {
    if (nth % 2 === 1) return accept(nth, response, got)
    response.writeHead(503).end()
  },
  'throttles with 429 and no hint for a while': (nth, response, got) => {
    if (nth > 20) return accept(nth, response, got)
    response.writeHead(429).end()
  },
  'resets every third connection': (nth, response, got) => {
    if (nth % 3 === 0) response.destroy()
    else accept(nth, response, got)
  },
  'answers slowly, in parts': (_nth, response, got) => {
    response.writeHead(200, { 'content-type': got.contentType })
    response.flushHeaders()
    setImmediate(() => response.end())
  },
}

for (const [name, answer] of Object.entries(flaky)) {
  test(`a backend that ${name} gets everything, and the other is not disturbed`, async () => {
    const taken = new Taken()
    const bad = await backend((nth, response, got) => {
      answer(nth, response, got)
      if (response.statusCode === 200 && !response.destroyed) taken.add(got.body)
    })
    const good = await backend()
    const collector = await collecting(bad.url, good.url)

    const statuses = await sendAll(collector)
    await bad.until(() => taken.size >= requests)
    await good.until((got) => spanIds(got).size >= requests)
    expect(await collector.stop()).toBe(true)

    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(taken.repeated).toEqual([])
    expect(good.got).toHaveLength(requests)
    for (const id of ['otlp_http/bad', 'otlp_http/good']) {
      const status = collector.destination(id)
      expect(isBalanced(status)).toBe(true)
      expect(status.ledger).toMatchObject({ received: requests, delivered: requests, held: 0 })
    }
    expect(collector.memory.status().reserved_bytes).toBe(0)
  })
}

test('a dead backend fills its queue; then all are refused together, so none has a copy twice', async () => {
  const good = await backend()
  const collector = await collecting(await deadUrl(), good.url, 'queue_size: 5')

  const first = await sendAll(collector, 5)
  await good.until((got) => got.length >= 5)
  const refused = await send(collector, 'ffff')

  expect(first).toEqual([200, 200, 200, 200, 200])
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(good.got).toHaveLength(5)

  await collector.stop(300)
  const { ledger } = collector.destination('otlp_http/bad')
  expect(isBalanced(collector.destination('otlp_http/bad'))).toBe(true)
  expect(ledger.received).toBe(5)
  expect(ledger.delivered).toBe(0)
  expect(collector.memory.status().reserved_bytes).toBe(0)
})

test('a backend that refuses for good costs a counted drop, and nobody else', async () => {
  const bad = await backend((_nth, response) => response.writeHead(400).end())
  const good = await backend()
  const collector = await collecting(bad.url, good.url)

  await sendAll(collector, 10)
  await good.until((got) => got.length >= 10)
  await bad.until((got) => got.length >= 10)
  await collector.stop()

  const { ledger } = collector.destination('otlp_http/bad')
  expect(Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0)).toBe(10)
  expect(isBalanced(collector.destination('otlp_http/bad'))).toBe(true)
  expect(collector.destination('otlp_http/good').ledger.delivered).toBe(10)
})

test('what a backend rejects in part is counted as rejected, not as delivered', async () => {
  const bad = await backend((_nth, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}')
  })
  const good = await backend()
  const collector = await collecting(bad.url, good.url)

  await sendAll(collector, 3)
  await bad.until((got) => got.length >= 3)
  await collector.stop()

  const status = collector.destination('otlp_http/bad')
  expect(status.ledger).toMatchObject({ received: 3, delivered: 0, rejected: 3 })
  expect(isBalanced(status)).toBe(true)
})

test('a stop with a backend that hangs ends at its deadline and answers every client', async () => {
  const hanging = await backend(() => {})
  const collector = await TestCollector.start(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters:
  otlp_http: { endpoint: "${hanging.url}", sending_queue: { wait_for_result: true } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp_http] } } }
`)
  closing.push(() => collector.stop())
  const waiting = [1, 2, 3].map((n) => send(collector, `${n}`))
  await hanging.until((got) => got.length >= 3)

  expect(await collector.stop(100)).toBe(false)
  expect(await portIsFree(collector.url)).toBe(true)

  expect((await Promise.all(waiting)).map((it) => it.status)).toEqual([503, 503, 503])
  const status = collector.destination('otlp_http')
  expect(isBalanced(status)).toBe(true)
})

/** Spans that a backend took, and those that it took twice. */
class Taken {
  readonly #ids = new Set<string>()
  readonly repeated: string[] = []

  get size(): number {
    return this.#ids.size
  }

  add(body: Buffer): void {
    forEachSpan(decode('traces', body), (span) => {
      const id = span.spanIdHex()
      if (this.#ids.has(id)) this.repeated.push(id)
      this.#ids.add(id)
    })
  }
}

async function collecting(bad: string, good: string, queue = 'queue_size: 1000') {
  const collector = await TestCollector.start(`
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters:
  otlp_http/bad: { endpoint: "${bad}", compression: none, sending_queue: { ${queue} }, ${fastRetry} }
  otlp_http/good: { endpoint: "${good}", compression: gzip }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http/bad, otlp_http/good] }
`)
  closing.push(() => collector.stop(100))
  return collector
}

async function sendAll(collector: TestCollector, count = requests): Promise<number[]> {
  const answers = Array.from({ length: count }, (_, n) => send(collector, (n + 1).toString(16)))
  return (await Promise.all(answers)).map((it) => it.status)
}

function send(collector: TestCollector, id: string): Promise<Response> {
  return fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestJson('traces', [{ spanId: id.padStart(16, '0') }])),
  })
}

function spanIds(got: readonly { body: Buffer }[]): Set<string> {
  const ids = new Set<string>()
  for (const { body } of got) {
    forEachSpan(decode('traces', body), (span) => ids.add(span.spanIdHex()))
  }
  return ids
}

async function backend(answer?: Answer): Promise<OtlpServer> {
  const server = await OtlpServer.open(answer)
  closing.push(() => server.close())
  return server
}

/** Whether a server that was cut off has let its port go. */
async function portIsFree(url: string): Promise<boolean> {
  const server = createServer()
  const bound = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(Number(new URL(url).port), '127.0.0.1', () => resolve(true))
  })
  await new Promise((resolve) => server.close(resolve))
  return bound
}

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}
