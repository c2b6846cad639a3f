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
  storage: refused('is not available yet: everything is kept in memory; leave it out'),
  telemetry: telemetry.prefault({}),
})

export type WrittenAdmin = z.output<typeof admin>

/** A setting that is known, and refused with a sentence that says why. */
function refused(message: string) {
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value !== undefined) context.addIssue({ code: 'custom', message })
    })
}
