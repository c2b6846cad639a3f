import type { KeptQueue } from '../component/kept-queue.ts'

/** The queues of a collector. */
export interface Queues {
  /** Of every destination that has something there, by its id. */
  readonly ids: readonly string[]
  open(id: string): Promise<KeptQueue>
}

/** What is said of a destination that is not there. */
export function unknownQueue(id: string, ids: readonly string[]): string {
  const known = ids.length === 0 ? 'there is none' : `there are ${ids.join(', ')}`
  return `${id} has nothing on disk; ${known}`
}
