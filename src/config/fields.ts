import { z } from 'zod'
import { type ComponentId, parseComponentId } from './component-id.ts'
import { type Millis, parseDuration } from './duration.ts'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { Secret } from './secret.ts'

export type { ComponentId } from './component-id.ts'
export type { Millis } from './duration.ts'
export { type Endpoint, formatEndpoint, isLoopback, mayOverlap } from './endpoint.ts'
export { redacted, Secret } from './secret.ts'

/** What of a field's value a message or a dump may show: nothing of a secret, of a URL no credentials. */
export const privacy = z.registry<{ readonly hides: 'everything' | 'credentials' }>()

/** A length of time, `1h2m3.5s`, `200ms`, `30d`; a bare number is nanoseconds, as in otelcol. */
export function duration() {
  return z
    .union([z.string(), z.number()], {
      error: unlessMissing('is a duration: write 200ms, 30s, 5m or 1h30m'),
    })
    .transform((input, context): Millis => parsed(parseDuration(input), input, context))
}

/** A share from 0 to 1, never percent. */
export function ratio() {
  return z.number().superRefine((value, context) => {
    if (value < 0 || value > 1) context.addIssue({ code: 'custom', message: noRatio(value) })
  })
}

function noRatio(value: number): string {
  if (value < 0 || value > 100) return 'is a ratio: write a number from 0 to 1'
  return `is a ratio: write ${Number((value / 100).toPrecision(12))} for ${value} %`
}

/** A credential; its value is read with `reveal()` and shown nowhere. */
export function secret() {
  return z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .register(privacy, { hides: 'everything' })
}

/** Request headers, as a map or as a list of `{ name, value }`; values are secret. */
export function headers() {
  const value = z
    .string()
    .regex(/^[^\r\n\0]*$/, 'must not contain line breaks')
    .regex(/^[\t\r\n\0\x20-\x7e\x80-\xff]*$/, 'has characters that a header cannot carry')
  const name = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'is no header name')
  return z
    .union([z.record(name, value), z.array(z.strictObject({ name, value }))], {
      error: unlessMissing('must be a map of header names to their values'),
    })
    .transform((input): ReadonlyMap<string, Secret> => {
      const pairs = Array.isArray(input)
        ? input.map((it): [string, string] => [it.name, it.value])
        : Object.entries(input)
      return new Map(pairs.map(([name, value]) => [name, new Secret(value)]))
    })
    .register(privacy, { hides: 'everything' })
}

/** `host:port`; `:4318` is every interface, port 0 a free one. */
export function endpoint() {
  return z
    .string()
    .transform((input, context): Endpoint => parsed(parseEndpoint(input), input, context))
}

/** An absolute `http:` or `https:` URL, as written; show it with `displayUrl` only. */
export function httpUrl() {
  return z
    .string()
    .superRefine((input, context) => {
      if (isHttpUrl(input)) return
      context.addIssue({ code: 'custom', message: noUrl })
    })
    .register(privacy, { hides: 'credentials' })
}

const noUrl =
  'must be a valid URL with its scheme, such as http://localhost:4318 or https://host/path'

function isHttpUrl(input: string): boolean {
  return /^https?:\/\/[^/]/i.test(input) && URL.canParse(input)
}

/** A URL for messages and logs: without user, password, query and fragment. */
export function displayUrl(url: string): string {
  if (!URL.canParse(url)) return '(no URL)'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' && !url.endsWith('/') ? '' : pathname}`
}

/** A whole number of bytes. */
export function sizeBytes() {
  return z.int().nonnegative()
}

/** A whole number of MiB; stays in MiB, as the `_mib` of its key says. */
export function mib() {
  return z.int().positive()
}

/** A list of strings; one string is split at its commas, as in otelcol. */
export function stringList() {
  return z
    .union([z.array(z.string()), z.string()], { error: unlessMissing('must be a list of strings') })
    .transform((input): readonly string[] => (typeof input === 'string' ? split(input) : input))
}

function split(text: string): string[] {
  return text === '' ? [] : text.split(',')
}

/** `type` or `type/name`. */
export function componentId() {
  return z
    .string()
    .transform((input, context): ComponentId => parsed(parseComponentId(input), input, context))
}

/**
 * A key that otelcol has and we do not have yet: any value is refused by name, so that nobody
 * believes that it works. Present but empty is absent.
 *
 * @param instead what to do until then
 */
export function comesLater(instead: string) {
  return z
    .never({ error: `comes later and is not supported yet: ${instead}` })
    .nullish()
    .describe(`Comes later; ${instead}.`)
}

/** A union's sentence for a value of the wrong type; one that is missing is no such value. */
function unlessMissing(sentence: string) {
  return ({ input }: { readonly input?: unknown }) =>
    input === undefined ? 'is required' : sentence
}

/** Turns a parser's sentence into an issue of the field. */
function parsed<T>(result: T | string, input: unknown, context: z.RefinementCtx): T {
  if (typeof result !== 'string') return result
  context.addIssue({ code: 'custom', message: result, input })
  return z.NEVER
}
