import { createHash, randomUUID } from 'node:crypto'
import type { Counter } from '@opentelemetry/api'
import type { Listening } from '../admin/listen.ts'
import type { About, Observed, PastReload, ReloadReport } from '../admin/observed.ts'
import { startProbes } from '../admin/probes.ts'
import { startAdmin } from '../admin/server.ts'
import { type Auditor, noAuditor } from '../audit/auditor.ts'
import { type ConfigDiff, configDiff } from '../audit/config-diff.ts'
import {
  collectorStart,
  collectorStop,
  configLoad,
  configReload,
  configReloadRefused,
  type RunBefore,
} from '../audit/entries.ts'
import type { JsonValue, NewEntry } from '../audit/entry.ts'
import { jsonOf } from '../audit/json-of.ts'
import { openAudit } from '../audit/open-audit.ts'
import { admissionBytes, MemoryLedger } from '../component/memory.ts'
import { machineScheduler } from '../component/scheduler.ts'
import { type LoadedConfig, locateProblems } from '../config/load.ts'
import { printConfig } from '../config/print.ts'
import { names } from '../facts/names.ts'
import { ListenerPool } from '../net/server/listeners.ts'
import type { Engine } from '../pipeline/engine.ts'
import type { Logging } from '../telemetry/logging.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { SelfTelemetry } from '../telemetry/self-telemetry.ts'
import { build, graphOf, unusable } from './load.ts'
import { type OpenStorage, openStorage } from './open-storage.ts'
import { type Product, reasonOf } from './product.ts'
import { changesText, isSameConfig, logReload, waitingForRestart } from './reload.ts'
import { leftoverWarning, recordsLeft } from './storage-words.ts'

/** Told of a component that is lost: the process should end. */
type OnLost = (component: string, cause: unknown) => void

/** A configuration, running: the graph and the admin server beside it. */
export class Collector {
  readonly engine: Engine
  readonly #product: Product
  readonly #telemetry: SelfTelemetry
  readonly #logging: Logging
  readonly #observed: Observed
  readonly #around: Around
  readonly #reloads: Counter
  /** What this process started with: settings that no reload can change come from here. */
  readonly #started: LoadedConfig
  #config: LoadedConfig
  #reloading: Promise<unknown> = Promise.resolve()
  #admin: Listening | undefined
  #probes: Listening | undefined
  #readySinceMs: number | undefined
  #lastReload: PastReload | undefined

  private constructor(
    config: LoadedConfig,
    product: Product,
    about: About,
    telemetry: SelfTelemetry,
    logging: Logging,
    around: Around,
    onLost: OnLost,
  ) {
    const memory = new MemoryLedger(admissionBytes(config.service.memory.limit_mib))
    this.#started = config
    this.#config = config
    this.#product = product
    this.#logging = logging
    this.#telemetry = telemetry
    this.#around = around
    this.#reloads = telemetry.metrics.meter.createCounter(names.configReloads, { unit: '{reload}' })
    this.engine = build(config, {
      catalogue: product.components,
      environment: {
        scheduler: machineScheduler,
        random: Math.random,
        log: (component) => logging.component(component),
        meter: telemetry.metrics.meter,
        memory,
        storage: around.storage?.engine,
        listeners: around.listeners.generation(),
        tracing: telemetry.tracing,
      },
      fingerprint: fingerprint(config, product),
      onLost,
    })
    const { store } = around.storage ?? {}
    this.#observed = {
      about,
      engine: this.engine,
      pipelines: () => [...this.#config.service.pipelines.values()],
      memory,
      metrics: telemetry.metrics,
      readySinceMs: () => this.#readySinceMs,
      logLinesLeftOut: () => logging.leftOut,
      audit: around.audit,
      reload: around.read && ((actor) => this.reload(actor)),
      lastReload: () => this.#lastReload,
      storage: store && (() => store.status()),
    }
  }

  /**
   * Builds the graph and starts nothing; rejects where the configuration does not allow it.
   *
   * @param read reads the configuration again; rejects with all that is wrong with it
   */
  static async create(
    config: LoadedConfig,
    product: Product,
    logging: Logging,
    onLost: OnLost,
    read?: () => Promise<LoadedConfig>,
  ): Promise<Collector> {
    const about = aboutOf(product, config)
    const { telemetry, storage } = config.service
    const own = await SelfTelemetry.create(telemetry, targetOf(about, config), logging.log)
    const opened = storage && (await openStorage(storage, own.metrics.meter))
    const leftover = opened && leftoverWarning(storage, opened.store)
    if (leftover !== undefined) logging.log.warn({}, leftover)
    try {
      const now = () => machineScheduler.now()
      const audit = opened && (await openAudit(opened.store.directory, { now, log: logging.log }))
      const around = {
        storage: opened,
        audit: audit ?? noAuditor,
        closeAudit: async () => audit?.close(),
        runBefore: audit?.runBefore,
        listeners: new ListenerPool(),
        read,
      }
      return new Collector(config, product, about, own, logging, around, onLost)
    } catch (cause) {
      await opened?.store.close()
      throw cause
    }
  }

  /** The configuration that runs. */
  get config(): LoadedConfig {
    return this.#config
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

  /** Records on disk that the next start processes; `undefined` where no requests are kept. */
  async recordsLeft(): Promise<number | undefined> {
    const { store } = this.#around.storage ?? {}
    return store && recordsLeft(store)
  }

  /** Starts the pages of metrics, what answers probes, "not ready" at first, and then the graph. */
  async start(): Promise<void> {
    const { log } = this.#logging
    await this.#telemetry.start()
    await this.#auditStart()
    const { admin, probes } = this.#config.service
    this.#admin = await startAdmin(admin, this.#observed, log)
    if (probes) this.#probes = await startProbes(probes, this.#observed.readySinceMs)
    await this.engine.start()
    this.#warnOfLoops()
    this.#readySinceMs = Date.now()
  }

  /**
   * Reads the configuration again and goes over to it while everything runs; what is wrong with it
   * is said, and leaves all as it is. Reloads follow each other in the order they are asked for.
   * Never rejects.
   *
   * @param actor who asks, for the audit log
   */
  reload(actor: string): Promise<ReloadReport> {
    const report = this.#reloading.then(() => this.#reloadNow(actor))
    this.#reloading = report
    return report
  }

  /**
   * Stops in order and keeps answering probes meanwhile; {@link close} ends that too.
   *
   * @returns whether everything was done in time
   */
  async stop(deadlineMs: number): Promise<boolean> {
    this.#readySinceMs = undefined
    const inTime = await this.engine.stop(deadlineMs)
    await this.#audited(collectorStop())
    return inTime
  }

  async close(): Promise<void> {
    await this.#telemetry.close()
    await Promise.all([this.#admin?.close(), this.#probes?.close()])
    await this.#around.closeAudit()
    await this.#around.storage?.store.close()
  }

  async #reloadNow(actor: string): Promise<ReloadReport> {
    const report = await this.#goOver(actor).catch((cause: unknown): ReloadReport => {
      return { outcome: 'refused', problem: reasonOf(cause) }
    })
    this.#lastReload = { ...report, at: new Date().toISOString() }
    this.#reloads.add(1, { outcome: report.outcome })
    logReload(this.#logging.log, actor, report)
    if (report.outcome === 'refused') {
      await this.#audited(configReloadRefused({ actor, problems: [report.problem ?? ''] }))
    }
    return report
  }

  async #goOver(actor: string): Promise<ReloadReport> {
    const before = this.#config
    const after = await this.#around.read?.()
    if (after === undefined) return { outcome: 'unchanged' }
    const needs_restart = waitingForRestart(this.#started, after)
    if (isSameConfig(before, after)) return { outcome: 'unchanged', needs_restart }
    const print = fingerprint(after, this.#product)
    const reloaded = await this.engine.reload({
      config: graphOf(after),
      fingerprint: print,
      reason: `reload: ${diffText(before, after)}`,
      listeners: this.#around.listeners.generation(),
    })
    if (!reloaded.ok) throw unusable(locateProblems(after, reloaded.problems))
    this.#config = after
    await this.#audited(configReload({ actor, fingerprint: print, diff: diffOf(before, after) }))
    this.#warnOfLoops()
    return { outcome: 'reloaded', changes: changesText(reloaded.changes), needs_restart }
  }

  async #auditStart(): Promise<void> {
    const { version } = this.#product
    const { runBefore } = this.#around
    const its = fingerprint(this.#config, this.#product)
    const nowMs = machineScheduler.now()
    await this.#audited(collectorStart({ version, fingerprint: its, nowMs, runBefore }))
    await this.#audited(configLoad({ fingerprint: its }))
  }

  /** What cannot be written down is said, and stops nothing. */
  async #audited(entry: NewEntry): Promise<void> {
    await this.#around.audit.append(entry).catch((cause: unknown) => {
      this.#logging.log.error({ err: cause, type: entry.type }, 'cannot write to the audit log')
    })
  }

  #warnOfLoops(): void {
    this.#telemetry.warnOfLoops(this.engine.instances.hosts.flatMap((it) => it.listening))
  }
}

/** What a collector stands on beside its graph. */
interface Around {
  readonly storage: OpenStorage | undefined
  readonly audit: Auditor
  readonly closeAudit: () => Promise<void>
  readonly runBefore: RunBefore | undefined
  readonly listeners: ListenerPool
  readonly read: (() => Promise<LoadedConfig>) | undefined
}

function printed(config: LoadedConfig): JsonValue {
  return jsonOf(JSON.parse(printConfig(config, { format: 'json' })))
}

function diffOf(before: LoadedConfig, after: LoadedConfig): ConfigDiff {
  return configDiff(printed(before), printed(after))
}

/** Paths that differ, as many as fit into a line. */
function diffText(before: LoadedConfig, after: LoadedConfig): string {
  const paths = diffOf(before, after).changes.map((it) => it.path)
  return [...paths.slice(0, 10), ...(paths.length > 10 ? ['…'] : [])].join(', ')
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
