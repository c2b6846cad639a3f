import type { Run } from './runs.ts'

/** Counts of what was sent. */
export class Tally {
  runs = 0
  #spans = 0
  #failed = 0
  #toolErrors = 0

  add({ steps, errorType }: Run): void {
    this.runs++
    this.#spans += 1 + steps.length
    if (errorType !== undefined) this.#failed++
    for (const step of steps) {
      if (step.kind === 'tool' && step.errorType !== undefined) this.#toolErrors++
    }
  }

  sentence(): string {
    const what = `${count(this.runs, 'run')}, ${count(this.#spans, 'span')}`
    return `${what} (${count(this.#failed, 'failed run')}, ${count(this.#toolErrors, 'tool error')})`
  }
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
