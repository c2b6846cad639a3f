import { createHash, randomUUID } from 'node:crypto'
import type { Listening } from '../admin/listen.ts'
import type { About, Observed } from '../admin/observed.ts'
import { startProbes } from '../admin/probes.ts'
import { startAdmin } from '../admin/server.ts'
import { admissionBytes, MemoryLedger } from '../component/memory.ts'
import { machineScheduler } from '../component/scheduler.ts'
import type { LoadedConfig } from '../config/load.ts'
import { printConfig } from '../config/print.ts'
import type { Engine } from '../pipeline/engine.ts'
import type { Logging } from '../telemetry/logging.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { SelfTelemetry } from '../telemetry/self-telemetry.ts'
import { build } from './load.ts'
import { type OpenStorage, openStorage } from './open-storage.ts'
import type { Product } from './product.ts'

/** Told of a component that is lost: the process should end. */
type OnLost = (component: string, cause: unknown) => void

/** One configuration, running: the graph and the admin server beside it. */
export class Collector {
  readonly config: LoadedConfig
  readonly engine: Engine
  readonly #telemetry: SelfTelemetry
  readonly #logging: Logging
  readonly #observed: Observed
  readonly #storage: OpenStorage | undefined
  #admin: Listening | undefined
  #probes: Listening | undefined
  #readySinceMs: number | undefined

  private constructor(
    config: LoadedConfig,
    product: Product,
    about: About,
    telemetry: SelfTelemetry,
    logging: Logging,
    storage: OpenStorage | undefined,
    onLost: OnLost,
  ) {
    const memory = new MemoryLedger(admissionBytes(config.service.memory.limit_mib))
    this.config = config
    this.#logging = logging
    this.#telemetry = telemetry
    this.#storage = storage
    this.engine = build(config, {
      catalogue: product.components,
      environment: {
        scheduler: machineScheduler,
        random: Math.random,
        log: (component) => logging.component(component),
        meter: telemetry.metrics.meter,
        memory,
        storage: storage?.engine,
        tracing: telemetry.tracing,
      },
      fingerprint: fingerprint(config, product),
      onLost,
    })
    this.#observed = {
      about,
      engine: this.engine,
      pipelines: [...config.service.pipelines.values()],
      memory,
      metrics: telemetry.metrics,
      readySinceMs: () => this.#readySinceMs,
      logLinesLeftOut: () => logging.leftOut,
    }
  }

  /** Builds the graph and starts nothing; rejects where the configuration does not allow it. */
  static async create(
    config: LoadedConfig,
    product: Product,
    logging: Logging,
    onLost: OnLost,
  ): Promise<Collector> {
    const about = aboutOf(product, config)
    const { telemetry } = config.service
    const own = await SelfTelemetry.create(telemetry, targetOf(about, config), logging.log)
    const { storage } = config.service
    const opened = storage && (await openStorage(storage))
    try {
      return new Collector(config, product, about, own, logging, opened, onLost)
    } catch (cause) {
      await opened?.store.close()
      throw cause
    }
  }

  /** What was counted since the start. */
  get metrics(): Metrics {
    return this.#telemetry.metrics
  }

  /** Where the metrics can be read, beside the admin server. */
  get metricsUrls(): readonly string[] {
    return this.#telemetry.urls
  }

  /** Where people and probes ask. */
  get adminUrl(): string | undefined {
    return this.#admin?.url
  }

  /** Where probes of other machines ask, if that is another place. */
  get probesUrl(): string | undefined {
    return this.#probes?.url
  }

  /** Starts the pages of metrics, what answers probes, "not ready" at first, and then the graph. */
  async start(): Promise<void> {
    const { log } = this.#logging
    await this.#telemetry.start()
    const { admin, probes } = this.config.service
    this.#admin = await startAdmin(admin, this.#observed, log)
    if (probes) this.#probes = await startProbes(probes, this.#observed.readySinceMs)
    await this.engine.start()
    this.#telemetry.warnOfLoops(this.engine.instances.hosts.flatMap((it) => it.listening))
    this.#readySinceMs = Date.now()
  }

  /**
   * Stops in order and keeps answering probes meanwhile; {@link close} ends that too.
   *
   * @returns whether everything was done in time
   */
  async stop(deadlineMs: number): Promise<boolean> {
    this.#readySinceMs = undefined
    return this.engine.stop(deadlineMs)
  }

  async close(): Promise<void> {
    await this.#telemetry.close()
    await Promise.all([this.#admin?.close(), this.#probes?.close()])
    await this.#storage?.store.close()
  }
}

/** The same for the same configuration and version; secrets have no part in it. */
function fingerprint(config: LoadedConfig, { version }: Product): string {
  return createHash('sha256')
    .update(`${version}\n${printConfig(config)}`)
    .digest('hex')
}

function aboutOf({ name, version }: Product, { service }: LoadedConfig): About {
  const { resource } = service.telemetry
  return {
    name: String(resource['service.name'] ?? name),
    version: String(resource['service.version'] ?? version),
    instanceId: String(resource['service.instance.id'] ?? randomUUID()),
    startedAtMs: Date.now(),
  }
}

/** What was configured adds to the automatic attributes, and `null` takes one away. */
function targetOf({ name, version, instanceId }: About, { service }: LoadedConfig) {
  const automatic = {
    'service.name': name,
    'service.version': version,
    'service.instance.id': instanceId,
  }
  const all = Object.entries({ ...automatic, ...service.telemetry.resource })
  const kept = all.filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(kept.map(([key, value]) => [key, String(value)]))
}
