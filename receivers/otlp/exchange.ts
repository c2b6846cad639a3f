import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientMetadata } from '../../src/component/batch.ts'
import type { GrowingLease } from '../../src/component/memory.ts'
import { type BodyLimits, BodyReader, type ReadBody } from '../../src/net/server/body-reader.ts'
import { noRoom } from '../../src/net/server/inflater.ts'
import { type Reply, reply, replyUnread } from '../../src/net/server/reply.ts'
import type { Answers } from './answers.ts'
import type { Intake, Taken } from './intake.ts'
import type { RequestHead } from './request-head.ts'
import type { ReceiverTelemetry, Rejection } from './telemetry.ts'
import type { Warnings } from './warnings.ts'

/** What all exchanges of one server share. */
export interface Exchanges {
  readonly limits: BodyLimits
  readonly answers: Answers
  readonly intake: Intake
  readonly telemetry: ReceiverTelemetry
  readonly warnings: Warnings
  /** Those that have not been answered yet. */
  readonly open: Set<Exchange>
  /** Whether a connection ends with its next answer. */
  isLast(): boolean
  /** What is known about the client of a request. */
  clientOf(request: IncomingMessage): ClientMetadata
}

/** One request and its answer: the body is read, delivered, and answered once it is settled. */
export class Exchange {
  readonly request: IncomingMessage
  readonly #response: ServerResponse
  readonly #head: RequestHead
  readonly #shared: Exchanges
  #reader: BodyReader | undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    shared: Exchanges,
  ) {
    this.request = request
    this.#response = response
    this.#head = head
    this.#shared = shared
  }

  /** @param isExpectant whether the client waits for `100 Continue` */
  start(isExpectant: boolean): void {
    this.#shared.open.add(this)
    this.#reader = new BodyReader(this.request, this.#shared.limits, this.#received)
    const go = isExpectant ? () => this.#response.writeContinue() : undefined
    this.#reader.start(this.#head.compression || undefined, go)
  }

  /** Refuses the request if its body is not whole yet; what is delivered waits for its outcome. */
  shutDown(): void {
    if (this.#reader === undefined) return
    this.abandon()
    const answer = this.#shared.answers.unavailable('shutting down', this.#head.encoding)
    this.#reject('shutting_down', answer)
  }

  /** Stops reading at once, without an answer. */
  abandon(): void {
    this.#reader?.cancel()
    this.#reader = undefined
  }

  #received = (result: ReadBody): void => {
    this.#reader = undefined
    if (result.kind === 'read') this.#deliver(result.body, result.lease)
    else this.#unread(result.kind, result.reason)
  }

  #unread(kind: Exclude<ReadBody['kind'], 'read'>, message: string): void {
    const { answers } = this.#shared
    const { encoding } = this.#head
    if (kind === 'no_room') this.#reject(kind, answers.unavailable(message, encoding))
    else if (kind === 'too_large') this.#reject(kind, answers.refused(413, message, encoding))
    else if (kind === 'broken') this.#badBody(message)
    else this.#reject('client_gone')
  }

  #badBody(message: string, field = 'body'): void {
    const { encoding } = this.#head
    const answer = this.#shared.answers.badRequest(400, message, field, encoding)
    this.#reject('bad_request', answer)
  }

  #reject(reason: Rejection, answer?: Reply): void {
    const { telemetry, warnings, open, isLast } = this.#shared
    const { signal } = this.#head
    open.delete(this)
    telemetry.rejected(reason)
    if (answer === undefined) return
    if (reason !== 'shutting_down') {
      warnings.rejected(reason, { signal, client: this.request.socket.remoteAddress })
    }
    replyUnread(this.request, this.#response, answer, isLast())
  }

  #deliver(body: Buffer, lease: GrowingLease): void {
    const { signal, encoding } = this.#head
    const client = this.#shared.clientOf(this.request)
    this.#shared.intake.take({ signal, encoding, body, lease, client }, this.#taken)
  }

  #taken = (taken: Taken): void => {
    if (taken.kind === 'bad_request') this.#badBody(taken.message, taken.field)
    else if (taken.kind === 'no_room') this.#unread('no_room', noRoom)
    else this.#answer(this.#shared.answers.outcome(taken.outcome, this.#head.encoding))
  }

  #answer(answer: Reply): void {
    this.#shared.open.delete(this)
    reply(this.#response, answer, this.#shared.isLast())
  }
}
