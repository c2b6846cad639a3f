/** Something that changes files when it is due. */
export interface Step {
  readonly isDue: boolean
  run(): Promise<void>
}

/**
 * Runs what is due, one step after the other, the most urgent first. All that changes files of one
 * log is a step.
 */
export class Steps {
  readonly #steps: Step[] = []
  #work: Promise<void> | undefined

  /** Less urgent than all before it. */
  add(step: Step): void {
    this.#steps.push(step)
  }

  wake = (): void => {
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined
      if (this.#due()) this.wake()
    })
  }

  /** Resolves when nothing is due. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work
  }

  async #run(): Promise<void> {
    for (let step = this.#due(); step; step = this.#due()) await step.run()
  }

  #due(): Step | undefined {
    return this.#steps.find((it) => it.isDue)
  }
}
