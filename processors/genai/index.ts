import { defineProcessor } from '../../src/component/factory.ts'
import { config } from './config.ts'
import { Counters } from './counters.ts'
import { Genai } from './genai.ts'

/**
 * Understands agents: makes facts of what their spans, log events and metrics say, and tasks of
 * their traces. Stands first behind `memory_limiter`; whatever reads facts stands behind it.
 */
export const genaiProcessor = defineProcessor({
  type: 'genai',
  stability: 'beta',
  config,
  create(settled, { id, state, meter, status }) {
    const counters = new Counters(meter, id)
    const genai = new Genai(settled, state, counters)
    counters.watch(meter, () => genai.levels)
    status(() => genai.status())
    return {
      kind: 'fold',
      batch: (batch, context) => genai.batch(batch, context),
      due: (key, context) => genai.due(key, context),
    }
  },
})
