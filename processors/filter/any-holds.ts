import type { Log } from '../../src/component/log.ts'
import { compileConditions, type Test } from '../../src/ottl/compile.ts'
import type { Context } from '../../src/ottl/context.ts'
import type { Config, WrittenCondition } from './config.ts'

/** A condition that can be asked, and how it was written. */
export interface NamedTest<V> {
  readonly text: string
  readonly test: Test<V>
}

/** Compiles conditions, keeping their texts for what has to be said about them. */
export function namedTests<V>(
  context: Context<V>,
  written: readonly WrittenCondition[],
): readonly NamedTest<V>[] {
  const tests = compileConditions(
    context,
    written.map((it) => it.condition),
  )
  return tests.map((test, at) => ({ test, text: written[at]?.text ?? '' }))
}

/** Whether any condition holds; those behind it are not asked any more. */
export function anyHolds<V>(
  tests: readonly NamedTest<V>[],
  mode: Config['error_mode'],
  log: Log,
): Test<V> {
  if (mode === 'propagate') {
    return (view) => tests.some(({ text, test }) => orExplain(text, () => test(view)))
  }
  return (view) =>
    tests.some(({ text, test }) => {
      try {
        return test(view)
      } catch (cause) {
        if (mode === 'ignore') log.warn({ err: cause, condition: text }, 'failed to eval condition')
        return false
      }
    })
}

function orExplain(text: string, evaluate: () => boolean): boolean {
  try {
    return evaluate()
  } catch (cause) {
    throw new Error(`failed to eval condition: ${text}`, { cause })
  }
}
