import { z } from 'zod'

const note = z.object({
  reason: z.string(),
  error: z.string(),
  attempts: z.number(),
  response: z.string().optional(),
})

/** What stands on a dead letter of a destination. */
export type DeathNote = z.output<typeof note>

/** The note as a dead letter carries it. */
export function deathNote({ reason, error, attempts, response }: DeathNote): string {
  return JSON.stringify({ reason, error, attempts, ...(response ? { response } : {}) })
}

/** A note as it was written; what is none is the sentence that it is. */
export function readDeathNote(text: string): DeathNote {
  try {
    return note.parse(JSON.parse(text))
  } catch {
    return { reason: 'permanent', error: text, attempts: 0 }
  }
}
