import { operationKeys } from '../../genai/operation-of.ts'
import type { Source } from '../../genai/sources.ts'
import type { ExplainedFact, Field, Unused } from './explained.ts'
import { isOfResource, rowsOf } from './fields.ts'
import { isSection } from './origins.ts'
import type { Notes } from './seen-span.ts'

/** What is there of a span, and was not taken for anything. */
export interface Leftovers {
  readonly unused: readonly Unused[]
  readonly unread: readonly string[]
}

/** Attributes with sums over several calls: never the tokens of one. */
const sums: readonly RegExp[] = [
  /^gen_ai\.usage\.partial\./,
  /^gen_ai\.aggregated_usage\./,
  /^crewai\.crew\.token_usage$/,
  /^mlflow\.trace\.(tokenUsage|cost)$/,
]

/** Read by their beginnings, so that no row has them. */
const walked: readonly RegExp[] = [
  /^(trace\.|session\.)?(evaluations|annotations)\.\d/,
  /^logfire\.variables\./,
]

const carriers: ReadonlySet<string> = new Set(operationKeys)

/** @param tables the keys of every row, in the order in which they are asked */
export function leftovers(
  notes: Notes,
  who: readonly Field[],
  facts: readonly ExplainedFact[],
  tables: Readonly<Record<string, Source>>,
): Leftovers {
  const rows = [...notes.read].filter(([row]) => !isOfResource(row))
  const taken = new Set(rows.map(([, key]) => key))
  const unused = new Map<string, Unused>()
  const compare = (fields: readonly Field[], section: string) => {
    for (const { name, from } of fields) {
      if (from?.on !== 'span' || from.attribute === undefined || !isSection(section)) continue
      const instead = from.attribute
      for (const attribute of rowsOf(section, name).flatMap((row) => tables[row]?.keys ?? [])) {
        if (!notes.span.has(attribute) || taken.has(attribute) || unused.has(attribute)) continue
        const said = notes.span.get(attribute)
        const isSame = said !== undefined && said === notes.span.get(instead)
        unused.set(attribute, { attribute, why: isSame ? 'same' : 'asked_later', instead })
      }
    }
  }
  compare(who, 'every_fact')
  for (const { kind, fields } of facts) {
    compare(fields, kind)
    if (kind === 'llm_call') compare(fields, 'usage')
  }
  for (const attribute of notes.span.keys()) {
    if (!sums.some((it) => it.test(attribute))) continue
    unused.set(attribute, { attribute, why: 'sum', instead: undefined })
  }
  const isLeft = (key: string) =>
    !taken.has(key) && !unused.has(key) && !carriers.has(key) && !walked.some((it) => it.test(key))
  return { unused: [...unused.values()], unread: [...notes.span.keys()].filter(isLeft) }
}
