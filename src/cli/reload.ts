import { isDeepStrictEqual } from 'node:util'
import type { ReloadReport } from '../admin/observed.ts'
import type { Log } from '../component/log.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Changes } from '../pipeline/reload.ts'

/** Settings of `service` that a running process cannot go over to. */
const fixed = ['admin', 'memory', 'storage', 'telemetry', 'extensions']

/** Settings that differ from those of the start and will have no effect before the next one. */
export function waitingForRestart(started: LoadedConfig, after: LoadedConfig): readonly string[] {
  const service = (config: LoadedConfig, key: string) => at(at(config.resolved, 'service'), key)
  const changed = fixed
    .filter((key) => !isDeepStrictEqual(service(started, key), service(after, key)))
    .map((key) => `service.${key}`)
  const extensions = [started, after].map((it) => at(it.resolved, 'extensions'))
  return isDeepStrictEqual(extensions[0], extensions[1]) ? changed : [...changed, 'extensions']
}

/** Whether two configurations say the same, secrets included. */
export function isSameConfig(before: LoadedConfig, after: LoadedConfig): boolean {
  return isDeepStrictEqual(before.resolved, after.resolved)
}

/** What a reload changed, in one line. */
export function changesText({ added, removed, changed }: Changes): string {
  const parts = [
    ['added', added],
    ['removed', removed],
    ['changed', changed],
  ] as const
  const said = parts.filter(([, ids]) => ids.length > 0)
  if (said.length === 0) return 'pipelines alone'
  return said.map(([word, ids]) => `${word} ${ids.join(', ')}`).join('; ')
}

/** A report in the words of the command line. */
export function reportText({
  outcome,
  changes,
  problem,
  needs_restart = [],
}: ReloadReport): string {
  if (outcome === 'refused') return `the running configuration stays\n${problem}`
  const said = outcome === 'unchanged' ? nothingChanged : `runs the new configuration: ${changes}`
  return needs_restart.length === 0
    ? said
    : `${said}\nat the next start: ${needs_restart.join(', ')}`
}

/** The same for the log. */
export function logReload(
  log: Log,
  actor: string,
  { outcome, changes, problem, needs_restart = [] }: ReloadReport,
): void {
  if (outcome === 'refused') {
    log.error({ actor, problem }, 'the new configuration cannot be used; the running one stays')
  } else if (outcome === 'unchanged') {
    log.info({ actor }, nothingChanged)
  } else {
    log.info({ actor, changes }, 'runs the new configuration')
  }
  if (needs_restart.length > 0) {
    log.warn({ settings: needs_restart }, 'some settings have changed and wait for a restart')
  }
}

const nothingChanged = 'the configuration is the one that runs: nothing changed'

function at(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null) return undefined
  return Object.getOwnPropertyDescriptor(tree, key)?.value
}
