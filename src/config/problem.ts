/** A place in a file as people write it: lines and columns count from 1. */
export interface Location {
  /** As the user named it: relative to where the command was started, or the option it came from. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly sourceLine: string
}

/** Keys and list positions from the top of the configuration down. */
export type Path = readonly (string | number)[]

/** Something to tell the user about the configuration; only errors keep it from starting. */
export interface Problem {
  readonly path: Path
  readonly message: string
  /** The value that was there; left out where it could be a secret. */
  readonly found?: unknown
  /** The `${…}` that the value came from, as written. */
  readonly from?: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly at?: Location
}

/** A problem that keeps it from starting. */
export function error(path: Path, message: string): Problem {
  return { path, message, severity: 'error' }
}

/** All problems as text, sorted by place, with their number at the end. */
export function formatProblems(problems: readonly Problem[]): string {
  const blocks = sortProblems(problems).map(formatProblem)
  return [...blocks, summary(problems)].join('\n')
}

/** Problems in the order of their files and lines; those without a place come first. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    ({ at: a }, { at: b }) =>
      compare(a?.file ?? '', b?.file ?? '') ||
      (a?.line ?? 0) - (b?.line ?? 0) ||
      (a?.column ?? 0) - (b?.column ?? 0),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function formatProblem({ path, message, found, from, severity, at }: Problem): string {
  const place = [at === undefined ? '' : formatLocation(at), formatPath(path)]
  const label = severity === 'error' ? '' : `${severity}: `
  const value =
    found === undefined ? '' : ` (found ${formatFound(found)}${from ? ` from ${from}` : ''})`
  const head = place.filter((part) => part !== '').join('  ')
  const sentence = `    ${label}${message}${value}`
  return head === '' ? sentence : `${head}\n${sentence}`
}

/** `collector.yaml:5:5`; an option of the command line is its own place and has no lines. */
export function formatLocation({ file, line, column }: Location): string {
  return file.startsWith('--') ? file : `${file}:${line}:${column}`
}

/** `processors.burn_rate/checkout.objective`, `service.pipelines.traces.receivers[1]`. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return /[.[\]\s"]/.test(step) || step === '' ? `[${JSON.stringify(step)}]` : `.${step}`
}

function formatFound(found: unknown): string {
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object' && found !== null) return 'a map'
  const text = typeof found === 'string' ? JSON.stringify(found) : String(found)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function summary(problems: readonly Problem[]): string {
  const errors = problems.filter((it) => it.severity === 'error').length
  const others = problems.length - errors
  const counts = [count(errors, 'problem'), count(others, 'warning')].filter((it) => it !== '')
  return `${counts.join(', ') || '0 problems'}.${errors > 0 ? ' Nothing was started.' : ''}`
}

function count(amount: number, noun: string): string {
  return amount === 0 ? '' : `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
