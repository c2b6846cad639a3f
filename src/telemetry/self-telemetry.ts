import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { Log } from '../component/log.ts'
import { displayUrl } from '../config/fields.ts'
import type { TelemetryConfig } from '../config/telemetry.ts'
import type { Tracing } from '../pipeline/tracing.ts'
import { sentToOurselves } from './loops.ts'
import { pagesOf, sendingReaders } from './metric-readers.ts'
import { createMetrics, type Metrics, type TargetInfo } from './metrics.ts'
import { type OwnTraces, openTraces } from './own-traces.ts'
import { type PrometheusServer, servePrometheus } from './prometheus-server.ts'

/** How long the last exports may take at the end, in milliseconds. */
const lastExportMs = 5_000

/** What the collector says about itself beside its log: metrics that are read or sent, and spans. */
export class SelfTelemetry {
  readonly metrics: Metrics
  readonly #config: TelemetryConfig
  readonly #log: Log
  readonly #traces: OwnTraces | undefined
  readonly #pages: PrometheusServer[] = []

  private constructor(
    config: TelemetryConfig,
    log: Log,
    metrics: Metrics,
    traces: OwnTraces | undefined,
  ) {
    this.#config = config
    this.#log = log
    this.metrics = metrics
    this.#traces = traces
  }

  /** Makes everything that `service.telemetry` asks for; nothing listens yet. */
  static async create(
    config: TelemetryConfig,
    target: TargetInfo,
    log: Log,
  ): Promise<SelfTelemetry> {
    tellDefects(log)
    const { level, readers } = config.metrics
    const sending = level === 'none' ? [] : await sendingReaders(readers)
    const metrics = createMetrics(target, { level, readers: sending })
    return new SelfTelemetry(config, log, metrics, await openTraces(config.traces, target))
  }

  /** Serves the pages that Prometheus reads; rejects, naming the setting, where that cannot be. */
  async start(): Promise<void> {
    const { level, readers } = this.#config.metrics
    if (level === 'none') return
    for (const page of pagesOf(readers)) {
      this.#pages.push(await servePrometheus(page, this.metrics))
    }
  }

  /** What follows batches, where spans are asked for. */
  get tracing(): Tracing | undefined {
    return this.#traces?.tracing
  }

  /** Says so where what we send about ourselves comes in again at one of our receivers. */
  warnOfLoops(listening: readonly string[]): void {
    for (const endpoint of sentToOurselves(this.#config, listening)) {
      const fields = { endpoint: displayUrl(endpoint) }
      this.#log.warn(fields, 'the collector sends its own telemetry to one of its own receivers')
    }
  }

  /** Where the metrics can be read. */
  get urls(): readonly string[] {
    return this.#pages.map(({ url }) => url)
  }

  /** Exports what is left, for a short time, and stops listening. */
  async close(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, lastExportMs)
    const exports = Promise.allSettled([this.metrics.close(), this.#traces?.close()])
    await Promise.race([exports, late.promise])
    clearTimeout(timer)
    await Promise.all(this.#pages.map((it) => it.close()))
    diag.disable()
  }
}

/** What the SDK cannot export it tells nobody but its own log. */
function tellDefects(log: Log): void {
  const warn = (message: string) => log.warn({}, `own telemetry: ${message}`)
  const logger = { error: warn, warn, info() {}, debug() {}, verbose() {} }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
}
