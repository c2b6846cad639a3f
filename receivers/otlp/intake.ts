import { type ClientMetadata, telemetryBatch } from '../../src/component/batch.ts'
import { type Delivery, type Outcome, settleOnce } from '../../src/component/delivery.ts'
import type { Log } from '../../src/component/log.ts'
import type { GrowingLease } from '../../src/component/memory.ts'
import type { Encoding } from '../../src/net/server/status-body.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { DecodeError, decode, type Payload } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import type { Shared } from './shared.ts'
import type { ReceiverTelemetry } from './telemetry.ts'

/** One request whose body is whole. */
export interface WholeRequest {
  readonly signal: Signal
  readonly encoding: Encoding
  readonly body: Buffer
  /** Holds the room of the body; whoever takes the request in gives it back. */
  readonly lease: GrowingLease
  readonly client: ClientMetadata
}

/** What a request came to, whatever it is answered in. */
export type Taken =
  | { readonly kind: 'settled'; readonly outcome: Outcome }
  | { readonly kind: 'bad_request'; readonly message: string; readonly field: string }
  | { readonly kind: 'no_room' }

const nothingToTake: Taken = { kind: 'settled', outcome: { kind: 'delivered' } }
const defect: Taken = {
  kind: 'settled',
  outcome: { kind: 'permanent', reason: 'internal error' },
}

/** Turns whole requests into deliveries, for both protocols, and hears what becomes of them. */
export class Intake {
  readonly #floorBytes: number
  readonly #telemetry: ReceiverTelemetry
  readonly #log: Log
  readonly #deliver: Shared['deliver']
  readonly #acknowledge: Pick<Delivery, 'acknowledge'>

  /** @param floorBytes least room that an unsettled request takes */
  constructor(floorBytes: number, { telemetry, deliver, acknowledge }: Shared, log: Log) {
    this.#floorBytes = floorBytes
    this.#telemetry = telemetry
    this.#log = log
    this.#deliver = deliver
    this.#acknowledge = acknowledge === undefined ? {} : { acknowledge }
  }

  /** Decodes and delivers; `done` is called once, when the client can be answered. */
  take(request: WholeRequest, done: (taken: Taken) => void): void {
    const { lease, client } = request
    const payload = this.#decoded(request, done)
    if (payload === undefined) return lease.release()
    if (payload.itemCount === 0) {
      lease.release()
      this.#telemetry.empty()
      return done(nothingToTake)
    }
    if (!lease.resize(Math.max(payload.sizeBytes, this.#floorBytes))) {
      lease.release()
      return done({ kind: 'no_room' })
    }
    this.#telemetry.delivering()
    this.#deliver({
      ...this.#acknowledge,
      batch: telemetryBatch(payload, [], [lease], client),
      settle: settleOnce((outcome) => {
        lease.resize(Math.min(lease.sizeBytes, payload.sizeBytes))
        lease.release()
        this.#telemetry.settled(payload.signal, outcome, payload.itemCount)
        done({ kind: 'settled', outcome })
      }),
    })
  }

  /** `undefined` where the body is no OTLP; the client then knows already. */
  #decoded(request: WholeRequest, done: (taken: Taken) => void): Payload | undefined {
    const { signal, encoding, body } = request
    try {
      return decode(signal, encoding === 'json' ? fromJson(signal, body) : body)
    } catch (cause) {
      if (cause instanceof DecodeError) {
        done({ kind: 'bad_request', message: cause.message, field: cause.path || 'body' })
      } else {
        this.#log.error({ err: cause, signal }, 'could not read a request')
        this.#telemetry.failed()
        done(defect)
      }
      return undefined
    }
  }
}
