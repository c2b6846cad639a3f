import type { ClientMetadata } from '../../src/component/batch.ts'
import type { GrpcCall } from '../../src/net/server/grpc-call.ts'
import { grpcStatus } from '../../src/net/server/grpc-status.ts'
import { noRoom } from '../../src/net/server/inflater.ts'
import type { MessageLimits, ReadMessage } from '../../src/net/server/message-reader.ts'
import type { Status } from '../../src/net/server/status-body.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { statusOfOutcome, unavailable } from './grpc-answers.ts'
import type { Intake, Taken } from './intake.ts'
import type { ReceiverTelemetry, Rejection } from './telemetry.ts'
import type { Warnings } from './warnings.ts'

/** What all calls of one server share. */
export interface GrpcExchanges {
  readonly limits: MessageLimits
  readonly intake: Intake
  readonly telemetry: ReceiverTelemetry
  readonly warnings: Warnings
  /** Those whose message is not whole yet. */
  readonly reading: Set<GrpcExchange>
  /** What is known about the client of a call. */
  clientOf(call: GrpcCall): ClientMetadata
}

/** One call and its answer: the message is read, delivered, and answered once it is settled. */
export class GrpcExchange {
  readonly #call: GrpcCall
  readonly #signal: Signal
  readonly #shared: GrpcExchanges

  constructor(call: GrpcCall, signal: Signal, shared: GrpcExchanges) {
    this.#call = call
    this.#signal = signal
    this.#shared = shared
  }

  start(): void {
    const { limits, reading, telemetry } = this.#shared
    reading.add(this)
    const gone = () => {
      reading.delete(this)
      telemetry.rejected('client_gone')
    }
    this.#call.read(limits, this.#received, gone)
  }

  /** Refuses the call, since its message is not whole yet. */
  shutDown(): void {
    this.abandon()
    this.#shared.telemetry.rejected('shutting_down')
    this.#call.fail(unavailable('shutting down'))
  }

  /** Stops reading at once, without an answer. */
  abandon(): void {
    this.#shared.reading.delete(this)
    this.#call.stopReading()
  }

  #received = (message: ReadMessage): void => {
    this.#shared.reading.delete(this)
    if (message.kind !== 'read') return this.#refuse(message.kind, message.reason)
    const { body, lease } = message
    const client = this.#shared.clientOf(this.#call)
    const request = { signal: this.#signal, encoding: 'protobuf', body, lease, client } as const
    this.#shared.intake.take(request, this.#taken)
  }

  #taken = (taken: Taken): void => {
    if (taken.kind === 'no_room') return this.#refuse('no_room', noRoom)
    if (taken.kind === 'bad_request') return this.#refuse('broken', taken.message, taken.field)
    if (taken.outcome.kind === 'delivered') this.#call.succeed()
    else this.#call.fail(statusOfOutcome(taken.outcome))
  }

  #refuse(kind: Refusal, message: string, badField = 'body'): void {
    const { telemetry, warnings } = this.#shared
    const reason = rejectionOf[kind]
    telemetry.rejected(reason)
    warnings.rejected(reason, { signal: this.#signal, client: this.#call.address })
    this.#call.fail(statusOf(kind, message, badField))
  }
}

type Refusal = Exclude<ReadMessage['kind'], 'read'>

const rejectionOf = {
  too_large: 'too_large',
  no_room: 'no_room',
  broken: 'bad_request',
  unsupported: 'bad_encoding',
  too_slow: 'too_slow',
} as const satisfies Record<Refusal, Rejection>

/** A message that is too large carries no hint: it would be too large again. */
function statusOf(kind: Refusal, message: string, badField: string): Status {
  if (kind === 'no_room') return unavailable(message)
  if (kind === 'too_large') return { code: grpcStatus.resourceExhausted, message }
  if (kind === 'unsupported') return { code: grpcStatus.unimplemented, message }
  if (kind === 'too_slow') return { code: grpcStatus.deadlineExceeded, message }
  return { code: grpcStatus.invalidArgument, message, badField }
}
