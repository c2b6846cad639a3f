import { finalize, Observable, tap } from 'rxjs'
import { z } from 'zod'
import { telemetryBatch } from '../../src/component/batch.ts'
import { delivered } from '../../src/component/delivery.ts'
import {
  type Catalogue,
  defineExporter,
  defineProcessor,
  defineReceiver,
} from '../../src/component/factory.ts'
import { holdDeliveries } from '../../src/component/holding.ts'
import { aRequest } from '../support/build.ts'

const config = z.strictObject({ fails: z.boolean().default(false) })

/** Components that write down when they start and end; the receiver brings one span at once. */
export function orderProbes(events: string[]): Catalogue {
  return {
    receivers: [
      defineReceiver({
        type: 'probe_in',
        config,
        create: ({ fails }, { id, signal, started }) =>
          new Observable((subscriber) => {
            events.push(`${id} starts`)
            if (fails) return subscriber.error(new Error('the port is taken'))
            signal.addEventListener('abort', () => {
              events.push(`${id} stops accepting`)
              subscriber.complete()
            })
            started()
            subscriber.next({
              batch: telemetryBatch(aRequest('traces', [{}])),
              settle: ({ kind }) => events.push(`${id} is told ${kind}`),
            })
            return () => events.push(`${id} has ended`)
          }),
      }),
    ],
    processors: [
      defineProcessor({
        type: 'probe_through',
        config,
        create: (_config, { id }) =>
          holdDeliveries(
            (source) =>
              new Observable((subscriber) => {
                events.push(`${id} starts`)
                return source
                  .pipe(tap({ complete: () => events.push(`${id} flushes`) }))
                  .subscribe(subscriber)
              }),
          ),
      }),
    ],
    exporters: [
      defineExporter({
        type: 'probe_out',
        config,
        create: (_config, { id, closing }) => {
          const ended = Promise.withResolvers<void>()
          closing(ended.promise)
          return (source) =>
            new Observable((subscriber) => {
              events.push(`${id} starts`)
              return source
                .pipe(
                  tap({
                    next: ({ settle }) => settle(delivered),
                    complete: () => events.push(`${id} drains`),
                  }),
                  finalize(() => ended.resolve()),
                )
                .subscribe({ complete: () => subscriber.complete() })
            })
        },
      }),
    ],
  }
}
