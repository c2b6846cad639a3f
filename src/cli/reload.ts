import { isDeepStrictEqual } from 'node:util'
import type { ReloadReport } from '../admin/observed.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Changes } from '../pipeline/reload.ts'

/** Settings of `service` that a running process cannot go over to. */
const fixed = ['admin', 'memory', 'storage', 'telemetry', 'extensions']

/** Settings that differ and will have no effect before the next start. */
export function waitingForRestart(before: LoadedConfig, after: LoadedConfig): readonly string[] {
  const service = (config: LoadedConfig, key: string) => at(at(config.resolved, 'service'), key)
  const changed = fixed
    .filter((key) => !isDeepStrictEqual(service(before, key), service(after, key)))
    .map((key) => `service.${key}`)
  const extensions = [before, after].map((it) => at(it.resolved, 'extensions'))
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
export function reportText(report: ReloadReport): string {
  if (report.outcome === 'unchanged')
    return 'the configuration is the one that runs: nothing changed'
  if (report.outcome === 'refused') return `the running configuration stays\n${report.problem}`
  const waiting = report.needs_restart ?? []
  const later = waiting.length === 0 ? '' : `\nat the next start: ${waiting.join(', ')}`
  return `runs the new configuration: ${report.changes}${later}`
}

function at(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null) return undefined
  return Object.getOwnPropertyDescriptor(tree, key)?.value
}
