import type { FactKind, FactOf } from '../facts/fact.ts'
import type { Fold, FoldContext } from './processor.ts'

/** A fold over the facts of one kind; `rest` adds due times and records where they are needed. */
export function foldFacts<K extends FactKind>(
  kind: K,
  each: (fact: FactOf<K>, context: FoldContext) => void,
  rest: Pick<Fold, 'due' | 'record'> = {},
): Fold {
  const isWanted = (fact: { kind: FactKind }): fact is FactOf<K> => fact.kind === kind
  return {
    kind: 'fold',
    batch(batch, context) {
      if (batch.kind !== 'alerts') {
        for (const fact of batch.facts) if (isWanted(fact)) each(fact, context)
      }
      return undefined
    },
    ...rest,
  }
}

/** A fold that looks at whole batches. */
export function foldBatches(fold: Omit<Fold, 'kind'>): Fold {
  return { kind: 'fold', ...fold }
}
