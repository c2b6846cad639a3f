import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { Log } from '../component/log.ts'
import type { TelemetryConfig } from '../config/telemetry.ts'
import { pagesOf, sendingReaders } from './metric-readers.ts'
import { createMetrics, type Metrics, type TargetInfo } from './metrics.ts'
import { type PrometheusServer, servePrometheus } from './prometheus-server.ts'

/** How long the last exports may take at the end, in milliseconds. */
const lastExportMs = 5_000

/** What the collector says about itself beside its log: metrics that are read or sent. */
export class SelfTelemetry {
  readonly metrics: Metrics
  readonly #config: TelemetryConfig
  readonly #pages: PrometheusServer[] = []

  private constructor(config: TelemetryConfig, metrics: Metrics) {
    this.#config = config
    this.metrics = metrics
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
    return new SelfTelemetry(config, createMetrics(target, { level, readers: sending }))
  }

  /** Serves the pages that Prometheus reads; rejects, naming the setting, where that cannot be. */
  async start(): Promise<void> {
    const { level, readers } = this.#config.metrics
    if (level === 'none') return
    for (const page of pagesOf(readers)) {
      this.#pages.push(await servePrometheus(page, this.metrics))
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
    await Promise.race([this.metrics.close().catch(() => {}), late.promise])
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
