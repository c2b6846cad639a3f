import type { SpanRecord } from '../span-record.ts'
import { type Identity, identitiesOf } from './agents.ts'
import type { Subject } from './fact-base.ts'
import { type TaskTops, taskTopsOf } from './task-tops.ts'
import { taskId } from './tasks.ts'
import { none, type TraceTree } from './tree.ts'

/** Where the records of a trace stand: for whom they worked, and in which task. */
export class Places {
  readonly traceId: string
  readonly tree: TraceTree
  readonly tops: readonly number[]
  readonly #identities: readonly Identity[]
  readonly #topOf: TaskTops['topOf']

  constructor(traceId: string, tree: TraceTree) {
    const { tops, topOf } = taskTopsOf(tree)
    this.traceId = traceId
    this.tree = tree
    this.tops = tops
    this.#topOf = topOf
    this.#identities = identitiesOf(tree)
  }

  /** The top of the task that a record belongs to, or a number below 0. */
  topOf(index: number): number {
    return this.#topOf[index] ?? none
  }

  /** The record of a call for whom it was made, of all that report it: the first in a task. */
  homeOf(members: readonly number[]): number {
    const inTask = members.find((index) => this.topOf(index) >= 0)
    const ofAgent = () => members.find((index) => this.#identities[index]?.agent !== undefined)
    return inTask ?? ofAgent() ?? members[0] ?? none
  }

  /** @param home the record whose agent and task are meant; the record itself unless told */
  subject(index: number, home = index): Subject {
    const record = this.tree.records[index]
    const host = this.tree.records[home]
    const identity = this.#identities[home]
    if (record === undefined || host === undefined || identity === undefined) {
      throw new RangeError(`no record ${index} in trace ${this.traceId}`)
    }
    return { traceId: this.traceId, record, who: host.who, identity, task: this.#taskOf(home) }
  }

  #taskOf(index: number): string | undefined {
    const top: SpanRecord | undefined = this.tree.records[this.topOf(index)]
    return top === undefined ? undefined : taskId(this.traceId, top)
  }
}
