/**
 * Wakes those who wait for something to change; each looks again at what it waits for:
 * `while (!isSo()) await bell.rung`.
 */
export class Bell {
  #next: PromiseWithResolvers<void> | undefined

  /** Resolves at the next ring. */
  get rung(): Promise<void> {
    this.#next ??= Promise.withResolvers<void>()
    return this.#next.promise
  }

  ring = (): void => {
    const waiting = this.#next
    this.#next = undefined
    waiting?.resolve()
  }
}
