import { ignoreElements, Observable, type Subscriber, tap } from 'rxjs'
import type { Batch } from '../../component/batch.ts'
import { type Delivery, delivered } from '../../component/delivery.ts'
import { type Catalogue, defineExporter, defineReceiver } from '../../component/factory.ts'

/** The catalogue with other ends: nothing listens and nothing is sent. */
export interface StandIns {
  readonly catalogue: Catalogue
  /** Hands a delivery to the receiver of that id. */
  receive(receiver: string, delivery: Delivery): void
}

/**
 * Puts a receiver that is told what to receive in place of each one, and an exporter that keeps
 * what it gets in place of each one. Processors stay what they are.
 */
export function standIns(
  { receivers, processors, exporters }: Catalogue,
  keep: (exporter: string, batch: Batch) => void,
): StandIns {
  const open = new Map<string, Subscriber<Delivery>>()
  const catalogue: Catalogue = {
    receivers: receivers.map((real) =>
      defineReceiver({
        ...real,
        create: (_config, { id, signal, started }) =>
          new Observable<Delivery>((subscriber) => {
            open.set(id, subscriber)
            signal.addEventListener('abort', () => subscriber.complete(), { once: true })
            started()
          }),
      }),
    ),
    processors,
    exporters: exporters.map((real) =>
      defineExporter({
        ...real,
        create:
          (_config, { id }) =>
          (source) =>
            source.pipe(
              tap(({ batch, settle }) => {
                keep(id, batch)
                settle(delivered)
              }),
              ignoreElements(),
            ),
      }),
    ),
  }
  return {
    catalogue,
    receive(receiver, delivery) {
      const subscriber = open.get(receiver)
      if (subscriber === undefined) throw new Error(`no pipeline uses the receiver ${receiver}`)
      subscriber.next(delivery)
    },
  }
}
