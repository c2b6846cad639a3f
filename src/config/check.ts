import type { z } from 'zod'
import { flatten, type Issue } from './issues.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import { repair } from './repair.ts'
import { hidingOfPlain, settingsAt } from './schema-walk.ts'
import { sentenceFor } from './sentences.ts'
import { type Tree, toValue, treeAt, valueAt } from './tree.ts'

export interface Checked<T> {
  /** What the schema makes of the tree; missing where there are problems. */
  readonly config?: T
  /** The plain value that the schema was given in the end. */
  readonly resolved: unknown
  readonly problems: readonly Problem[]
}

/**
 * Checks the part of a configuration that stands at a path. An empty value counts as not written,
 * and a string field takes the original text of its `${…}`.
 *
 * @param name what the settings belong to, for the sentence about unknown ones
 */
export function check<T>(schema: z.ZodType<T>, tree: Tree, path: Path, name: string): Checked<T> {
  const root = { value: toValue(tree) }
  const repaired = new Set<string>()
  for (;;) {
    const result = schema.safeParse(root.value, { error: sentenceFor })
    if (result.success) return { config: result.data, resolved: root.value, problems: [] }
    const issues = flatten(result.error.issues)
    if (issues.map((issue) => repair(root, issue, tree, repaired)).includes(true)) continue
    const problems = issues.flatMap((it) => problemsOf(it, { schema, tree, path, name, root }))
    return { resolved: root.value, problems }
  }
}

interface Context {
  readonly schema: z.ZodType
  readonly tree: Tree
  readonly path: Path
  readonly name: string
  readonly root: { readonly value: unknown }
}

function problemsOf({ path, issue }: Issue, context: Context): Problem[] {
  const whole = [...context.path, ...path]
  if (issue.code === 'unrecognized_keys') {
    const settings = settingsAt(context.schema, path)
    return issue.keys.map((key) =>
      unknownSetting(key, whole, settings, path.at(-1) ?? context.name),
    )
  }
  const origin = treeAt(context.tree, path)?.origin
  const message =
    issue.message === 'is required' && origin?.unset !== undefined
      ? `is required, and the environment variable ${origin.unset} is not set`
      : issue.message
  return [{ path: whole, message, severity: 'error', ...foundAt(path, context) }]
}

/** The problem of a key that its map does not know. */
export function unknownSetting(
  key: string,
  path: Path,
  settings: readonly string[],
  owner: string | number,
): Problem {
  const where = typeof owner === 'number' ? 'this entry' : owner
  const meant = didYouMean(key, settings)
  const all = meant === '' && settings.length > 0 ? `; it has ${settings.join(', ')}` : ''
  const message = `is no setting of ${where}${meant}${all}`
  return { path: [...path, key], message, severity: 'error' }
}

/** The value for the message, unless it is secret, missing, or too large to be of use. */
function foundAt(path: Path, { schema, tree, root }: Context): Pick<Problem, 'found' | 'from'> {
  const found = valueAt(root.value, path)
  const hides = hidingOfPlain(schema, path)
  const isPlain = typeof found !== 'object' && found !== undefined
  if (!isPlain || hides === 'everything') return {}
  if (hides === 'credentials' && /[@?#]/.test(String(found))) return {}
  const from = treeAt(tree, path)?.origin?.reference
  return { found, ...(from !== undefined && { from }) }
}
