import { durationText } from '../telemetry/duration-text.ts'

/** The answer to a probe, in the words of otelcol's `health_check`. */
export interface Health {
  readonly statusCode: 200 | 503
  readonly body: { readonly status: string; readonly upSince: string; readonly uptime: string }
}

/** @param readySinceMs since when the collector is ready, milliseconds since the Unix epoch */
export function health(readySinceMs: number | undefined, nowMs: number): Health {
  if (readySinceMs === undefined) return notReady
  return {
    statusCode: 200,
    body: {
      status: 'Server available',
      upSince: new Date(readySinceMs).toISOString(),
      uptime: durationText(nowMs - readySinceMs),
    },
  }
}

const notReady: Health = {
  statusCode: 503,
  body: { status: 'Server not available', upSince: '0001-01-01T00:00:00Z', uptime: '' },
}
