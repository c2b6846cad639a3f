import { z } from 'zod'
import { mapAt } from './corpus.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** Keys that a schema knows and that none of the values has; those that come later do not count. */
export function unusedKeys(schema: z.ZodType, values: readonly unknown[]): string[] {
  return unused(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), values, '')
}

function unused(schema: Schema, values: readonly unknown[], path: string): string[] {
  const maps = values.flatMap((it) => (Array.isArray(it) ? it : [it])).map(mapAt)
  return optionsOf(schema).flatMap(({ properties = {}, additionalProperties }) => [
    ...Object.entries(properties).flatMap(([key, child]) => {
      if (typeof child === 'boolean' || comesLater(child)) return []
      const whole = path === '' ? key : `${path}.${key}`
      const found = maps.flatMap((it) => (key in it ? [it[key]] : []))
      return found.length === 0 ? [whole] : unused(child, found, whole)
    }),
    ...(typeof additionalProperties === 'object'
      ? unused(additionalProperties, maps.flatMap(Object.values), `${path}.*`)
      : []),
  ])
}

/** A schema, all that it chooses from, and the entries of its lists. */
function optionsOf(schema: Schema): Schema[] {
  const { anyOf = [], items } = schema
  const entries = Array.isArray(items) ? items : [items]
  const inner = [...anyOf, ...entries].flatMap((it) =>
    typeof it === 'object' ? optionsOf(it) : [],
  )
  return [schema, ...inner]
}

/** A key that otelcol has and we do not have yet, or that is refused with a sentence. */
function comesLater({ anyOf = [], description = '' }: Schema): boolean {
  return description.startsWith('Comes later') || anyOf.some((it) => 'not' in it)
}
