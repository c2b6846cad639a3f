import type { OtlpConfig } from '../config/telemetry.ts'
import type { Signal } from '../pdata/signal.ts'

/** What both of the SDK's OTLP exporters are told. */
export interface OtlpOptions {
  readonly url: string
  readonly headers: Record<string, string>
  readonly timeoutMillis: number
}

/**
 * The SDK's options for a place to export to; secret headers are revealed here. An endpoint without
 * a path is a server and gets the usual path of the signal.
 */
export function otlpOptions(
  { endpoint, headers, timeout }: OtlpConfig,
  signal: Signal,
): OtlpOptions {
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = `/v1/${signal}`
  const revealed = [...(headers ?? [])].map(([name, value]) => [name, value.reveal()])
  return { url: url.href, headers: Object.fromEntries(revealed), timeoutMillis: timeout }
}
