import {
  AttributeList,
  type AttributeMatcher,
  type AttributeSlots,
  type ValueView,
} from './attributes.ts'
import type { Payload } from './chunk.ts'
import { Place, type ResourceView, type ScopeView, walk } from './envelope.ts'
import { FieldIndex } from './field-index.ts'
import type { ItemEdits } from './item-edits.ts'
import { doubles, fixed64s, quantiles, uint64s } from './packed.ts'
import { FieldReader } from './wire.ts'

export type MetricType = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'

/** Where each metric type's points keep what all of them have; its key is the field in Metric. */
interface Shape {
  readonly type: MetricType
  readonly attributes: number
  readonly flags: number
  readonly min: number
  readonly max: number
}

/** No point has this field: what a metric type lacks is read as absent. */
const nowhere = 0

const shapes: ReadonlyMap<number, Shape> = new Map([
  [5, { type: 'gauge', attributes: 7, flags: 8, min: nowhere, max: nowhere }],
  [7, { type: 'sum', attributes: 7, flags: 8, min: nowhere, max: nowhere }],
  [9, { type: 'histogram', attributes: 9, flags: 10, min: 11, max: 12 }],
  [10, { type: 'exponential_histogram', attributes: 1, flags: 10, min: 12, max: 13 }],
  [11, { type: 'summary', attributes: 7, flags: 8, min: nowhere, max: nowhere }],
])

/** A data point with its metric, read when asked. One view serves all points of a walk. */
export class DataPointView {
  /** Its place among all data points of the payload: what `Edits.item` takes. */
  index = 0
  /** The place of its metric among all metrics of the payload. */
  metricIndex = 0
  type: MetricType = 'gauge'
  readonly resource: ResourceView
  readonly scope: ScopeView
  readonly #metric: FieldIndex
  readonly #data: FieldIndex
  readonly #fields = new FieldIndex()
  readonly #list = new AttributeList()
  #shape: Shape | undefined

  constructor(place: Place, metric: FieldIndex, data: FieldIndex) {
    this.resource = place.resource
    this.scope = place.scope
    this.#metric = metric
    this.#data = data
  }

  reset(reader: FieldReader, shape: Shape, index: number, edits?: ItemEdits): this {
    const { bytes } = this.#data
    this.index = index
    this.type = shape.type
    this.#shape = shape
    const fields = this.#fields.reset(bytes, reader.from, reader.to)
    const { attributes } = shape
    const tag = (attributes << 3) | 2
    this.#list.reset(bytes, fields.firstOf(attributes), fields.lastOf(attributes), tag, edits)
    return this
  }

  name(): string {
    return this.#metric.string(1)
  }

  description(): string {
    return this.#metric.string(2)
  }

  unit(): string {
    return this.#metric.string(3)
  }

  /** 0 unspecified (gauges and summaries have none), 1 delta, 2 cumulative. */
  get temporality(): number {
    return this.#data.uint32(2)
  }

  get isMonotonic(): boolean {
    return this.type === 'sum' && this.#data.uint32(3) !== 0
  }

  get startTimeUnixNano(): bigint {
    return this.#fields.fixed64BigInt(2)
  }

  get timeUnixNano(): bigint {
    return this.#fields.fixed64BigInt(3)
  }

  /** Unix milliseconds with a fraction. */
  get timeMs(): number {
    return this.#fields.fixed64(3) / 1e6
  }

  /** The value of a gauge or sum; an int beyond 2^53 is the nearest number. */
  asNumber(): number | undefined {
    if (!this.#isNumber) return undefined
    const int = this.asBigInt()
    return int === undefined ? this.#fields.double(4) : Number(int)
  }

  /** The value of a gauge or sum whose points are ints. */
  asBigInt(): bigint | undefined {
    if (!this.#isNumber || !this.#fields.has(6)) return undefined
    return BigInt.asIntN(64, this.#fields.fixed64BigInt(6))
  }

  /** How many values a histogram or summary holds; 0 for a gauge or sum. */
  get count(): number {
    return this.#isNumber ? 0 : this.#fields.fixed64(4)
  }

  get sum(): number | undefined {
    return this.#isNumber ? undefined : this.#fields.double(5)
  }

  get min(): number | undefined {
    return this.#fields.double(this.#shape?.min ?? nowhere)
  }

  get max(): number | undefined {
    return this.#fields.double(this.#shape?.max ?? nowhere)
  }

  /** Flag 1: no recorded value. */
  get flags(): number {
    return this.#fields.uint32(this.#shape?.flags ?? nowhere)
  }

  /** Counts of a histogram's buckets: one more than its bounds. */
  bucketCounts(): number[] {
    return this.type === 'histogram' ? fixed64s(this.#fields, 6) : []
  }

  explicitBounds(): number[] {
    return this.type === 'histogram' ? doubles(this.#fields, 7) : []
  }

  /** The buckets of an exponential histogram. */
  exponential() {
    if (this.type !== 'exponential_histogram') return undefined
    const side = (number: number) => {
      const { bytes } = this.#fields
      const buckets = new FieldIndex()
      buckets.reset(bytes, this.#fields.valueFrom(number), this.#fields.lastOf(number))
      return { offset: buckets.sint32(1), counts: uint64s(buckets, 2) }
    }
    return {
      scale: this.#fields.sint32(6),
      zeroCount: this.#fields.fixed64(7),
      zeroThreshold: this.#fields.double(14) ?? 0,
      positive: side(8),
      negative: side(9),
    }
  }

  /** The quantiles of a summary. */
  quantiles(): { readonly quantile: number; readonly value: number }[] {
    return this.type === 'summary' ? quantiles(this.#fields, 6) : []
  }

  attributes(matcher: AttributeMatcher): AttributeSlots {
    return this.#list.match(matcher)
  }

  forEachAttribute(visit: (key: string, value: ValueView) => void): void {
    this.#list.forEach(visit)
  }

  get #isNumber(): boolean {
    return this.type === 'gauge' || this.type === 'sum'
  }
}

/** Visits every data point of every metric in order. The view is reused between visits. */
export function forEachDataPoint(payload: Payload, visit: (point: DataPointView) => void): void {
  if (payload.signal !== 'metrics') throw new TypeError(`no data points in ${payload.signal}`)
  const place = new Place()
  const metric = new FieldIndex()
  const data = new FieldIndex()
  const point = new DataPointView(place, metric, data)
  const reader = new FieldReader()
  let metrics = 0
  walk(payload, place, (bytes, from, to) => {
    metric.reset(bytes, from, to)
    point.metricIndex = metrics++
    for (const [number, shape] of shapes) {
      if (!metric.has(number)) continue
      data.reset(bytes, metric.valueFrom(number), metric.lastOf(number))
      reader.reset(bytes, data.from, data.to)
      while (reader.next()) {
        if (reader.tag !== 0x0a) continue
        const edits = place.nextEdits()
        visit(point.reset(reader, shape, place.index++, edits))
      }
    }
  })
}
