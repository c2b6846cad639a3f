import type { Acknowledge, Delivery } from '../../src/component/delivery.ts'
import type { Listeners } from '../../src/component/listeners.ts'
import type { Admission } from '../../src/net/server/admission.ts'
import type { ReceiverTelemetry } from './telemetry.ts'
import type { Warnings } from './warnings.ts'

/** What a request costs beside its body, about: its objects and its part of a connection. */
export const floorBytes = 4096

/** What a server of this receiver is handed beside its own settings. */
export interface Shared {
  /** Counts with this server's `transport`. */
  readonly telemetry: ReceiverTelemetry
  readonly warnings: Warnings
  /** One line for both protocols, in the order of arrival. */
  readonly admission: Admission
  readonly deliver: (delivery: Delivery) => void
  readonly listeners: Listeners
  /** When clients are answered; absent, as the engine sees fit. */
  readonly acknowledge?: Acknowledge | undefined
}
