import type { Dialect, DialectName } from './dialect.ts'
import { dialects } from './dialects.ts'
import { compilePattern, type Pattern } from './pattern.ts'

/** What a scope and its resource tell of all spans in it. */
export interface ScopeDialect {
  readonly scope: string
  /** Whose all its spans are. */
  readonly dialect: DialectName | undefined
  /** Whose those of its spans are that something else calls an agent's. */
  readonly hints: readonly DialectName[]
  /** Whether the names of its spans may tell an agent's where no attribute does. */
  readonly hasTellingNames: boolean
  /** Why its spans say nothing. */
  readonly noise: string | undefined
  /** The same, of spans without the mark of a dialect. */
  readonly noiseUnlessMarked: string | undefined
}

/** All keys of a resource that {@link dialectOfScope} asks for. */
export const resourceKeys: readonly string[] = [
  ...new Set(
    dialects.flatMap(({ resource = [], noise = [] }) => [
      ...resource.map(([key]) => key),
      ...noise.flatMap((rule) => (rule.resource === undefined ? [] : [rule.resource[0]])),
    ]),
  ),
]

const scopes = compileScopes(({ scopes }) => scopes)
const sharedScopes = compileScopes(({ sharedScopes }) => sharedScopes)

/**
 * What a scope tells; asked once per scope, not per span.
 *
 * @param resource the value of an attribute of the resource, `undefined` where it has none
 */
export function dialectOfScope(
  scope: string,
  resource: (key: string) => string | undefined,
): ScopeDialect {
  const shared = sharedScopes.filter(([fits]) => fits(scope)).map(([, name]) => name)
  return {
    scope,
    dialect: scopes.find(([fits]) => fits(scope))?.[1],
    hints: [...new Set([...shared, ...hintsOf(resource)])],
    hasTellingNames: !ordinary.some((it) => scope.startsWith(it)),
    noise: noiseOf(scope, resource, false),
    noiseUnlessMarked: noiseOf(scope, resource, true),
  }
}

/** Libraries of OpenTelemetry for servers and databases, which say in attributes what they know. */
const ordinary = [
  'opentelemetry.instrumentation.',
  '@opentelemetry/instrumentation-',
  'io.opentelemetry.',
  'OpenTelemetry.Instrumentation.',
  'go.opentelemetry.io/contrib/',
]

type ScopePattern = readonly [fits: Pattern, dialect: DialectName]

/** Exact names stand before patterns, so that the more telling one wins. */
function compileScopes(of: (dialect: Dialect) => readonly string[] | undefined): ScopePattern[] {
  const all = dialects.flatMap((dialect) =>
    (of(dialect) ?? []).map((scope) => [scope, dialect.name] as const),
  )
  const exact = all.filter(([scope]) => !scope.includes('*'))
  const patterns = all.filter(([scope]) => scope.includes('*'))
  return [...exact, ...patterns].map(([scope, name]) => [compilePattern(scope), name])
}

function hintsOf(resource: (key: string) => string | undefined): DialectName[] {
  return dialects
    .filter((dialect) =>
      dialect.resource?.some(([key, wanted]) => {
        const value = resource(key)
        return value !== undefined && (wanted === '*' || wanted === value)
      }),
    )
    .map(({ name }) => name)
}

function noiseOf(
  scope: string,
  resource: (key: string) => string | undefined,
  isUnlessMarked: boolean,
): string | undefined {
  for (const { noise = [] } of dialects) {
    for (const rule of noise) {
      if ((rule.isUnlessMarked ?? false) !== isUnlessMarked) continue
      if (rule.scope === scope && scope !== '') return rule.reason
      if (rule.resource !== undefined && resource(rule.resource[0]) === rule.resource[1]) {
        return rule.reason
      }
    }
  }
  return undefined
}
