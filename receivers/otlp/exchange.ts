import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { telemetryBatch } from '../../src/component/batch.ts'
import { type Delivery, type Outcome, settleOnce } from '../../src/component/delivery.ts'
import type { Log } from '../../src/component/log.ts'
import type { GrowingLease } from '../../src/component/memory.ts'
import { type BodyLimits, BodyReader, type ReadBody } from '../../src/net/server/body-reader.ts'
import { type Reply, reply, replyUnread } from '../../src/net/server/reply.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { DecodeError, decode, type Payload } from '../../src/pdata/payload.ts'
import type { Answers } from './answers.ts'
import type { Compression, RequestHead } from './request-head.ts'
import type { ReceiverTelemetry, Rejection } from './telemetry.ts'
import type { Warnings } from './warnings.ts'

/** What all exchanges of one server share. */
export interface Exchanges {
  readonly limits: BodyLimits
  readonly answers: Answers
  readonly telemetry: ReceiverTelemetry
  readonly warnings: Warnings
  readonly log: Log
  /** Those that have not been answered yet. */
  readonly open: Set<Exchange>
  /** Whether a connection ends with its next answer. */
  isLast(): boolean
  deliver(delivery: Delivery): void
}

const decoders: Readonly<Record<Compression, () => Transform | undefined>> = {
  '': () => undefined,
  gzip: createGunzip,
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
    this.#reader.start(decoders[this.#head.compression](), go)
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

  #badBody(message: string, field = ''): void {
    const { encoding } = this.#head
    const answer = this.#shared.answers.badRequest(400, message, field || 'body', encoding)
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
    const payload = this.#decoded(body)
    if (payload === undefined) return lease.release()
    const { telemetry, answers, limits, deliver } = this.#shared
    if (payload.itemCount === 0) {
      lease.release()
      telemetry.empty()
      return this.#answer(answers.success(this.#head.encoding))
    }
    if (!lease.resize(Math.max(payload.sizeBytes, limits.floorBytes))) {
      lease.release()
      return this.#unread('no_room', 'no memory is free for this request; try again')
    }
    telemetry.delivering()
    deliver({
      batch: telemetryBatch(payload, [], [lease]),
      settle: settleOnce((outcome) => this.#settled(outcome, payload, lease)),
    })
  }

  /** `undefined` where the body is no OTLP; the client then knows already. */
  #decoded(body: Buffer): Payload | undefined {
    const { signal, encoding } = this.#head
    try {
      return decode(signal, encoding === 'json' ? fromJson(signal, body) : body)
    } catch (cause) {
      if (cause instanceof DecodeError) this.#badBody(cause.message, cause.path)
      else this.#defect(cause)
      return undefined
    }
  }

  #defect(cause: unknown): void {
    const { telemetry, log, answers } = this.#shared
    log.error({ err: cause, signal: this.#head.signal }, 'could not read a request')
    telemetry.failed()
    this.#answer(
      answers.outcome({ kind: 'permanent', reason: 'internal error' }, this.#head.encoding),
    )
  }

  #settled(outcome: Outcome, payload: Payload, lease: GrowingLease): void {
    const { telemetry, answers } = this.#shared
    lease.resize(Math.min(lease.sizeBytes, payload.sizeBytes))
    lease.release()
    telemetry.settled(payload.signal, outcome, payload.itemCount)
    this.#answer(answers.outcome(outcome, this.#head.encoding))
  }

  #answer(answer: Reply): void {
    this.#shared.open.delete(this)
    reply(this.#response, answer, this.#shared.isLast())
  }
}
