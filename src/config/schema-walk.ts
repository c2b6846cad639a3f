import { z } from 'zod'
import { privacy } from './fields.ts'
import type { Path } from './problem.ts'

type Schema = z.core.$ZodType

/** How much of the value at a path may be shown: a secret field hides all that lies below it. */
export function hidingAt(schema: Schema, path: Path): 'everything' | 'credentials' | undefined {
  const [step, ...rest] = path
  const hidings = layers(schema).map((layer) => privacy.get(layer)?.hides)
  if (hidings.includes('everything')) return 'everything'
  if (step === undefined) return hidings.find((it) => it !== undefined)
  const below = children(schema, step).map((child) => hidingAt(child, rest))
  return below.find((it) => it === 'everything') ?? below.find((it) => it !== undefined)
}

/**
 * How much of a plain value may be shown that stands at a path: where a list or a map with a secret
 * in it is due, the plain value may be that secret.
 */
export function hidingOfPlain(
  schema: Schema,
  path: Path,
): 'everything' | 'credentials' | undefined {
  const here = hidingAt(schema, path)
  if (here === 'everything') return here
  const below = schemasAt(schema, path).flatMap((it) => hidingsIn(it, new Set()))
  return below.includes('everything') ? 'everything' : (here ?? below[0])
}

/** What a schema and all schemas below it hide; one that contains itself is visited once. */
function hidingsIn(schema: Schema, visited: Set<Schema>): ('everything' | 'credentials')[] {
  if (visited.has(schema)) return []
  visited.add(schema)
  const own = privacy.get(schema)?.hides
  const below = [...wrapped(schema), ...allChildren(schema)]
  return [...(own === undefined ? [] : [own]), ...below.flatMap((it) => hidingsIn(it, visited))]
}

function schemasAt(schema: Schema, [step, ...rest]: Path): Schema[] {
  if (step === undefined) return [schema]
  return children(schema, step).flatMap((child) => schemasAt(child, rest))
}

/** The names of the settings that a map at a path may have; none where any key is allowed. */
export function settingsAt(schema: Schema, path: Path): readonly string[] {
  const [step, ...rest] = path
  if (step !== undefined) return children(schema, step).flatMap((child) => settingsAt(child, rest))
  return layers(schema).flatMap((it) => (it instanceof z.ZodObject ? Object.keys(it.shape) : []))
}

/** The schemas of what lies under a key or a list position; several where it is a union. */
function children(schema: Schema, step: string | number): Schema[] {
  return layers(schema).flatMap((layer): Schema[] => {
    if (layer instanceof z.ZodObject) return childOfObject(layer, String(step))
    if (layer instanceof z.ZodRecord) return [layer.valueType]
    if (layer instanceof z.ZodArray) return [layer.element]
    return []
  })
}

function allChildren(schema: Schema): Schema[] {
  if (schema instanceof z.ZodObject) {
    const { catchall } = schema.def
    return [...Object.values<Schema>(schema.shape), ...(catchall === undefined ? [] : [catchall])]
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType]
  return schema instanceof z.ZodArray ? [schema.element] : []
}

function childOfObject({ shape, def }: z.ZodObject, key: string): Schema[] {
  const child: Schema | undefined = Object.hasOwn(shape, key) ? shape[key] : def.catchall
  return child === undefined ? [] : [child]
}

/** A schema and all that it wraps or chooses from. */
function layers(schema: Schema): Schema[] {
  return [schema, ...wrapped(schema).flatMap(layers)]
}

function wrapped(schema: Schema): Schema[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  ) {
    return [schema.unwrap()]
  }
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out]
  if (schema instanceof z.ZodUnion) return [...schema.options]
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right]
  return []
}
