import type { CallPart } from '../span-record.ts'

/** Whether two spans may speak of one model; a span that names none speaks of any. */
export function isSameModel(a: CallPart, b: CallPart): boolean {
  const of = namesOf(a)
  const other = namesOf(b)
  if (of.length === 0 || other.length === 0) return true
  if (of.some((name) => other.includes(name))) return true
  const keys = other.map(modelKey)
  return of.some((name) => keys.includes(modelKey(name)))
}

function namesOf({ requestModel, responseModel }: CallPart): string[] {
  return [responseModel, requestModel].filter((name) => name !== undefined)
}

/** Past any name of a model that a provider gives. */
const maxNameLength = 256

/** `us.`, `anthropic.`: regions and vendors that Bedrock puts before the name. */
const vendors = /^(?:[a-z]{1,16}\.){1,3}/
/** `:0`, `@20240620`, `-v1`: revisions of the platform. */
const revision = /(?:[:@][a-z0-9]{1,12}|-v\d{1,2})$/
/** `-2024-08-06`, `-20250514`, `-0613`, `-001`, `-latest`: which of the releases it is. */
const release = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3,4}|latest)$/

/** The name of a model without where it runs and which release it is. */
export function modelKey(name: string): string {
  if (name.length > maxNameLength) return name
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  return last.replace(vendors, '').replace(revision, '').replace(revision, '').replace(release, '')
}
