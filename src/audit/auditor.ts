import type { Head, NewEntry } from './entry.ts'

/** Where what people and the collector did is remembered. */
export interface Auditor {
  /**
   * Resolves when the entry is on disk, and rejects when it could not be written: an action that
   * must be audited waits for it. `undefined` where nothing is kept.
   */
  append(entry: NewEntry): Promise<Head | undefined>
}

/** Keeps nothing: there is no storage. */
export const noAuditor: Auditor = { append: async () => undefined }
