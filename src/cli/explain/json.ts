import type { Explanation } from './explained.ts'

/**
 * An explanation as one JSON document, in pieces: a line for each trace, so that no text has to hold
 * all of them.
 */
export function* explanationJson({ traces, otherFacts }: Explanation): Generator<string> {
  yield '{"traces":['
  let separator = '\n'
  for (const trace of traces) {
    yield `${separator}${JSON.stringify(trace)}`
    separator = ',\n'
  }
  yield `\n],"otherFacts":${JSON.stringify(otherFacts)}}\n`
}
