import type { Issue } from './issues.ts'
import type { Path } from './problem.ts'
import { type Tree, treeAt, valueAt } from './tree.ts'

/**
 * Gives a schema what it asked for where YAML's typing is in the way, each path once: an empty
 * value counts as not written (of a map: as an empty one), a string takes the original text of its
 * `${…}`, and `yes`, `no`, `on`, `off` are booleans where one is wanted.
 *
 * @returns whether the value was changed, so that it should be checked again
 */
export function repair(
  root: { value: unknown },
  { path, issue }: Issue,
  tree: Tree,
  repaired: Set<string>,
): boolean {
  const key = JSON.stringify(path)
  const value = valueAt(root.value, path)
  if (repaired.has(key)) return false
  const expected = expectedBy(issue, value)
  const replacement = replacementFor(value, expected, treeAt(tree, path)?.text)
  const isRemoved = value === null && replacement === undefined
  if (!isRemoved && replacement === undefined) return false
  repaired.add(key)
  return isRemoved ? remove(root, path) : replace(root, path, replacement)
}

/** One of several strings is a string too: `on` or `1` may come from a variable as another type. */
function expectedBy(issue: Issue['issue'], value: unknown): string | undefined {
  if (issue.code === 'invalid_type') return issue.expected
  return issue.code === 'invalid_value' && value !== null ? 'string' : undefined
}

function replacementFor(value: unknown, expected: string | undefined, text: string | undefined) {
  if (expected === 'string' && typeof value !== 'string') return text
  if (value === null) return expected === 'object' || expected === 'record' ? {} : undefined
  if (expected !== 'boolean' || typeof value !== 'string') return undefined
  if (/^(yes|on)$/i.test(value)) return true
  return /^(no|off)$/i.test(value) ? false : undefined
}

function replace(root: { value: unknown }, path: Path, value: unknown): boolean {
  const [parent, step] = parentOf(root.value, path)
  if (step === undefined) root.value = value
  else if (typeof parent === 'object' && parent !== null) Reflect.set(parent, step, value)
  return true
}

/** Entries of lists stay: without one the others would move. */
function remove(root: { value: unknown }, path: Path): boolean {
  const [parent, step] = parentOf(root.value, path)
  if (step === undefined) return replace(root, path, undefined)
  if (typeof parent !== 'object' || parent === null || Array.isArray(parent)) return false
  return Reflect.deleteProperty(parent, step)
}

function parentOf(value: unknown, path: Path): readonly [unknown, string | number | undefined] {
  return [valueAt(value, path.slice(0, -1)), path.at(-1)]
}
