import type { Fact, FactBase } from '../../facts/fact.ts'
import { providerOf } from '../../genai/provider.ts'
import type { SpanRecord } from '../../genai/span-record.ts'
import type { Field, FieldValue, Origin } from './explained.ts'
import { type Origins, origins } from './origins.ts'
import type { Notes, Shown } from './seen-span.ts'

/** Of whom a span is; the same on all its facts. */
const whoFields = [
  'agent',
  'agentVersion',
  'service',
  'environment',
  'organization',
  'team',
  'user',
  'conversation',
  'task',
  'exclusion',
] as const satisfies readonly (keyof FactBase)[]

/** Of every fact, but for people of no use. */
const plumbing: ReadonlySet<string> = new Set([
  'kind',
  'traceId',
  'spanId',
  'atMs',
  'revision',
  'weight',
  'startMs',
  'endMs',
  'notCounted',
  'replaces',
])

/** Whose a span is, by its facts, else by what it says alone. */
export function whoOf(fact: Fact | undefined, record: SpanRecord | undefined, notes: Notes) {
  const of = fact === undefined ? whoOfRecord(record) : Object.entries(fact)
  const said = new Map<string, unknown>(of)
  return whoFields.flatMap((name) => fieldOf(name, said.get(name), 'every_fact', notes, true))
}

function whoOfRecord(record: SpanRecord | undefined): (readonly [string, unknown])[] {
  if (record === undefined) return []
  const { who, user, conversation, exclusion } = record
  return Object.entries({ ...who, user, conversation, exclusion })
}

/** What a fact says besides whose it is. */
export function ownFields(fact: Fact, notes: Notes): Field[] {
  const section = sectionOf(fact.kind)
  return Object.entries(fact).flatMap(([name, value]: [string, unknown]) => {
    if (plumbing.has(name) || isWhoField(name)) return []
    if (name === 'usage') return nested('', value, 'usage', notes)
    if (name === 'variants') return nested('variants.', value, section, notes)
    return fieldOf(name, value, section, notes, false)
  })
}

function sectionOf(kind: Fact['kind']): keyof Origins {
  return kind === 'usage_report' ? 'every_fact' : kind
}

function isWhoField(name: string): boolean {
  return whoFields.some((it) => it === name)
}

function nested(prefix: string, value: unknown, section: keyof Origins, notes: Notes): Field[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, it]: [string, unknown]) => {
    return fieldOf(prefix + name, it, section, notes, false)
  })
}

function fieldOf(
  name: string,
  value: unknown,
  section: keyof Origins,
  notes: Notes,
  isInherited: boolean,
): Field[] {
  if (!isFieldValue(value)) return []
  const rows = rowsOf(section, name)
  const from = originOf(rows, value, notes) ?? elsewhere(name, value, rows, isInherited)
  return [{ name, value, from }]
}

/** Fields that are worked out where no attribute says them. */
const derived: ReadonlySet<string> = new Set([
  'outcome',
  'basis',
  'errorClass',
  'isEnforced',
  'by',
  'mode',
])

/** Where a value was looked for in vain, and found all the same. */
function elsewhere(
  name: string,
  value: FieldValue,
  rows: readonly string[],
  isInherited: boolean,
): Origin | undefined {
  if (rows.length === 0 || derived.has(name) || value === 'default') return undefined
  return { on: isInherited ? 'span_above' : 'elsewhere', attribute: undefined, raw: undefined }
}

function isFieldValue(value: unknown): value is FieldValue {
  if (Array.isArray(value)) return value.length > 0 && value.every((it) => typeof it === 'string')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

const rowsBySection: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map(
  Object.entries(origins).map(([section, fields]) => [section, new Map(Object.entries(fields))]),
)
const noRows: readonly string[] = []

/** In which rows a field is looked for. */
export function rowsOf(section: keyof Origins, name: string): readonly string[] {
  const field = name.startsWith('variants.') ? 'variants' : name
  return rowsBySection.get(section)?.get(field) ?? noRows
}

/** Whether a row is about what all spans of a resource share. */
export function isOfResource(row: string): boolean {
  return row.startsWith('resource.')
}

/**
 * The row that was read: the one that says the value as it is, else the first that was asked. What
 * a resource says otherwise is not what was taken.
 */
function originOf(
  rows: readonly string[],
  value: FieldValue,
  { read, span, resource }: Notes,
): Origin | undefined {
  const found = rows.flatMap((row): (Origin & { readonly text: string })[] => {
    const attribute = keyOf(row, read)
    if (attribute === undefined) return []
    const on = isOfResource(row) ? 'resource' : 'span'
    const shown = (on === 'resource' ? resource : span).get(attribute)
    return [{ on, attribute, raw: rawOf(shown), text: String(shown) }]
  })
  const same = found.find(({ text }) => says(text, value))
  const first = found.find(({ on }) => on === 'span')
  const origin = same ?? first
  if (origin === undefined) return undefined
  const { on, attribute, raw } = origin
  return { on, attribute, raw: typeof value === typeof raw && value === raw ? undefined : raw }
}

/** A provider has many spellings, and may be told by a model. */
function says(text: string, value: FieldValue): boolean {
  if (text === String(value)) return true
  return providerOf(text, undefined) === value || providerOf(undefined, text) === value
}

/** Every configured trust scale is a row of its own. */
function keyOf(row: string, read: ReadonlyMap<string, string>): string | undefined {
  if (row !== 'trust') return read.get(row)
  for (const [name, key] of read) if (name.startsWith('trust ')) return key
  return undefined
}

function rawOf(shown: Shown): number | boolean | undefined {
  return typeof shown === 'string' ? undefined : shown
}
