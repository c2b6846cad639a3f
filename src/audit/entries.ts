import type { ConfigDiff } from './config-diff.ts'
import type { Head, JsonObject, NewEntry } from './entry.ts'

/** Who acts where no person does. */
export const system = 'system'

function ours(type: string, body: JsonObject): NewEntry {
  return { type, actor: system, body }
}

/** How the run before ended. */
export interface RunBefore {
  /** When its newest entry was written. */
  readonly lastMs: number
  /** Whether it said that it stops. */
  readonly hasStopped: boolean
}

/** The collector runs; what happened since the newest entry of the run before, nobody watched. */
export function collectorStart(start: {
  readonly version: string
  /** Of the configuration. */
  readonly fingerprint: string
  readonly nowMs: number
  /** As the log tells it; `undefined` at the first start. */
  readonly runBefore: RunBefore | undefined
}): NewEntry {
  const { version, fingerprint, nowMs, runBefore } = start
  const gap = runBefore && {
    unobserved_gap_ms: Math.max(0, Math.round(nowMs - runBefore.lastMs)),
    after_stop: runBefore.hasStopped,
  }
  return ours('collector.start', { version, fingerprint, ...gap })
}

/** The collector has stopped as it was asked to; after a crash there is none. */
export function collectorStop(reason?: string): NewEntry {
  return ours(stopType, { reason })
}

export const stopType = 'collector.stop'

/** A configuration was loaded at a start; `diff` against the one of the run before, if known. */
export function configLoad(body: {
  readonly fingerprint: string
  readonly diff?: ConfigDiff | undefined
}): NewEntry {
  return ours('config.load', { fingerprint: body.fingerprint, ...(body.diff && { ...body.diff }) })
}

/** A configuration took the place of another. */
export function configReload(reload: {
  /** Who asked for it; {@link system} for a signal. */
  readonly actor: string
  readonly fingerprint: string
  readonly diff: ConfigDiff
}): NewEntry {
  const { actor, fingerprint, diff } = reload
  return { type: 'config.reload', actor, body: { fingerprint, ...diff } }
}

/** A configuration was not taken; all goes on with the one before. */
export function configReloadRefused(refused: {
  /** Who asked for it; {@link system} for a signal. */
  readonly actor: string
  /** One text per problem, as the user is told it. */
  readonly problems: readonly string[]
}): NewEntry {
  const { actor, problems } = refused
  return { type: 'config.reload_refused', actor, body: { problems } }
}

/** Somebody gave a command; appended before it acts. */
export function command(given: {
  readonly name: string
  /** Id of the component that takes it. */
  readonly component: string
  readonly actor: string
  readonly body: JsonObject
  /** Of its record in the ingest log. */
  readonly offset?: number | undefined
}): NewEntry {
  const { name, component, actor, body, offset } = given
  return { type: 'command', actor, body: { name, component, body, offset } }
}

/** A torn end was cut off at a start; nobody had been told that it was written. */
export function auditRepaired(cut: { readonly file: string; readonly bytes: number }): NewEntry {
  return ours('audit.repaired', { file: cut.file, cut_bytes: cut.bytes })
}

/** A start found what no crash leaves behind. */
export function auditBroken(found: {
  readonly problem: string
  /** What the head file said. */
  readonly head: Head | undefined
}): NewEntry {
  const { problem, head } = found
  return ours('audit.broken', {
    problem,
    ...(head && { head_seq: head.seq, head_hash: head.hash }),
  })
}
