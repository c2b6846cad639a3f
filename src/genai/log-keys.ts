import { resultKeys } from './evaluations.ts'
import { guardKeys } from './guard-event.ts'
import { logCallKeys } from './log-calls.ts'
import { compileSources, type Source } from './sources.ts'
import { flagKeys } from './variants.ts'

/** Where events of the log say what they tell; one matcher finds all of it in a single pass. */
const logKeys = {
  ...resultKeys,
  ...guardKeys,
  ...flagKeys,
  ...logCallKeys,
  exceptionType: ['error.type', 'exception.type'],
  auditAction: ['agt.audit.action'],
  auditDecision: ['agt.audit.decision'],
  auditPolicy: ['agt.policy.name'],
  toolDecision: ['decision'],
  toolDecisionSource: ['source'],
} as const satisfies Record<string, readonly string[]>

export type LogSources = Readonly<Record<keyof typeof logKeys, Source>>

export const { matcher: logMatcher, of: logSources } = compileSources(logKeys)
