import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import type { Subscription } from 'rxjs'
import { type Delivery, delivered, type Outcome } from '../../../src/component/delivery.ts'
import { MemoryLedger } from '../../../src/component/memory.ts'
import type { Settings } from '../../../src/component/settings.ts'
import { recordingLog, testSettings } from '../../../test/support/settings.ts'
import { otlpReceiver } from '../index.ts'

interface Options {
  /** Settings of `protocols.http`; the endpoint is a free port of 127.0.0.1. */
  readonly http?: object
  /** Settings of `protocols.grpc`, which is there only when they are; the endpoint is likewise free. */
  readonly grpc?: object
  /** Further settings of the receiver. */
  readonly config?: object
  /** What the pipeline says to a delivery; `undefined` leaves it unsettled. */
  readonly respond?: (delivery: Delivery) => Outcome | undefined
  readonly memoryBytes?: number
  readonly settings?: Partial<Settings>
}

/** A receiver with real sockets, as the engine runs it; disposing it unsubscribes. */
export async function runReceiver(options: Options = {}) {
  const { respond = () => delivered, memoryBytes = 256 * 1024 * 1024 } = options
  const free = { endpoint: '127.0.0.1:0' }
  const controller = new AbortController()
  const memory = new MemoryLedger(memoryBytes)
  const log = recordingLog()
  const meters = recordingMeter()
  const deliveries = new Mailbox<Delivery>()
  const closing: Promise<unknown>[] = []
  const cuts: (() => void)[] = []
  let document: () => unknown = () => undefined
  let hasCompleted = false
  let subscription: Subscription | undefined

  const listening = await new Promise<readonly string[]>((resolve, reject) => {
    const settings = testSettings({
      id: 'otlp',
      log,
      memory,
      meter: meters.meter,
      signal: controller.signal,
      status: (it) => {
        document = it
      },
      started: (...addresses) => resolve(addresses),
      closing: (work, cut) => {
        closing.push(work)
        if (cut !== undefined) cuts.push(cut)
      },
      ...options.settings,
    })
    const config = otlpReceiver.config.parse({
      protocols: {
        http: { ...free, ...options.http },
        ...(options.grpc && { grpc: { ...free, ...options.grpc } }),
      },
      ...options.config,
    })
    subscription = otlpReceiver.create(config, settings).subscribe({
      next(delivery) {
        const outcome = respond(delivery)
        if (outcome) delivery.settle(outcome)
        deliveries.put(delivery)
      },
      error: reject,
      complete: () => {
        hasCompleted = true
      },
    })
  })

  const url = listening.find((it) => !it.startsWith('grpc:')) ?? ''
  const grpc = listening.find((it) => it.startsWith('grpc:')) ?? ''

  return {
    /** Where HTTP listens. */
    url,
    port: Number(URL.parse(url)?.port),
    /** `host:port` at which gRPC listens. */
    grpc: grpc.replace('grpc://', ''),
    grpcPort: Number(URL.parse(grpc)?.port),
    listening,
    /** Deliveries, as they come. */
    deliveries,
    log,
    counters: meters.counters,
    points: meters.points,
    status: () => document(),
    reservedBytes: () => memory.status().reserved_bytes,
    peakBytes: () => memory.status().peak_bytes,
    memory,
    hasCompleted: () => hasCompleted,
    /** Asks the receiver to drain; what it returns ends when its sockets are closed. */
    drain(): Promise<unknown> {
      controller.abort()
      return Promise.all(closing)
    },
    /** Ends at once what still goes on after the drain. */
    cut(): void {
      for (const it of cuts) it()
    },
    unsubscribe: () => subscription?.unsubscribe(),
    [Symbol.dispose]: () => subscription?.unsubscribe(),
  }
}

/** Things that arrive, to be waited for. */
class Mailbox<T> {
  readonly all: T[] = []
  readonly #waiting: ((it: T) => void)[] = []
  #taken = 0

  put(it: T): void {
    this.all.push(it)
    this.#serve()
  }

  /** The next thing that nobody took. */
  next(): Promise<T> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#serve()
    })
  }

  #serve(): void {
    const it = this.all[this.#taken]
    if (it === undefined) return
    const resolve = this.#waiting.shift()
    if (resolve === undefined) return
    this.#taken++
    resolve(it)
  }
}

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function recordingMeter() {
  const reader = new ManualReader()
  const provider = new MeterProvider({ readers: [reader] })
  return {
    meter: provider.getMeter('test'),
    /** What one counter says, with its attributes. */
    async points(name: string): Promise<object[]> {
      const { resourceMetrics } = await reader.collect()
      const metrics = resourceMetrics.scopeMetrics.flatMap((it) => it.metrics)
      const points = metrics.find((it) => it.descriptor.name === name)?.dataPoints ?? []
      return points.map(({ attributes, value }) => ({ attributes, value }))
    },
    /** Values by name, with `{reason}` behind it where there is one. */
    async counters(): Promise<Record<string, unknown>> {
      const { resourceMetrics } = await reader.collect()
      const metrics = resourceMetrics.scopeMetrics.flatMap((it) => it.metrics)
      return Object.fromEntries(
        metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes: { reason }, value }) => [
            reason === undefined ? descriptor.name : `${descriptor.name}{${reason}}`,
            value,
          ]),
        ),
      )
    },
  }
}
