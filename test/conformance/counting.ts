import type { Meter } from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'

/** A meter, and what has been counted with it: values by name and attributes. */
export interface Counting {
  readonly meter: Meter
  /** The points of a metric, as `{ attributes, value }`; none where nothing was counted. */
  points(name: string): Promise<readonly { readonly attributes: object; readonly value: unknown }[]>
  /** The sum of a metric's points. */
  sum(name: string): Promise<number>
}

export function counting(): Counting {
  const reader = new ReaderOnDemand()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  async function points(name: string) {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap((it) => it.metrics)
    const found = metrics.find((it) => it.descriptor.name === name)?.dataPoints ?? []
    return found.map(({ attributes, value }) => ({ attributes, value }))
  }
  async function sum(name: string) {
    return (await points(name)).reduce((total, { value }) => total + Number(value), 0)
  }
  return { meter, points, sum }
}

class ReaderOnDemand extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
