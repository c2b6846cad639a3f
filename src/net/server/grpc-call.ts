import { constants, type ServerHttp2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js'
import { grpcStatus } from './grpc-status.ts'
import { type MessageLimits, MessageReader, type ReadMessage } from './message-reader.ts'
import { type Status, shortMessage, statusBody } from './status-body.ts'

const accepted = new Metadata()
accepted.set('grpc-accept-encoding', 'identity,gzip,deflate,zstd')
const nothing = Buffer.alloc(0)

/**
 * One unary call, answered through grpc-js and read beside it. grpc-js hands a message over only when
 * it is whole and decompressed; until then it lies in memory that nobody admitted, and 16 KiB of gzip
 * may become 16 MiB. So we take its stream, where it keeps it, and read the message ourselves.
 */
export class GrpcCall {
  readonly path: string
  readonly stream: ServerHttp2Stream
  readonly #call: ServerInterceptingCallInterface
  readonly #encoding: string
  #metadata = new Metadata()
  #reader: MessageReader | undefined

  constructor(path: string, call: ServerInterceptingCallInterface) {
    this.path = path
    this.#call = call
    this.stream = streamOf(call)
    this.#encoding = String(Reflect.get(call, 'incomingEncoding'))
  }

  /** Address of the peer, without its port. */
  get address(): string | undefined {
    return this.#call.getConnectionInfo().remoteAddress
  }

  /** What the client sent beside the message, without what belongs to the protocol. */
  get metadata(): Metadata {
    return this.#metadata
  }

  /** The call's `:authority`. */
  get host(): string {
    return this.#call.getHost()
  }

  /**
   * Reads the message.
   *
   * @param gone called instead of `done` when the client cancels, leaves, or lets its deadline pass
   */
  read(limits: MessageLimits, done: (message: ReadMessage) => void, gone: () => void): void {
    const reader = new MessageReader(this.stream, this.#encoding, limits, (message) => {
      this.#reader = undefined
      done(message)
    })
    this.stream.removeAllListeners('data')
    let isStarted = false
    this.#call.start({
      onReceiveMetadata: (metadata) => {
        isStarted = true
        this.#metadata = metadata
        this.#reader = reader
        reader.start()
      },
      onReceiveMessage() {},
      onReceiveHalfClose() {},
      onCancel: () => {
        if (this.#reader === undefined) return
        this.stopReading()
        gone()
      },
    })
    if (!isStarted) gone()
  }

  /** Gives the room back; neither callback of `read` is called any more. */
  stopReading(): void {
    this.#reader?.cancel()
    this.#reader = undefined
  }

  /** Answers with an empty message, which says that everything was taken. */
  succeed(): void {
    const status = { code: grpcStatus.ok, details: '', metadata: null }
    this.#call.sendMetadata(accepted)
    this.#call.sendMessage(nothing, () => this.#call.sendStatus(status))
  }

  /** Answers with a status. What the client still sends of its message is not wanted any more. */
  fail(status: Status): void {
    const isUnread = !this.stream.readableEnded
    const metadata = new Metadata()
    if (status.badField !== undefined || status.retryAfterMs !== undefined) {
      metadata.set('grpc-status-details-bin', statusBody(status, 'protobuf'))
    }
    if (status.code === grpcStatus.unimplemented) metadata.merge(accepted)
    this.#call.sendStatus({ code: status.code, details: shortMessage(status.message), metadata })
    if (isUnread) setImmediate(() => this.stream.close(constants.NGHTTP2_NO_ERROR))
  }
}

function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream {
  const stream: unknown = Reflect.get(call, 'stream')
  if (isServerStream(stream)) return stream
  throw new Error('this version of @grpc/grpc-js keeps the stream of a call elsewhere')
}

function isServerStream(it: unknown): it is ServerHttp2Stream {
  return it instanceof Duplex && 'session' in it && 'rstCode' in it
}
