import { z } from 'zod'
import { didYouMean } from './nearest.ts'

/** What a value should have been and what it is, in our words with upstream's sentence behind. */
const kinds = new Map([
  ['string', { name: 'a string', go: 'string' }],
  ['number', { name: 'a number', go: 'float64' }],
  ['int', { name: 'a whole number', go: 'int' }],
  ['boolean', { name: 'true or false', go: 'bool' }],
  ['array', { name: 'a list', go: 'slice' }],
  ['object', { name: 'a map', go: 'map' }],
  ['record', { name: 'a map', go: 'map' }],
])

/** The sentence for an issue whose schema has none of its own; hand it to `safeParse` as `error`. */
export function sentenceFor(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(isInt(issue.inst) ? 'int' : issue.expected, issue.input)
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : notAllowed(issue.values, issue.input)
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'greater than')
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'less than')
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.pattern === undefined
        ? `must be a valid ${issue.format}`
        : `must match ${issue.pattern}`
    case 'invalid_union':
      return issue.input === undefined ? 'is required' : noOption(issue.options, issue.input)
    default:
      return 'is not valid'
  }
}

function isInt(schema: unknown): boolean {
  return schema instanceof z.ZodNumber && schema.isInt
}

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'is required'
  const kind = kinds.get(expected) ?? { name: `a valid ${expected}`, go: expected }
  const hint = hintFor(expected, input)
  return `must be ${kind.name}${hint}: expected type '${kind.go}', got unconvertible type '${goType(input)}'`
}

/** The mistake that quotes make in either direction. */
function hintFor(expected: string, input: unknown): string {
  const isText = typeof input === 'string'
  const isNumeric = isText && input.trim() !== '' && Number.isFinite(Number(input))
  if ((expected === 'number' || expected === 'int') && isNumeric) return ', written without quotes'
  if (expected === 'boolean' && isText && /^(true|false)$/i.test(input)) {
    return ', written without quotes'
  }
  const isPlain = typeof input === 'number' || typeof input === 'boolean'
  return expected === 'string' && isPlain ? ', written in quotes' : ''
}

/** The name that Go gives the type, for searches. */
function goType(input: unknown): string {
  if (input === null) return 'nil'
  if (Array.isArray(input)) return 'slice'
  if (typeof input === 'number') return Number.isInteger(input) ? 'int' : 'float64'
  return { boolean: 'bool', object: 'map' }[String(typeof input)] ?? typeof input
}

function notAllowed(values: readonly unknown[], input: unknown): string {
  const names = values.map(String)
  const meant = typeof input === 'string' ? didYouMean(input, names) : ''
  return `must be ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}${meant}`
}

function noOption(options: unknown, input: unknown): string {
  return Array.isArray(options) ? notAllowed(options, input) : 'is not valid'
}

function bound(origin: string, limit: number | bigint, relation: string): string {
  if (origin === 'string') {
    return limit === 1n || limit === 1
      ? 'must not be empty'
      : `must have ${relation} ${limit} characters`
  }
  if (origin === 'array' || origin === 'set' || origin === 'map' || origin === 'object') {
    return `must have ${relation} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}`
  }
  return `must be ${relation} ${limit}`
}
