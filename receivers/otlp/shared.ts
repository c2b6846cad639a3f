import type { PipelineKind } from '../../src/component/batch.ts'
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

/** Delivers what a server before at the same address has read, as if this one had. */
export function inheriting(
  kinds: readonly PipelineKind[],
  { deliver, acknowledge }: Shared,
): (delivery: Delivery) => void {
  return ({ acknowledge: _, ...delivery }) => {
    const { kind } = delivery.batch
    if (kinds.includes(kind)) deliver({ ...delivery, ...(acknowledge && { acknowledge }) })
    else {
      const reason = `no pipeline takes ${kind} from this receiver any more`
      delivery.settle({ kind: 'permanent', reason })
    }
  }
}
