import { z } from 'zod'
import {
  componentId,
  type Endpoint,
  endpoint,
  mib,
  type Secret,
  secret,
  stringList,
} from './fields.ts'
import type { Path } from './problem.ts'
import { type StorageConfig, storage } from './storage.ts'
import { type TelemetryConfig, telemetry } from './telemetry.ts'

export const pipelineKinds = ['traces', 'logs', 'metrics', 'alerts'] as const
export type PipelineKind = (typeof pipelineKinds)[number]

export interface PipelineConfig {
  /** `traces` or `traces/name`. */
  readonly id: string
  readonly kind: PipelineKind
  readonly name?: string
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
  readonly path: Path
}

export interface AdminConfig {
  readonly endpoint: Endpoint
  /** Where probes ask for health; `/` unless `health_check` says otherwise. */
  readonly path: string
  readonly tokens: readonly AdminToken[]
}

/** Where probes are answered and nothing else is. */
export interface ProbesConfig {
  readonly endpoint: Endpoint
  readonly path: string
}

export interface AdminToken {
  readonly name: string
  readonly token: Secret
  readonly roles: readonly ('read' | 'operate' | 'force')[]
}

export interface ServiceConfig {
  readonly pipelines: ReadonlyMap<string, PipelineConfig>
  readonly admin: AdminConfig
  /** Beside the admin server, where `health_check` is open to other machines. */
  readonly probes: ProbesConfig | undefined
  readonly memory: { readonly limit_mib: number }
  /** What lies on disk; absent where everything is in memory. */
  readonly storage?: StorageConfig | undefined
  readonly telemetry: TelemetryConfig
}

const token = z.strictObject({
  name: z.string().min(1).describe('Who acts, in the audit log.'),
  token: secret().describe('What the client sends as its bearer token.'),
  roles: z.array(z.enum(['read', 'operate', 'force'])).min(1),
})

const admin = z.strictObject({
  endpoint: endpoint().optional().describe('Where people and probes reach the collector.'),
  tokens: z.array(token).default([]).describe('Needed where other machines reach the endpoint.'),
})

/** What one pipeline joins, by component id. */
export const pipeline = z.strictObject({
  receivers: stringList().prefault([]),
  processors: stringList().prefault([]),
  exporters: stringList().prefault([]),
})

/** The settings of `service`; what they refer to in other sections is checked elsewhere. */
export const service = z.strictObject({
  pipelines: z.record(z.string(), pipeline).prefault({}),
  extensions: z.array(componentId()).default([]),
  admin: admin.prefault({}),
  memory: z.strictObject({ limit_mib: mib().default(512) }).prefault({}),
  storage: storage.optional().describe('What lies on disk; absent, everything is in memory.'),
  telemetry: telemetry.prefault({}),
})

export type WrittenAdmin = z.output<typeof admin>
