import { Observable } from 'rxjs'
import { defineProcessor } from '../../src/component/factory.ts'
import { holdDeliveries } from '../../src/component/holding.ts'
import { Batcher } from './batcher.ts'
import { config } from './config.ts'
import { Counters } from './counters.ts'

/** Makes few large batches of many small ones; each sender learns what became of its own. */
export const batchProcessor = defineProcessor({
  type: 'batch',
  stability: 'beta',
  config,
  create(it, { id, meter, scheduler }) {
    const counters = new Counters(meter, id)
    return holdDeliveries(
      (source) =>
        new Observable((out) => {
          const batcher = new Batcher(it, id, scheduler, counters, (ready) => out.next(ready))
          const subscription = source.subscribe({
            next: (delivery) => batcher.add(delivery),
            error: (cause: unknown) => out.error(cause),
            complete() {
              batcher.drain()
              out.complete()
            },
          })
          return () => {
            subscription.unsubscribe()
            batcher.abort()
          }
        }),
    )
  },
})
