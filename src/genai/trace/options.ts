import { defaultCancelTypes } from './error-types.ts'

/** What a user may decide about how traces are read. */
export interface TraceOptions {
  /** Names of verdicts that decide over a task, in lower case. */
  readonly taskVerdicts: ReadonlySet<string>
  /** Error types of a task that was stopped, so that it counts neither way. */
  readonly cancelTypes: ReadonlySet<string>
  /** A task whose last inference ended so is bad. */
  readonly badFinishReasons: ReadonlySet<string>
}

export const defaultTaskVerdicts: readonly string[] = [
  'task_success',
  'task_completion',
  'goal_success',
  'goal_accuracy',
  'correctness',
  'GoalSuccessRate',
]

export const defaultTraceOptions: TraceOptions = {
  taskVerdicts: new Set(defaultTaskVerdicts.map((name) => name.toLowerCase())),
  cancelTypes: defaultCancelTypes,
  badFinishReasons: new Set(),
}
