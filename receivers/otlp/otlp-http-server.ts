import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Delivery } from '../../src/component/delivery.ts'
import type { Settings } from '../../src/component/settings.ts'
import { Admission } from '../../src/net/server/admission.ts'
import { HttpListener } from '../../src/net/server/http-listener.ts'
import { replyUnread } from '../../src/net/server/reply.ts'
import { Answers } from './answers.ts'
import type { Config } from './config.ts'
import { Exchange, type Exchanges } from './exchange.ts'
import { type HeadRefusal, RequestHeads } from './request-head.ts'
import type { ReceiverTelemetry } from './telemetry.ts'
import { Warnings } from './warnings.ts'

/** What a request costs beside its body, about: its objects and its part of a connection. */
const floorBytes = 4096

/** The OTLP/HTTP server of one receiver: from binding to the last answer. */
export class OtlpHttpServer {
  readonly #config: Config['protocols']['http']
  readonly #id: string
  readonly #heads: RequestHeads
  readonly #exchanges: Exchanges
  readonly #listener: HttpListener
  #isClosing = false

  constructor(
    { protocols: { http }, admission_timeout }: Config,
    settings: Settings,
    telemetry: ReceiverTelemetry,
    deliver: (delivery: Delivery) => void,
  ) {
    const { id, kinds, log, memory, scheduler } = settings
    this.#config = http
    this.#id = id
    this.#heads = new RequestHeads(http, kinds)
    this.#exchanges = {
      limits: {
        maxBytes: http.max_request_body_size,
        floorBytes,
        admission: new Admission(memory, scheduler, admission_timeout),
      },
      answers: new Answers(
        [...(http.response_headers ?? [])].flatMap(([name, value]) => [name, value.reveal()]),
      ),
      telemetry,
      warnings: new Warnings(settings),
      log,
      open: new Set(),
      isLast: () => this.#isClosing || !http.keep_alives_enabled,
      deliver,
    }
    this.#listener = new HttpListener(
      {
        headersMs: http.read_header_timeout,
        requestMs: http.read_timeout,
        idleMs: http.idle_timeout,
      },
      this.#handle,
      (cause) => log.warn({ err: cause }, 'could not accept a connection'),
    )
  }

  /** @param done gets the URL with the real port, or why nothing listens */
  listen(done: (listening: string | Error) => void): void {
    const key = `receivers.${this.#id}.protocols.http.endpoint`
    this.#listener.listen(this.#config.endpoint, key, done)
  }

  /**
   * Stops accepting. Requests whose body is still coming are refused, delivered ones are answered
   * when they are settled.
   *
   * @returns resolves when the last connection has closed
   */
  drain(): Promise<void> {
    this.#isClosing = true
    const { open } = this.#exchanges
    const closed = this.#listener.close(() => new Set([...open].map((it) => it.request.socket)))
    for (const exchange of [...open]) exchange.shutDown()
    return closed
  }

  /** Closes everything now, without answers. */
  destroy(): void {
    this.#isClosing = true
    for (const exchange of this.#exchanges.open) exchange.abandon()
    this.#listener.destroy()
  }

  #handle = (request: IncomingMessage, response: ServerResponse, isExpectant: boolean): void => {
    const head = this.#heads.read(request)
    if (this.#isClosing) this.#shuttingDown(request, response, head.encoding)
    else if (head.kind === 'refusal') this.#refuse(request, response, head)
    else new Exchange(request, response, head, this.#exchanges).start(isExpectant)
  }

  #shuttingDown(
    request: IncomingMessage,
    response: ServerResponse,
    encoding: HeadRefusal['encoding'],
  ): void {
    const { telemetry, answers } = this.#exchanges
    telemetry.rejected('shutting_down')
    replyUnread(request, response, answers.unavailable('shutting down', encoding), true)
  }

  #refuse(request: IncomingMessage, response: ServerResponse, refusal: HeadRefusal): void {
    const { telemetry, warnings, answers, isLast } = this.#exchanges
    const { reason, status, message, badField, encoding } = refusal
    telemetry.rejected(reason)
    warnings.rejected(reason, { message, client: request.socket.remoteAddress })
    const answer =
      badField === undefined
        ? answers.refused(status, message, encoding, status === 405 ? ['Allow', 'POST'] : [])
        : answers.badRequest(status, message, badField, encoding)
    replyUnread(request, response, answer, isLast())
  }
}
