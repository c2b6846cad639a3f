import { readFile as readFileOfNode } from 'node:fs/promises'
import type { ComponentConfig, SchemaCatalogue } from './catalogue.ts'
import { expand } from './expand.ts'
import { type Location, type Path, type Problem, sortProblems } from './problem.ts'
import { hidingOfPlain } from './schema-walk.ts'
import { redacted } from './secret.ts'
import type { ServiceConfig } from './service.ts'
import { loadSources } from './sources.ts'
import { locateIn, toValue } from './tree.ts'
import { checkWhole, hides } from './whole.ts'

export type { ComponentConfig, ComponentSchema, SchemaCatalogue, Section } from './catalogue.ts'
export type { PipelineConfig, PipelineKind, ServiceConfig } from './service.ts'

/** A configuration that may be started; references to signals and order are the planner's to check. */
export interface LoadedConfig {
  readonly receivers: ReadonlyMap<string, ComponentConfig>
  readonly processors: ReadonlyMap<string, ComponentConfig>
  readonly exporters: ReadonlyMap<string, ComponentConfig>
  readonly service: ServiceConfig
  readonly warnings: readonly Problem[]
  /** Merged, with its `${…}`. Holds secrets: show it through `printConfig` only. */
  readonly asWritten: unknown
  /** Expanded, before defaults. Holds secrets: show it through `printConfig` only. */
  readonly resolved: unknown
  /** Where a path stands; where it does not exist, its nearest parent. */
  readonly locate: (path: Path, what: 'key' | 'value') => Location
  /** How much of the value at a path may be shown. */
  readonly hides: (path: Path) => 'everything' | 'credentials' | undefined
}

export type LoadResult =
  | { readonly ok: true; readonly config: LoadedConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads, merges, expands and checks a configuration, and names all that is wrong with it at once.
 *
 * @param sources the values of `--config`
 * @param sets the values of `--set`
 */
export async function loadConfig(
  sources: readonly string[],
  sets: readonly string[],
  catalogue: SchemaCatalogue,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => Promise<string> = (path) => readFileOfNode(path, 'utf8'),
): Promise<LoadResult> {
  const loaded = await loadSources(sources, sets, { env, readFile })
  if (loaded.tree === undefined) return { ok: false, problems: sortProblems(loaded.problems) }
  const expansion = await expand(loaded.tree, { env, readFile })
  const checked = checkWhole(expansion.tree, catalogue)
  const expanded = expansion.problems.map((it) => withoutUri(it, catalogue))
  const failed = expanded.filter((it) => it.severity === 'error')
  const located = checked.problems
    .filter((it) => !failed.some(({ path }) => startsWith(it.path, path)))
    .map((it) => ({ at: locateIn(expansion.tree, it.path, 'key'), ...it }))
  const problems = sortProblems([...loaded.problems, ...expanded, ...located])
  const errors = problems.filter((it) => it.severity === 'error')
  if (errors.length > 0) return { ok: false, problems: errors }
  const config: LoadedConfig = {
    ...checked.config,
    warnings: problems,
    asWritten: toValue(loaded.tree),
    locate: (path, what) => locateIn(expansion.tree, path, what),
    hides: (path) => hides(catalogue, path),
  }
  return { ok: true, config }
}

/** Gives problems that were found in a loaded configuration their places. */
export function locateProblems(
  config: Pick<LoadedConfig, 'locate'>,
  problems: readonly (Pick<Problem, 'path' | 'message'> & Partial<Problem>)[],
): Problem[] {
  return problems.map((it) => ({ severity: 'error', at: config.locate(it.path, 'key'), ...it }))
}

/** A `${…}` in or above a secret field may hold part of the secret, as its default for one. */
function withoutUri(problem: Problem, catalogue: SchemaCatalogue): Problem {
  const isSection = problem.path.length < 2
  if (!isSection && hides(catalogue, problem.path, hidingOfPlain) === undefined) return problem
  return { ...problem, message: problem.message.replace(/uri ".*"/s, `uri ${redacted}`) }
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step)
}
