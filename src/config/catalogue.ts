import type { z } from 'zod'
import type { Path } from './problem.ts'

/** What the configuration knows of a component type: its names and what may be set. */
export interface ComponentSchema {
  readonly type: string
  readonly aliases?: readonly string[]
  readonly config: z.ZodType
  /** Why a type that is known cannot be used in this version. */
  readonly notYet?: string
}

export const sections = ['receivers', 'processors', 'exporters'] as const
export type Section = (typeof sections)[number]

/** Every component type that a configuration may use, by section. */
export type SchemaCatalogue = { readonly [section in Section]: readonly ComponentSchema[] }

/** One configured component. */
export interface ComponentConfig {
  readonly id: string
  /** The type's present name, also where an alias was written. */
  readonly type: string
  readonly name?: string
  /** What the type's schema made of the settings. */
  readonly config: unknown
  readonly path: Path
}

/** The schema that a type's name or one of its aliases belongs to. */
export function schemaOf(schemas: readonly ComponentSchema[], type: string) {
  return schemas.find((it) => it.type === type || it.aliases?.includes(type))
}
