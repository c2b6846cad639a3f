/** Error types of work that somebody stopped. */
export const defaultCancelTypes: ReadonlySet<string> = new Set([
  'cancelled',
  'user_abort',
  'CancelledError',
  'AbortError',
])

/** Exceptions by which frameworks wait for a person or change their way: nothing failed. */
const interrupts: ReadonlySet<string> = new Set([
  'GraphInterrupt',
  'NodeInterrupt',
  'ParentCommand',
  'InterruptException',
])

/** Whether an error type says that work was interrupted, not that it failed. */
export function isInterrupt(errorType: string): boolean {
  return interrupts.has(unqualified(errorType))
}

/** Whether an error type says that somebody stopped the work. */
export function isCancelled(errorType: string, cancelTypes: ReadonlySet<string>): boolean {
  return cancelTypes.has(errorType) || cancelTypes.has(unqualified(errorType))
}

/** `asyncio.exceptions.CancelledError` is `CancelledError`. */
function unqualified(errorType: string): string {
  return errorType.slice(errorType.lastIndexOf('.') + 1)
}
