import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Catalogue } from '../component/factory.ts'
import type { SchemaCatalogue } from '../config/catalogue.ts'

/** What the command line runs, handed in by `main.ts`. */
export interface Product {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly components: Catalogue
  readonly schemas: SchemaCatalogue
}

/** Where the command line reads and writes; handed in, so that tests can look. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
}

/** An error that the user can do something about; printed as `Error: …`, without a stack. */
export class UsageError extends Error {}

/** What went wrong, as a sentence. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError) return z.prettifyError(cause)
  return cause instanceof Error ? cause.message : String(cause)
}

const manifest = z.object({ name: z.string(), version: z.string(), description: z.string() })

/** Name and version of the package that this file belongs to, from the sources and from `dist`. */
export function readManifest(): z.output<typeof manifest> {
  for (const way of ['../../package.json', '../../../package.json']) {
    try {
      return manifest.parse(JSON.parse(readFileSync(new URL(way, import.meta.url), 'utf8')))
    } catch {
      // The other place it is, then.
    }
  }
  throw new Error('package.json is missing: the installation is incomplete')
}
