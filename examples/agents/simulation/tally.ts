import type { Step } from './steps.ts'

/** Counts of what was sent. */
export class Tally {
  #runs = 0
  #spans = 0
  #failed = 0
  #toolErrors = 0

  addSpan(step: Step, errorType: string | undefined): void {
    this.#spans++
    if (step.kind === 'tool' && errorType !== undefined) this.#toolErrors++
  }

  /** A run ended; its spans are counted one by one. */
  addRun(errorType: string | undefined): void {
    this.#runs++
    if (errorType !== undefined) this.#failed++
  }

  /** E.g. `4 runs, 17 spans (1 failed run, 2 tool errors)`. */
  sentence(openRuns = 0): string {
    const what = `${count(this.#runs, 'run')}, ${count(this.#spans, 'span')}`
    const bad = `${count(this.#failed, 'failed run')}, ${count(this.#toolErrors, 'tool error')}`
    const open = openRuns > 0 ? `; ${count(openRuns, 'run')} still open` : ''
    return `${what} (${bad}${open})`
  }
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
