import type { Signal } from '../../src/pdata/signal.ts'
import { type Data, oracleDecode } from '../support/otlp-oracle.ts'
import { type Got, OtlpServer } from '../support/otlp-server.ts'
import { type Ours, startOurs } from './ours.ts'

/** Our collector with a capture behind it, for senders of any kind. */
export class Captured implements AsyncDisposable {
  readonly ours: Ours
  readonly #capture: OtlpServer

  constructor(ours: Ours, capture: OtlpServer) {
    this.ours = ours
    this.#capture = capture
  }

  static async start(): Promise<Captured> {
    const capture = await OtlpServer.open()
    return new Captured(await startOurs(`otlp_http: { endpoint: "${capture.url}" }`), capture)
  }

  /** All spans, log records or metrics, once there are so many. */
  async items(signal: Signal, count: number): Promise<readonly Data[]> {
    return arrived(signal, count, this.#capture)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ours.collector.stop()
    await this.#capture.close()
  }
}

const arrivalDeadlineMs = 30_000

/** All spans, log records or metrics of a capture, once there are so many. */
export async function arrived(
  signal: Signal,
  count: number,
  capture: OtlpServer,
): Promise<readonly Data[]> {
  await inTime(capture.until((got) => itemsOf(signal, got).length >= count)).catch((cause) => {
    const items = itemsOf(signal, capture.got).length
    throw new Error(`${items} of ${count} items arrived: ${cause.message}`, { cause })
  })
  return itemsOf(signal, capture.got)
}

/** Rejects when something that has to arrive does not. */
export async function inTime<T>(arrival: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const message = `no more came within ${arrivalDeadlineMs / 1_000} s`
  const timer = setTimeout(() => late.reject(new Error(message)), arrivalDeadlineMs)
  return Promise.race([arrival, late.promise]).finally(() => clearTimeout(timer))
}

const levels = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
} as const

/** The spans, log records or metrics of the requests of one signal, as the general decoder reads them. */
export function itemsOf(signal: Signal, got: readonly Got[]): readonly Data[] {
  let data: readonly Data[] = got
    .filter(({ path }) => path === `/v1/${signal}`)
    .map(({ body }) => oracleDecode(signal, body))
  for (const level of levels[signal]) data = data.flatMap((it) => listOf(it[level]))
  return data
}

/** An id as it is usually written. */
export function hex(id: unknown): string {
  return Buffer.from(String(id), 'base64').toString('hex')
}

function listOf(value: unknown): readonly Data[] {
  return Array.isArray(value) ? value : []
}
