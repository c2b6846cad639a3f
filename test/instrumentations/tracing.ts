import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { OtlpServer } from '../support/otlp-server.ts'

/**
 * OpenTelemetry's SDK as an application sets it up, once for its process, with an exporter and a
 * server that keeps what it exports.
 */
export class Tracing {
  readonly #provider: TracerProvider
  readonly #ended: EndedSpans
  readonly #backend: OtlpServer

  constructor(provider: TracerProvider, ended: EndedSpans, backend: OtlpServer) {
    this.#provider = provider
    this.#ended = ended
    this.#backend = backend
  }

  static async start(): Promise<Tracing> {
    const backend = await OtlpServer.open()
    const exporter = new OTLPTraceExporter({ url: `${backend.url}/v1/traces` })
    const ended = new EndedSpans()
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1.4.0' }),
      spanProcessors: [new BatchSpanProcessor({ exporter }), ended],
    })
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    trace.setGlobalTracerProvider(provider)
    return new Tracing(provider, ended, backend)
  }

  /**
   * The export requests of a run that ends so many spans; some instrumentations end theirs a
   * little after the application has its answer.
   */
  async exported(spans: number): Promise<readonly Buffer[]> {
    await this.#ended.take(spans)
    await this.#provider.forceFlush()
    return this.#backend.got.splice(0).map((it) => it.body)
  }

  async stop(): Promise<void> {
    await this.#provider.shutdown()
    await this.#backend.close()
  }
}

/** Counts spans as they end. */
class EndedSpans implements SpanProcessor {
  #count = 0
  #changed = Promise.withResolvers<void>()

  /** Waits for so many, and forgets them. */
  async take(count: number): Promise<void> {
    while (this.#count < count) await this.#changed.promise
    this.#count -= count
  }

  onStart(): void {}

  onEnd(): void {
    this.#count++
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
