import { writeFile } from 'node:fs/promises'
import { configSchema } from '../config/json-schema.ts'
import { type Product, reasonOf, type Terminal, UsageError } from './product.ts'

export interface SchemaOptions {
  /** Where to write it; standard output unless given. */
  readonly output?: string
}

/** Writes the JSON Schema of the configuration, for editors. */
export async function schemaCommand(
  { output }: SchemaOptions,
  { name, version, schemas }: Product,
  terminal: Terminal,
): Promise<number> {
  const text = `${JSON.stringify(configSchema(schemas, `${name} ${version}`), null, 2)}\n`
  if (output === undefined) terminal.out(text)
  else await write(output, text)
  return 0
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new UsageError(`cannot write the schema: ${reasonOf(cause)}`, { cause })
  }
}
