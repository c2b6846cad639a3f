import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Settings } from '../../src/component/settings.ts'
import { Cors } from '../../src/net/server/cors.ts'
import { type HttpHandlers, HttpListener } from '../../src/net/server/http-listener.ts'
import { replyUnread } from '../../src/net/server/reply.ts'
import { Answers } from './answers.ts'
import { HttpClients } from './clients.ts'
import { Exchange, type Exchanges } from './exchange.ts'
import type { HttpConfig } from './http-config.ts'
import { Intake } from './intake.ts'
import { inheriting, Outlet } from './outlet.ts'
import { type HeadRefusal, RequestHeads } from './request-head.ts'
import { floorBytes, type Shared } from './shared.ts'

/** The OTLP/HTTP server of one receiver: from binding to the last answer. */
export class OtlpHttpServer {
  readonly #config: HttpConfig
  readonly #id: string
  readonly #heads: RequestHeads
  readonly #exchanges: Exchanges
  readonly #listener: HttpListener
  readonly #cors: Cors | undefined
  readonly #outlet: Outlet
  #isClosing = false

  constructor(config: HttpConfig, { id, kinds, log }: Settings, shared: Shared) {
    const { telemetry, warnings, admission } = shared
    this.#config = config
    this.#outlet = new Outlet(shared)
    this.#id = id
    this.#heads = new RequestHeads(config, kinds)
    this.#cors = corsOf(config, log)
    const clients = new HttpClients(config.include_metadata)
    this.#exchanges = {
      limits: { maxBytes: config.max_request_body_size, floorBytes, admission },
      answers: new Answers(
        [...(config.response_headers ?? [])].flatMap(([name, value]) => [name, value.reveal()]),
      ),
      intake: new Intake(floorBytes, { ...shared, deliver: this.#outlet.deliver }, log),
      telemetry,
      warnings,
      open: new Set(),
      isLast: () => this.#isClosing || this.#listener.isRetired || !config.keep_alives_enabled,
      clientOf: (request) => clients.of(request),
    }
    const limits = {
      headersMs: config.read_header_timeout,
      requestMs: config.read_timeout,
      idleMs: config.idle_timeout,
      maxConnections: config.max_connections,
    }
    const handlers: HttpHandlers = {
      request: this.#handle,
      excess: (request, response) => this.#unavailable(request, response, 'too_many_connections'),
      acceptError: (cause) => log.warn({ err: cause }, 'could not accept a connection'),
      defect: (cause) => log.error({ err: cause }, 'could not handle a request; this is a defect'),
      inherit: inheriting(kinds, shared),
      ended: () => void this.#close(),
    }
    this.#listener = new HttpListener(limits, handlers, shared.listeners)
  }

  /** @param done gets the URL with the real port, or why nothing listens */
  listen(done: (listening: string | Error) => void): void {
    const key = `receivers.${this.#id}.protocols.http.endpoint`
    this.#listener.listen(this.#config.address, key, done)
  }

  /**
   * Leaves the address to who comes after, who gets what is still read. Where nobody does it stops
   * accepting: requests whose body is still coming are refused, delivered ones are answered when they
   * are settled.
   *
   * @returns resolves when the last connection has closed, or is no concern of this receiver's
   */
  drain(): Promise<void> {
    this.#outlet.leave(this.#listener.leave())
    return this.#outlet.hasHeir ? Promise.resolve() : this.#close()
  }

  #close(): Promise<void> {
    this.#isClosing = true
    const { open } = this.#exchanges
    const closed = this.#listener.close(() => new Set([...open].map((it) => it.request.socket)))
    for (const exchange of [...open]) exchange.shutDown()
    return closed
  }

  /** Closes everything now, without answers, but for what was left to another. */
  destroy(): void {
    if (this.#outlet.hasHeir) return
    this.#isClosing = true
    for (const exchange of this.#exchanges.open) exchange.abandon()
    this.#listener.destroy()
  }

  #handle = (request: IncomingMessage, response: ServerResponse, isExpectant: boolean): void => {
    if (this.#cors?.handle(request, response)) return
    if (this.#isClosing) return this.#unavailable(request, response, 'shutting_down')
    const head = this.#heads.read(request)
    if (head.kind === 'refusal') this.#refuse(request, response, head)
    else new Exchange(request, response, head, this.#exchanges).start(isExpectant)
  }

  /** Refuses whatever comes, with a hint; the connection ends. */
  #unavailable(
    request: IncomingMessage,
    response: ServerResponse,
    reason: 'shutting_down' | 'too_many_connections',
  ): void {
    const { telemetry, answers } = this.#exchanges
    const { encoding } = this.#heads.read(request)
    telemetry.rejected(reason)
    const answer = answers.unavailable(reason.replaceAll('_', ' '), encoding)
    replyUnread(request, response, answer, true)
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

/** Off unless it names origins. */
function corsOf({ cors }: HttpConfig, log: Settings['log']): Cors | undefined {
  if (cors === undefined) return undefined
  if (cors.allowed_origins.length > 0) return new Cors(cors)
  if (cors.allowed_headers.length > 0) {
    log.warn({}, 'cors.allowed_headers is ignored, since cors.allowed_origins names nobody')
  }
  return undefined
}
