import type { Permanent } from '../../component/delivery.ts'
import type { Payload } from '../../pdata/payload.ts'

/** Largest request before compression; OTLP servers refuse more by default. */
export const maxRequestBytes = 64 * 1024 * 1024

/** The answer to a request that is not sent, because no server would take it. */
export function tooLarge({ signal, sizeBytes }: Payload, maxBytes: number): Permanent {
  const reason = `one item of ${signal} makes a request of ${sizeBytes} bytes, more than ${maxBytes}`
  return { kind: 'permanent', reason }
}
