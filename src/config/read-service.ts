import { type Checked, check, unknownSetting } from './check.ts'
import type { Path, Problem } from './problem.ts'
import { service } from './service.ts'
import { onlyForRequests, type StorageConfig } from './storage.ts'
import { withoutEffect } from './telemetry.ts'
import { entriesOf, isEmpty, scalar, type Tree, toValue, treeAt } from './tree.ts'

/**
 * Reads `service` but for its pipelines, each setting for itself. What has problems is missing, or
 * as if it were not written.
 */
export function readService(root: Tree) {
  const tree = treeAt(root, ['service'])
  const at = (key: string) => treeAt(root, ['service', key]) ?? scalar(null, root.place)
  const { shape } = service
  const parts = {
    extensions: check(shape.extensions, at('extensions'), ['service', 'extensions'], 'service'),
    admin: check(shape.admin, at('admin'), ['service', 'admin'], 'admin'),
    memory: check(shape.memory, at('memory'), ['service', 'memory'], 'memory'),
    storage: isEmpty(at('storage'))
      ? unwritten
      : check(shape.storage, at('storage'), ['service', 'storage'], 'storage'),
    telemetry: check(shape.telemetry, at('telemetry'), ['service', 'telemetry'], 'telemetry'),
  }
  return {
    admin: parts.admin.config,
    extensions: parts.extensions.config,
    memory: parts.memory.config ?? shape.memory.parse({}),
    storage: parts.storage.config,
    isStorageWrong: parts.storage.problems.length > 0,
    telemetry: parts.telemetry.config ?? shape.telemetry.parse({}),
    resolved: asGiven(tree, parts),
    problems: [
      ...shapeProblems(tree),
      ...Object.values(parts).flatMap((it) => it.problems),
      ...idleSettings(at('telemetry')),
      ...idleStorage(at('storage'), parts.storage.config),
    ],
  }
}

const unwritten: Checked<StorageConfig | undefined> = { resolved: null, problems: [] }

/** What was written, in its order, as the schemas were given it. */
function asGiven(
  tree: Tree | undefined,
  parts: Readonly<Record<string, Checked<unknown>>>,
): Record<string, unknown> {
  return Object.fromEntries(
    [...entriesOf(tree)].map(([key, { value }]) => [key, parts[key]?.resolved ?? toValue(value)]),
  )
}

function shapeProblems(tree: Tree | undefined): Problem[] {
  const path: Path = ['service']
  if (tree !== undefined && tree.kind !== 'map' && !isEmpty(tree)) {
    return [{ path, message: "must be a map: expected type 'map'", severity: 'error' }]
  }
  const settings = Object.keys(service.shape)
  return [...entriesOf(tree).keys()]
    .filter((key) => !settings.includes(key))
    .map((key) => unknownSetting(key, path, settings, 'service'))
}

function idleSettings(telemetry: Tree): Problem[] {
  return withoutEffect
    .filter((path) => treeAt(telemetry, path) !== undefined)
    .map((path) => ({
      path: ['service', 'telemetry', ...path],
      message: 'has no effect yet',
      severity: 'warning',
    }))
}

function idleStorage(tree: Tree, storage: StorageConfig | undefined): Problem[] {
  if (storage?.keep !== 'state') return []
  return onlyForRequests
    .filter((key) => entriesOf(tree).has(key))
    .map((key) => ({
      path: ['service', 'storage', key],
      message: 'has no effect with keep: state, which stores no requests',
      severity: 'warning',
    }))
}
