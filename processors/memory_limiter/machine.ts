import { totalmem } from 'node:os'

/** What the limiter knows of the process it runs in. */
export interface Machine {
  /** Memory that the process occupies. */
  rssBytes(): number
  /** Memory that it may occupy: the container's, else the machine's. */
  totalBytes(): number
  /** Collects garbage, at once; only there where Node was started with `--expose-gc`. */
  readonly gc: (() => void) | undefined
}

/** This process. Without a limit of a container Node answers 0, or a number beyond all memory. */
export const thisMachine: Machine = {
  rssBytes: () => process.memoryUsage.rss(),
  totalBytes: () => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()),
  gc: globalThis.gc === undefined ? undefined : () => globalThis.gc?.(),
}
