import { memo } from './memo.ts'

/**
 * Whether two ids name one model: without the provider before it, the region and vendor of Bedrock,
 * and a date that only one of them has. `openai/gpt-4o` is `gpt-4o-2024-08-06`.
 */
export function isSameModel(a: string, b: string): boolean {
  if (a === b) return true
  const one = modelId(a)
  const other = modelId(b)
  if (one.name !== other.name) return false
  return one.date === '' || other.date === '' || one.date === other.date
}

/** A model's id in lower case, taken apart. */
export interface ModelId {
  readonly name: string
  /** Digits alone; empty for an id without a date. */
  readonly date: string
}

/** Longer texts are no ids of models. */
const maxLength = 256

export const modelId: (model: string) => ModelId = memo((model) => {
  const id = model.slice(0, maxLength).trim().toLowerCase()
  const bare = withoutVersion(withoutHost(id), isBedrockModel(id)).replace(alias, '')
  const date = dateSuffix.exec(bare)
  if (date === null) return { name: bare, date: '' }
  return { name: bare.slice(0, date.index), date: date[0].replace(/\D/g, '') }
})

/** Without the revision that Bedrock puts behind an id, and without the route of a gateway. */
function withoutVersion(id: string, isBedrock: boolean): string {
  return id.replace(isBedrock ? /-v\d+(:\d+)?$/ : /(-v\d+:\d+|:(free|nitro|floor|online))$/, '')
}

const alias = /-latest$/
/** `-2025-04-14`, `-20250514`, `@20250514`, `-0613`, `-001`. */
const dateSuffix = /[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3})$/

/** The regions that Bedrock puts before a vendor for profiles over several of them. */
const bedrockPrefix =
  /^((us|eu|apac|global|us-gov|jp|au|ca|sa)\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|writer|stability|twelvelabs)\./

/** Without the path, the ARN and the vendor before it. */
function withoutHost(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).replace(bedrockPrefix, '')
}

/** Whether it is the id of a model on Bedrock, which no other host has: an ARN, or a vendor and a dot. */
export const isBedrockModel: (model: string) => boolean = memo((model) => {
  const id = model.slice(0, maxLength).trim().toLowerCase()
  return /^arn:aws[a-z-]*:bedrock:/.test(id) || bedrockPrefix.test(id)
})
