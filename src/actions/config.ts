import { z } from 'zod'
import { compilePattern, type Pattern } from '../patterns/pattern.ts'
import type { Action, ConvertedType, Source } from './action.ts'
import { contextReader } from './client-context.ts'
import { attributeValue } from './values.ts'

const kinds = ['insert', 'update', 'upsert', 'delete', 'hash', 'extract', 'convert'] as const
const types: readonly ConvertedType[] = ['int', 'double', 'string']

const written = z.strictObject({
  key: z.string().optional(),
  action: z
    .string()
    .transform((it) => it.toLowerCase())
    .pipe(z.enum(kinds)),
  value: z.unknown().optional(),
  from_attribute: z.string().optional(),
  from_context: z.string().optional(),
  default_value: z.unknown().optional(),
  pattern: z.string().optional(),
  converted_type: z.enum(types).optional(),
})

type Written = z.output<typeof written>
type Key = Exclude<keyof Written, 'action'>

/** What an action may have beside its key; anything else is a mistake to point at. */
const uses: Readonly<Record<(typeof kinds)[number], readonly Key[]>> = {
  insert: ['value', 'from_attribute', 'from_context', 'default_value'],
  update: ['value', 'from_attribute', 'from_context', 'default_value'],
  upsert: ['value', 'from_attribute', 'from_context', 'default_value'],
  delete: ['pattern'],
  hash: ['pattern'],
  extract: ['pattern'],
  convert: ['converted_type'],
}

/** A list of changes of attributes, in the order in which they are made. */
export function attributeActions() {
  return z
    .array(written.transform((it, context) => actionOf(it, new Problems(context)) ?? z.NEVER))
    .min(1)
}

/** Collects what is wrong with one action. */
class Problems {
  readonly #context: z.RefinementCtx
  #count = 0

  constructor(context: z.RefinementCtx) {
    this.#context = context
  }

  get none(): boolean {
    return this.#count === 0
  }

  add(key: keyof Written, message: string): undefined {
    this.#count++
    this.#context.addIssue({ code: 'custom', path: [key], message })
  }
}

function actionOf(it: Written, problems: Problems): Action | undefined {
  rejectUnused(it, problems)
  const pattern = patternOf(it, problems)
  const { action: kind, key = '' } = it
  if (kind === 'delete' || kind === 'hash') {
    if (key === '' && it.pattern === undefined) {
      problems.add('key', `is required: ${kind} needs key, pattern or both`)
    }
    return problems.none ? { kind, key: key || undefined, pattern } : undefined
  }
  if (key === '') problems.add('key', 'is required')
  if (kind === 'extract') {
    if (it.pattern === undefined) problems.add('pattern', 'is required')
    if (pattern !== undefined) checkGroups(pattern, problems)
    return problems.none && pattern !== undefined ? { kind, key, pattern } : undefined
  }
  if (kind === 'convert') {
    if (it.converted_type === undefined) problems.add('converted_type', 'is required')
    return problems.none && it.converted_type ? { kind, key, to: it.converted_type } : undefined
  }
  const source = sourceOf(it, problems)
  const fallback = attributeValue(it.default_value)
  return problems.none && source !== undefined ? { kind, key, source, fallback } : undefined
}

function rejectUnused(it: Written, problems: Problems): void {
  const used: readonly string[] = ['key', ...uses[it.action]]
  const others: readonly Key[] = [...uses.insert, 'pattern', 'converted_type']
  for (const name of others) {
    const value = it[name]
    if (used.includes(name) || value === undefined || value === null) continue
    problems.add(name, `is not used by ${it.action}; it has ${used.join(', ')}`)
  }
}

function patternOf({ pattern }: Written, problems: Problems): Pattern | undefined {
  const compiled = pattern === undefined ? undefined : compilePattern(pattern)
  return typeof compiled === 'string' ? problems.add('pattern', compiled) : compiled
}

function checkGroups({ groups }: Pattern, problems: Problems): void {
  if (groups.length === 0) problems.add('pattern', 'contains no named matcher groups')
  else if (groups.includes('')) {
    problems.add(
      'pattern',
      'contains at least one unnamed matcher group: write (?P<name>…) or (?:…)',
    )
  }
}

function sourceOf(it: Written, problems: Problems): Source | undefined {
  const value = attributeValue(it.value)
  const given = [value, it.from_attribute, it.from_context].filter((one) => one !== undefined)
  if (given.length > 1) {
    return problems.add('value', 'has to be alone: write value, from_attribute or from_context')
  }
  if (value !== undefined) return { kind: 'value', value }
  if (it.from_attribute !== undefined) return { kind: 'attribute', key: it.from_attribute }
  if (it.from_context !== undefined) {
    const read = contextReader(it.from_context)
    if (typeof read === 'string') return problems.add('from_context', read)
    return { kind: 'context', read }
  }
  const fallback = attributeValue(it.default_value)
  if (fallback !== undefined) return { kind: 'value', value: fallback }
  return problems.add('value', 'is required: write value, from_attribute or from_context')
}
