import type { Dialect, DialectName, SpanName } from './dialect.ts'
import { dialects } from './dialects.ts'
import { compilePattern, type Pattern } from './pattern.ts'

/** What the name of a span tells. */
export interface NamedOperation extends SpanName {
  readonly dialect: DialectName
}

/** Names of spans, exact or as patterns; the first that fits tells. */
class SpanNameTable {
  readonly #exact = new Map<string, NamedOperation>()
  readonly #patterns: (readonly [fits: Pattern, named: NamedOperation])[] = []

  add(named: NamedOperation): void {
    if (named.name.includes('*')) this.#patterns.push([compilePattern(named.name), named])
    else if (!this.#exact.has(named.name)) this.#exact.set(named.name, named)
  }

  find(name: string): NamedOperation | undefined {
    return this.#exact.get(name) ?? this.#patterns.find(([fits]) => fits(name))?.[1]
  }
}

const tables: ReadonlyMap<DialectName, SpanNameTable> = new Map(
  dialects.map((dialect) => [dialect.name, tableOf([dialect], () => true)]),
)
const decisive = tableOf(dialects, ({ isDecisive }) => isDecisive === true)
const firstLetters: ReadonlySet<number> = new Set(
  dialects.flatMap(({ spanNames = [] }) =>
    spanNames.filter(({ isDecisive }) => isDecisive).map(({ name }) => name.charCodeAt(0)),
  ),
)

function tableOf(of: readonly Dialect[], isWanted: (name: SpanName) => boolean): SpanNameTable {
  const table = new SpanNameTable()
  for (const { name: dialect, spanNames = [] } of of) {
    for (const named of spanNames) if (isWanted(named)) table.add({ ...named, dialect })
  }
  return table
}

/** What a span is named for in its own dialects, else in the plain conventions. */
export function namedIn(told: readonly DialectName[], name: string): NamedOperation | undefined {
  for (const dialect of told) {
    const named = tables.get(dialect)?.find(name)
    if (named !== undefined) return named
  }
  return tables.get('otel')?.find(name)
}

/** What a name tells of a span of which nothing else is known. */
export function decisiveName(name: string): NamedOperation | undefined {
  return firstLetters.has(name.charCodeAt(0)) ? decisive.find(name) : undefined
}
