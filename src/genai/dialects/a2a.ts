import type { Dialect } from '../dialect.ts'

/** The SDK of the Agent2Agent protocol: spans of its functions, which say nothing of agents. */
export const a2a: Dialect = {
  name: 'a2a',
  source: 'a2aproject/a2a-python: src/a2a/utils/telemetry.py',
  scopes: ['a2a-python-sdk'],
  noise: [{ scope: 'a2a-python-sdk', isUnlessMarked: true, reason: 'a function of a transport' }],
}
