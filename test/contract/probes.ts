import { concatMap, Observable, type Subscriber } from 'rxjs'
import { z } from 'zod'
import {
  alertsBatch,
  type Batch,
  batchId,
  itemCount,
  type Lease,
  type PipelineKind,
  pipelineKinds,
  telemetryBatch,
} from '../../src/component/batch.ts'
import { claimSlots, type Delivery, delivered, type Outcome } from '../../src/component/delivery.ts'
import {
  defineExporter,
  defineProcessor,
  defineReceiver,
  type ExporterFactory,
  type ProcessorFactory,
  type ReceiverFactory,
} from '../../src/component/factory.ts'
import { foldBatches, foldFacts } from '../../src/component/fold-facts.ts'
import {
  holdDeliveries,
  mergeDeliveries,
  splitDelivery,
  travelsAlone,
} from '../../src/component/holding.ts'
import { guardBatches } from '../../src/component/map-batches.ts'
import { forEachLogRecord } from '../../src/pdata/logs.ts'
import { splitByItems } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { aRequest } from '../support/build.ts'
import { aTask } from '../support/facts.ts'

const anything = z.any()

/** How long the learner waits for more of a trace, in milliseconds. */
export const settleDelayMs = 10_000
/** The emitter raises an alert for every task of this number. */
export const tasksPerAlert = 3

/** A trace id and a span id, joined. */
export function itemKeys(batch: Batch): string[] {
  const keys: string[] = []
  if (batch.kind === 'traces') {
    forEachSpan(batch.payload, (it) => keys.push(`${it.traceIdHex()}/${it.spanIdHex()}`))
  } else if (batch.kind === 'logs') {
    forEachLogRecord(batch.payload, (it) => keys.push(`${it.traceIdHex()}/${it.spanIdHex()}`))
  } else if (batch.kind === 'alerts') {
    for (const alert of batch.alerts) keys.push(`${alert.fingerprint}#${alert.episode}`)
  }
  return keys
}

/** Learns late: counts what passes, and makes a task of a trace once it has been silent. */
export const probeLearn: ProcessorFactory = defineProcessor({
  type: 'probe_learn',
  config: anything,
  kinds: ['traces', 'logs'],
  create(_config, { state }) {
    const counts = state.counts('counts')
    const spans = state.union<number>('spans', (kept, added) => kept + added, 100_000)
    const open = state.union<{ items: number; sinceMs: number }>(
      'open',
      (kept, added) => ({
        items: kept.items + added.items,
        sinceMs: Math.min(kept.sinceMs, added.sinceMs),
      }),
      1_000,
    )
    return foldBatches({
      batch(batch, { atMs, offset }) {
        if (itemCount(batch) === 0) counts.add('late')
        counts.add(`record ${offset}`)
        for (const key of itemKeys(batch)) {
          counts.add(`items ${batch.kind}`)
          spans.put(key, 1)
          const traceId = key.slice(0, 32)
          open.put(traceId, { items: 1, sinceMs: atMs })
          state.due.set(traceId, atMs + settleDelayMs)
        }
        return undefined
      },
      due(traceId, context) {
        const trace = open.get(traceId)
        if (trace === undefined) return
        open.delete(traceId)
        context.add(
          aTask({
            traceId,
            spanId: '',
            atMs: trace.sinceMs,
            agent: `items ${trace.items}`,
            startMs: trace.sinceMs,
            endMs: context.atMs,
          }),
        )
      },
    })
  },
})

/** Emits: counts tasks, and turns every third into an alert and every one into a log record. */
export const probeEmit: ProcessorFactory = defineProcessor({
  type: 'probe_emit',
  config: anything,
  kinds: ['traces', 'logs'],
  emits: ['alerts', 'logs'],
  create(_config, { state }) {
    const tasks = state.counts('tasks')
    return foldFacts('task', (task, context) => {
      tasks.add(`${task.traceId} ${task.agent}`)
      tasks.add('all')
      const n = tasks.get('all')
      context.emit('logs', telemetryBatch(aRequest('logs', [{ traceId: task.traceId }])))
      if (n % tasksPerAlert !== 0) return
      const alert = {
        fingerprint: task.traceId,
        episode: n,
        state: 'firing',
        signal: 'probe',
        severity: 'info',
        summary: 'a third task',
        sinceMs: context.atMs,
        labels: {},
        evidence: { tasks: n },
      } as const
      context.emit('alerts', alertsBatch([alert]))
    })
  },
})

/** Remembers alerts, behind a source. */
export const probeIncident: ProcessorFactory = defineProcessor({
  type: 'probe_incident',
  config: anything,
  kinds: ['alerts'],
  create(_config, { state }) {
    const seen = state.counts('seen')
    return foldBatches({
      batch(batch) {
        for (const key of itemKeys(batch)) seen.add(key)
        return undefined
      },
    })
  },
})

/** Protects: what it cannot check, or must not let out, does not pass. */
export const probeGuard: ProcessorFactory = defineProcessor({
  type: 'probe_guard',
  config: anything,
  create: () =>
    guardBatches((batch) => {
      if (batch.kind !== 'traces') return batch
      const names = new Set<string>()
      forEachSpan(batch.payload, (it) => names.add(it.name()))
      if (names.has('throws')) throw new Error('cannot check this')
      if (names.has('secret')) return { kind: 'permanent', reason: 'a secret' }
      return names.has('dropped') ? delivered : batch
    }),
})

/** Holds: merges up to `size` deliveries, or what came within `timeoutMs`. */
export const probeHold: ProcessorFactory = defineProcessor({
  type: 'probe_hold',
  config: anything,
  kinds: pipelineKinds,
  create({ size, timeoutMs }: { size: number; timeoutMs: number }, { scheduler }) {
    return holdDeliveries(
      (source) =>
        new Observable<Delivery>((out) => {
          let held: Delivery[] = []
          let cancel = () => {}
          const flush = () => {
            cancel()
            const ready = held
            held = []
            if (ready.length > 0) out.next(mergeDeliveries(ready))
          }
          const subscription = source.subscribe({
            next(delivery) {
              if (travelsAlone(delivery)) return out.next(delivery)
              held.push(delivery)
              if (held.length === 1) cancel = scheduler.schedule(flush, timeoutMs)
              if (held.length >= size) flush()
            },
            error: (cause) => out.error(cause),
            complete() {
              flush()
              out.complete()
            },
          })
          return () => {
            cancel()
            subscription.unsubscribe()
          }
        }),
    )
  },
})

/** Splits: no more than two items in a delivery. */
export const probeSplit: ProcessorFactory = defineProcessor({
  type: 'probe_split',
  config: anything,
  kinds: pipelineKinds,
  create: () =>
    holdDeliveries((source) =>
      source.pipe(
        concatMap((delivery) => {
          const { batch } = delivery
          if (batch.kind === 'alerts' || itemCount(batch) <= 2) return [delivery]
          const parts = splitByItems(batch.payload, 2).map((payload) => ({ ...batch, payload }))
          return splitDelivery(delivery, parts)
        }),
      ),
    ),
})

/** What a destination got and took, in the outside world: it survives a crash of ours. */
export interface Sink {
  readonly accepted: { readonly id: string; readonly keys: readonly string[]; kind: PipelineKind }[]
  readonly rejected: Set<string>
  /** Batches that came without the memory they occupy. */
  unpaid: number
  /** Rooms held now in the newest instance; 0 when everything has come to rest. */
  room: { reserved: number }
}

export interface SinkConfig {
  readonly sink: Sink
  readonly capacity: number
  /** Answers, used in turn. */
  readonly script: readonly { readonly kind: Outcome['kind']; readonly delayMs: number }[]
}

/** Fails, as scripted: a destination with room for a few, slow, refusing now and then. */
export const probeFail: ExporterFactory = defineExporter({
  type: 'probe_fail',
  config: anything,
  kinds: pipelineKinds,
  create({ sink, capacity, script }: SinkConfig, { scheduler }) {
    const room = { reserved: 0 }
    sink.room = room
    let turn = 0
    let waiting: (() => void)[] = []
    const sizeOf = (batch: Batch) => Math.max(1, itemCount(batch))
    const free = (size: number) => {
      room.reserved -= size
      const callbacks = waiting
      waiting = []
      for (const callback of callbacks) callback()
    }
    const answer = (batch: Batch, kind: Outcome['kind']): Outcome => {
      const keys = itemKeys(batch)
      if (kind === 'delivered') {
        sink.accepted.push({ id: batchId(batch), keys, kind: batch.kind })
        return delivered
      }
      if (kind === 'permanent') for (const key of keys) sink.rejected.add(key)
      return { kind, reason: 'as scripted' }
    }
    return {
      reserve(batch) {
        const size = sizeOf(batch)
        if (room.reserved > 0 && room.reserved + size > capacity) {
          return { kind: 'retryable', reason: 'sending queue is full' }
        }
        room.reserved += size
        let open = true
        const end = () => {
          if (!open) return
          open = false
          free(size)
        }
        return { claim: end, release: end }
      },
      onRoom(callback) {
        waiting.push(callback)
        return () => {
          waiting = waiting.filter((it) => it !== callback)
        }
      },
      consume: (source) =>
        new Observable<never>((out) => {
          let open = 0
          let ended = false
          const maybeComplete = () => {
            if (ended && open === 0) out.complete()
          }
          const subscription = source.subscribe({
            next(delivery) {
              const size = sizeOf(delivery.batch)
              const expected = claimSlots(delivery)
              if (!expected && room.reserved > 0 && room.reserved + size > capacity) {
                return delivery.settle({ kind: 'retryable', reason: 'sending queue is full' })
              }
              room.reserved += size
              const leases = delivery.batch.leases.filter((it) => retained(it, sink))
              open++
              const step = script[turn++ % script.length] ?? { kind: 'delivered', delayMs: 0 }
              scheduler.schedule(() => {
                open--
                const outcome = answer(delivery.batch, step.kind)
                for (const lease of leases) lease.release()
                free(size)
                delivery.settle(outcome)
                maybeComplete()
              }, step.delayMs)
            },
            complete() {
              ended = true
              maybeComplete()
            },
          })
          return () => subscription.unsubscribe()
        }),
    }
  },
})

/** Holds a batch's memory, as a queue does; it must not have been given back yet. */
function retained(lease: Lease, sink: Sink): boolean {
  try {
    lease.retain()
    return true
  } catch {
    sink.unpaid++
    return false
  }
}

/** Where a test hands deliveries to the engine, as a client's connection would. */
export class Connection {
  #out: Subscriber<Delivery> | undefined

  readonly factory: ReceiverFactory = defineReceiver({
    type: 'probe_receiver',
    config: anything,
    create: (_config, { signal, started }) =>
      new Observable<Delivery>((out) => {
        this.#out = out
        // After a reload clients are connected to the newer one.
        const hangUp = () => {
          if (this.#out === out) this.#out = undefined
        }
        signal.addEventListener('abort', () => {
          hangUp()
          out.complete()
        })
        started()
        return hangUp
      }),
  })

  /** `false` when nobody listens. */
  send(delivery: Delivery): boolean {
    if (this.#out === undefined) return false
    this.#out.next(delivery)
    return true
  }
}
