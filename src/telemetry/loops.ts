import { isLoopback } from '../config/endpoint.ts'
import type { TelemetryConfig } from '../config/telemetry.ts'

/**
 * Endpoints to which we send our own telemetry although one of our receivers listens there, so that
 * it comes in again as if somebody else had sent it.
 *
 * @param listening addresses of receivers, with or without a scheme
 */
export function sentToOurselves(
  { metrics, traces }: TelemetryConfig,
  listening: readonly string[],
): string[] {
  const metricExporters = metrics.readers.map(({ periodic }) => periodic?.exporter)
  const spanExporters = traces.processors.map((it) => (it.batch ?? it.simple)?.exporter)
  const endpoints = [...metricExporters, ...spanExporters].flatMap((it) =>
    it === undefined ? [] : [it.otlp.endpoint],
  )
  const own = listening.map(placeOf)
  return [...new Set(endpoints)].filter((endpoint) => {
    const { host, port } = placeOf(endpoint)
    return own.some((it) => it.port === port && isReachedBy(it.host, host))
  })
}

interface Place {
  readonly host: string
  readonly port: string
}

function placeOf(address: string): Place {
  const text = /^[a-z]+:\/\//.test(address) ? address : `http://${address}`
  if (!URL.canParse(text)) return { host: address, port: '' }
  const { hostname, port, protocol } = new URL(text)
  const usual = protocol === 'https:' ? '443' : '80'
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : port }
}

function isReachedBy(listener: string, host: string): boolean {
  const isEverywhere = ['', '::', '0.0.0.0'].includes(listener)
  return listener === host || (isLoopback(host) && (isEverywhere || isLoopback(listener)))
}
