import { defer, finalize, ignoreElements, type Observable, tap } from 'rxjs'
import { type Batch, itemCount, pipelineKinds } from '../../src/component/batch.ts'
import { type Delivery, delivered, type Permanent } from '../../src/component/delivery.ts'
import { defineExporter } from '../../src/component/factory.ts'
import type { Log } from '../../src/component/log.ts'
import { ItemBooks } from '../../src/net/client/item-books.ts'
import { basic } from './basic.ts'
import { config } from './config.ts'
import { detailed } from './detailed.ts'
import { type LineSink, lineWriter } from './line-writer.ts'
import { normal } from './normal.ts'
import { coloured, plain } from './paint.ts'
import { Sampling } from './sampling.ts'

const printers = { basic, normal, detailed }

/** Shows what passes, on a terminal or in a file. */
export const debugExporter = defineExporter({
  type: 'debug',
  stability: 'beta',
  kinds: pipelineKinds,
  config,
  create(config, settings) {
    const { log, scheduler, closing } = settings
    const books = new ItemBooks(settings)
    settings.status(() => ({ ledger: books.ledger() }))

    const print = printers[config.verbosity]
    const open = (path: string) =>
      lineWriter(path, (err) => log.warn({ err, path }, 'Cannot write to an output path.'))

    function show(batch: Batch, sinks: readonly LineSink[]): boolean {
      try {
        for (const sink of sinks) sink.write(print(batch, sink.isColoured ? coloured : plain))
        return true
      } catch (err) {
        log.error({ err }, 'Cannot show a batch.')
        return false
      }
    }

    return (source: Observable<Delivery>) =>
      defer(() => {
        const sinks = config.use_internal_logger ? [logSink(log)] : config.output_paths.map(open)
        const sampling = new Sampling(config.sampling_initial, config.sampling_thereafter)
        return source.pipe(
          tap(({ batch, settle }) => {
            const items = itemCount(batch)
            books.take(items)
            const isDone = !sampling.passes(scheduler.now()) || show(batch, sinks)
            if (isDone) books.deliver(batch.kind, items)
            else books.drop(batch.kind, items, 'defect', notShown)
            settle(delivered)
          }),
          ignoreElements(),
          finalize(() => closing(Promise.all(sinks.map((it) => it.end())))),
        )
      })
  },
})

const notShown: Permanent = { kind: 'permanent', reason: 'cannot be shown' }

function logSink(log: Log): LineSink {
  return {
    isColoured: false,
    write: (lines) => {
      for (const line of lines) log.info({}, line)
    },
    end: async () => {},
  }
}
