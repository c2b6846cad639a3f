import { totalmem } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What the limiter knows of the process it runs in. */
export interface Machine {
  /** Memory that the process occupies. */
  rssBytes(): number
  /** Memory that it may occupy: the container's, else the machine's. */
  totalBytes(): number
  /** Collects garbage, at once; missing where V8 does not hand it out. */
  readonly gc: (() => void) | undefined
}

/** This process. Without a limit of a container Node answers 0, or a number beyond all memory. */
export const thisMachine: Machine = {
  rssBytes: () => process.memoryUsage.rss(),
  totalBytes: () => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()),
  get gc() {
    collector ??= { gc: obtainGc() }
    return collector.gc
  },
}

/** Obtained when it is first needed, and once: the context it comes from is never freed. */
let collector: Pick<Machine, 'gc'> | undefined

/** Contexts made after the flag was set have a `gc`, so Node needs none at its start. */
function obtainGc(): Machine['gc'] {
  try {
    setFlagsFromString('--expose-gc')
    const gc: unknown = runInNewContext('gc')
    return typeof gc === 'function' ? () => void gc() : undefined
  } catch {
    return undefined
  }
}
