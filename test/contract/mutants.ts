/** A defect that the contract proof must find: one text of the product in place of another. */
export interface Mutant {
  readonly name: string
  /** Below `src/`. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export const mutants: readonly Mutant[] = [
  {
    name: 'waits, when it stops, for what holds before it lets it go',
    file: 'pipeline/stop.ts',
    from: '  for (const pipeline of sourcesFirst(config)) await streams.complete(pipeline.id)\n',
    to: '  await outboxDrained\n  for (const pipeline of sourcesFirst(config)) await streams.complete(pipeline.id)\n',
  },
  {
    name: 'settles a fan-out as soon as its first destination has answered',
    file: 'component/delivery.ts',
    from: 'if (outcomes.length === parts) whole(worst(outcomes))',
    to: 'whole(worst(outcomes))',
  },
  {
    name: 'settles twice at an exporter',
    file: 'pipeline/streams.ts',
    from: 'done?.add(key)\n      settle(outcome)\n',
    to: 'done?.add(key)\n      settle(outcome)\n      settle(outcome)\n',
  },
  {
    name: 'never settles what is dropped by every trunk',
    file: 'pipeline/door.ts',
    from: 'if (passages.length === 0) return delivery.settle(worst(ended))',
    to: 'if (passages.length === 0) return',
  },
  {
    name: 'folds once for each pipeline of a fan-out',
    file: 'pipeline/plan.ts',
    from: 'line.chain || `pipeline ${line.pipeline.id}`',
    to: '`pipeline ${line.pipeline.id}`',
  },
  {
    name: 'forgets on drain what is held',
    file: 'pipeline/stop.ts',
    from: 'await streams.complete(pipeline.id)',
    to: '',
  },
  {
    name: 'gives a fold the wall clock',
    file: 'pipeline/fold-pass.ts',
    from: 'this.atMs = record.atMs',
    to: 'this.atMs = Date.now()',
  },
  {
    name: 'dates records by the wall clock',
    file: 'pipeline/direct-intake.ts',
    from: 'return Math.floor(this.#options.scheduler.now())',
    to: 'return Date.now()',
  },
  {
    name: 'loses what a due time made known',
    file: 'pipeline/fold-pass.ts',
    from: 'return [factsBatch(kind, this.#facts), ...this.#later]',
    to: 'return this.#later',
  },
  {
    name: 'lets later facts start again at the first fold of their chain',
    file: 'pipeline/sequencer.ts',
    from: 'from: at + 1',
    to: 'from: 0',
  },
  {
    name: 'gives derived batches up at the first refusal',
    file: 'pipeline/outbox.ts',
    from: 'held.cancelWait = this.#scheduler.schedule(() => this.#try(held), delayMs)',
    to: 'this.#forget(held)',
  },
  {
    name: 'sends a derived batch again to a destination that has it',
    file: 'pipeline/streams.ts',
    from: 'if (done?.has(key)) return settle(delivered)',
    to: '',
  },
  {
    name: 'keeps the rooms of a refused request',
    file: 'pipeline/destinations.ts',
    from: '        releaseAll(slots)\n',
    to: '',
  },
  {
    name: 'calls a refused part delivered',
    file: 'component/delivery.ts',
    from: 'const rank = { delivered: 0, permanent: 1, retryable: 2 }',
    to: 'const rank = { delivered: 2, permanent: 1, retryable: 0 }',
  },
  {
    name: 'lets pass what a guard could not check',
    file: 'pipeline/map-stage.ts',
    from: "if (stage.processor.onError === 'open') return batch",
    to: 'return batch',
  },
  {
    name: 'names emissions by chance, so that a replay names them otherwise',
    file: 'pipeline/sequencer.ts',
    from: 'leases: [], origins: [{ offset, component, index, atMs }] }',
    to: 'leases: [], origins: [{ offset: Math.random(), component, index, atMs }] }',
  },
  {
    name: 'keeps a due time once it has fired',
    file: 'state/due-times.ts',
    from: '    this.#dues.delete(first.key)\n    pop(this.#heap)\n    return first',
    to: '    pop(this.#heap)\n    return first',
  },
  {
    name: 'answers before the disk has a request',
    file: 'pipeline/logged-intake.ts',
    from: "if (acknowledge === 'memory') delivery.settle(delivered)",
    to: "if (acknowledge !== 'downstream') delivery.settle(delivered)",
  },
  {
    name: 'lets go of records whose outputs are under way',
    file: 'pipeline/checkpoints.ts',
    from: 'const isAtRest = outstanding.isSettledBelow(offset)',
    to: 'const isAtRest = true',
  },
  {
    name: 'folds again what the image on disk has',
    file: 'pipeline/take-up.ts',
    from: 'const nextOffset = nextSequence >= logOffset ? logOffset : 0',
    to: 'const nextOffset = 0',
  },
  {
    name: 'folds a request again that its client sent again',
    file: 'pipeline/log-client.ts',
    from: 'earlier === undefined ? passages : []',
    to: 'passages',
  },
  {
    name: 'starts anew in spite of what is on disk',
    file: 'pipeline/recall.ts',
    from: 'return restoreImage(memory, payload)',
    to: 'return restoreImage({ ...memory, hosts: () => [] }, payload)',
  },
  {
    name: 'gives up what a destination refuses for the moment, though the log has it',
    file: 'pipeline/log-client.ts',
    from: 'else outbox.keep(output, done, outcome.retryAfterMs ?? retryMs, keep)',
    to: 'else rest(outcome)',
  },
  {
    name: 'never answers who waits for the result of a record',
    file: 'pipeline/logged-intake.ts',
    from: "if (acknowledge === 'downstream') client.watch(offset, { settled: delivery.settle })",
    to: '',
  },
]
