import type { IncomingMessage } from 'node:http'
import { type Encoding, mediaType } from '../../src/net/server/status-body.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import type { HttpConfig } from './http-config.ts'
import type { Rejection } from './telemetry.ts'

export type Compression = HttpConfig['compression_algorithms'][number]

/** What a request is, before its body. */
export interface RequestHead {
  readonly kind: 'head'
  readonly signal: Signal
  readonly encoding: Encoding
  readonly compression: Compression
}

/** Why a request is refused before its body, in a sentence for its sender. */
export interface HeadRefusal {
  readonly kind: 'refusal'
  readonly reason: Rejection
  readonly status: number
  readonly message: string
  /** Encoding of the answer; JSON until the request has said what it is written in. */
  readonly encoding: Encoding
  /** Part of the request that is at fault, where OTLP asks for it. */
  readonly badField?: string
}

/** Reads heads of requests: path, method, media type, compression, in this order. */
export class RequestHeads {
  readonly #paths: ReadonlyMap<string, Signal>
  readonly #wanted: ReadonlySet<string>
  readonly #compressions: readonly Compression[]

  /** @param kinds of the pipelines that use the receiver; other signals have no path */
  constructor(config: HttpConfig, kinds: readonly string[]) {
    this.#paths = new Map<string, Signal>([
      [config.traces_url_path, 'traces'],
      [config.metrics_url_path, 'metrics'],
      [config.logs_url_path, 'logs'],
    ])
    this.#wanted = new Set(kinds)
    this.#compressions = config.compression_algorithms
  }

  read({ url = '', method, headers }: IncomingMessage): RequestHead | HeadRefusal {
    const path = pathOf(url)
    const signal = this.#paths.get(path)
    if (signal === undefined) return noPath(`no such path: ${path.slice(0, 200)}`)
    if (!this.#wanted.has(signal)) return noPath(`no pipeline takes ${signal} from this receiver`)
    if (method !== 'POST') return badMethod
    const encoding = encodingOf(headers['content-type'] ?? '')
    if (encoding === undefined) return badMediaType
    const sent = headers['content-encoding'] ?? ''
    const compression = this.#compressionOf(sent)
    if (compression === undefined) return badCompression(sent, encoding)
    return { kind: 'head', signal, encoding, compression }
  }

  #compressionOf(sent: string): Compression | undefined {
    const name = sent.trim().toLowerCase()
    const wanted = name === 'identity' ? '' : name
    return this.#compressions.find((it) => it === wanted)
  }
}

/** Without the query; a proxy may send the whole URL. */
function pathOf(url: string): string {
  if (!url.startsWith('/')) return URL.canParse(url) ? new URL(url).pathname : url
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** Parameters such as `; charset=utf-8` do not count. */
function encodingOf(contentType: string): Encoding | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (type === mediaType.protobuf) return 'protobuf'
  return type === mediaType.json ? 'json' : undefined
}

function noPath(message: string): HeadRefusal {
  return { kind: 'refusal', reason: 'no_such_path', status: 404, message, encoding: 'json' }
}

const badMethod: HeadRefusal = {
  kind: 'refusal',
  reason: 'bad_method',
  status: 405,
  message: '405 method not allowed, supported: [POST]',
  encoding: 'json',
}

const badMediaType: HeadRefusal = {
  kind: 'refusal',
  reason: 'bad_media_type',
  status: 415,
  message: '415 unsupported media type, supported: [application/json, application/x-protobuf]',
  encoding: 'json',
}

function badCompression(sent: string, encoding: Encoding): HeadRefusal {
  const message = `unsupported Content-Encoding: ${sent.slice(0, 200)}`
  const badField = 'Content-Encoding'
  return { kind: 'refusal', reason: 'bad_encoding', status: 400, message, encoding, badField }
}
