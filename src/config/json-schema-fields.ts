import { z } from 'zod'

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema
type Part = JsonSchema | boolean

/** A `${…}` stands where a value will: what it becomes is not known before the environment is. */
const reference = '\\$\\{'
const otherBooleans = '^([Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$'

/**
 * What a user may write for a schema. `${…}` is allowed wherever a value of another type is wanted,
 * and so is nothing where a map or a list is: an empty value counts as not written.
 */
export function forEditors(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A string of any case that becomes one of these: suggest them.
      if (zodSchema instanceof z.ZodPipe && zodSchema.out instanceof z.ZodEnum) {
        jsonSchema.examples = zodSchema.out.options
      }
    },
  })
  return loosened(whole)
}

function loosened(json: JsonSchema): JsonSchema {
  const it = withoutLimitOfNumbers(withParts(json))
  switch (it.type) {
    case 'object':
    case 'array':
      return { ...it, type: [it.type, 'null', 'string'], pattern: reference }
    case 'boolean':
      return { ...it, type: ['boolean', 'string'], pattern: `${reference}|${otherBooleans}` }
    case 'number':
    case 'integer':
      return { ...it, type: [it.type, 'string'], pattern: reference }
    case 'string':
      return it.enum === undefined ? looserString(it) : looserChoice(it)
    default:
      return it
  }
}

/** Its pattern says all that its format says, and some formats are only zod's. */
function looserString({ pattern, format: _, ...it }: JsonSchema): JsonSchema {
  return pattern === undefined ? it : { ...it, pattern: `(${pattern})|${reference}` }
}

function looserChoice({ type, enum: values, ...notes }: JsonSchema): JsonSchema {
  return { ...notes, anyOf: [{ enum: values ?? [] }, { type: 'string', pattern: reference }] }
}

/** A whole number has no other limit than that of numbers: not worth a word in an editor. */
function withoutLimitOfNumbers({ maximum, minimum, ...rest }: JsonSchema): JsonSchema {
  return {
    ...rest,
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
  }
}

function withParts(json: JsonSchema): JsonSchema {
  const { properties, additionalProperties, items, anyOf, allOf } = json
  return {
    ...json,
    ...(properties !== undefined && { properties: mapValues(properties) }),
    ...(additionalProperties !== undefined && { additionalProperties: part(additionalProperties) }),
    ...(items !== undefined && { items: Array.isArray(items) ? items.map(part) : part(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(loosened) }),
    ...(allOf !== undefined && { allOf: allOf.map(loosened) }),
  }
}

function part(json: Part): Part {
  return typeof json === 'boolean' ? json : loosened(json)
}

function mapValues(parts: Readonly<Record<string, Part>>): Record<string, Part> {
  return Object.fromEntries(Object.entries(parts).map(([name, it]) => [name, part(it)]))
}
