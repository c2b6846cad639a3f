import { stringify } from 'yaml'
import type { LoadedConfig } from './load.ts'
import type { Path } from './problem.ts'
import { escapeDollars } from './references.ts'
import { redacted } from './secret.ts'

export interface PrintOptions {
  readonly format?: 'yaml' | 'json'
  readonly mode?: 'redacted' | 'unredacted'
  /** `resolved` is expanded and loads again to the same; `as_written` keeps its `${…}`. */
  readonly view?: 'resolved' | 'as_written'
}

type Printable = Pick<LoadedConfig, 'resolved' | 'asWritten' | 'hides'>

/** The configuration as text, merged, with `[REDACTED]` in place of every secret. */
export function printConfig(
  config: Printable,
  { format = 'yaml', mode = 'redacted', view = 'resolved' }: PrintOptions = {},
): string {
  const isWritten = view === 'as_written'
  const show = (text: string, path: Path) => {
    const hidden = mode === 'unredacted' ? undefined : config.hides(path)
    const shown = hidden === undefined ? text : hide(text, hidden, isWritten)
    return isWritten ? shown : escapeDollars(shown)
  }
  const hideValue = (path: Path) => mode === 'redacted' && config.hides(path) === 'everything'
  const value = mapped(isWritten ? config.asWritten : config.resolved, [], show, hideValue)
  return format === 'json'
    ? `${JSON.stringify(value, null, 2)}\n`
    : stringify(value, { lineWidth: 0 })
}

/** The same value with its texts replaced; other values of secret fields are hidden whole. */
function mapped(
  value: unknown,
  path: Path,
  show: (text: string, path: Path) => string,
  hideValue: (path: Path) => boolean,
): unknown {
  if (typeof value === 'string') return show(value, path)
  if (Array.isArray(value)) {
    return value.map((it, index) => mapped(it, [...path, index], show, hideValue))
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return Object.fromEntries(
      entries.map(([key, it]) => [key, mapped(it, [...path, key], show, hideValue)]),
    )
  }
  return value !== null && value !== undefined && hideValue(path) ? redacted : value
}

/** What a reference says is where a secret is kept, not what it is: it stays, but for its default. */
function hide(text: string, hidden: 'everything' | 'credentials', isWritten: boolean): string {
  const pieces = isWritten ? text.split(reference) : [text]
  const literals = pieces.filter((_, index) => index % 2 === 0).join('')
  const isWhole = pieces.length === 1 || !/[@?#]/.test(literals)
  const show = hidden === 'credentials' && isWhole ? withoutCredentials : redactedUnlessEmpty
  return pieces
    .map((piece, index) => (index % 2 === 1 ? withoutDefault(piece) : show(piece)))
    .join('')
}

/** A reference to a variable or a file; one behind a `$` may be escaped and be a secret's text. */
const reference = /(?<!\$)(\$\{(?:env:|file:)?[^{}$:]+(?::-[^{}]*)?\})/

function withoutDefault(text: string): string {
  return text.replace(/:-.+\}$/s, `:-${redacted}}`)
}

function redactedUnlessEmpty(text: string): string {
  return text === '' ? '' : redacted
}

/** User and password, and the values of the query: each may be a key. */
function withoutCredentials(url: string): string {
  return url
    .replace(/(\/\/)[^/?#]*@/, `$1${redacted}@`)
    .replace(/([?&][^=&#]*=)[^&#]*/g, `$1${redacted}`)
}
