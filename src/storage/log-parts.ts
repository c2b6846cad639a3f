import type { Budget } from './budget.ts'
import type { Timers } from './clock.ts'
import type { SegmentLogOptions } from './log-options.ts'
import type { SegmentWriter } from './segment-writer.ts'
import type { Segments } from './segments.ts'

/** What the parts of one log share. */
export interface LogParts {
  readonly options: SegmentLogOptions
  readonly budget: Budget
  readonly segments: Segments
  readonly writer: SegmentWriter
  readonly timers: Timers
  /** Counts since the start; any part raises them. */
  readonly failures: { reads: number; writes: number; checkpoints: number }
  /** Says that a step is due. */
  readonly wake: () => void
}
