import fc from 'fast-check'
import { expect, test } from 'vitest'
import { telemetryBatch } from '../../src/component/batch.ts'
import { decode, encode } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { type Data, oracleDecode, oracleEncode } from '../../test/support/otlp-oracle.ts'
import { requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { filterProcessor } from './index.ts'

/** An item as a general decoder sees it, and all that stands above it. */
interface Item {
  readonly own: Data
  readonly metric: Data
  readonly scope: Data
  readonly resource: Data
}

type Plain = string | number | bigint | boolean | null | 'composite'

/** A value as it is written, and as it is found plainly. */
interface Operand {
  readonly text: string
  find(item: Item): Plain
}

interface Written {
  readonly text: string
  holds(item: Item): boolean
}

const list = {
  traces: ['traces', 'span'],
  logs: ['logs', 'log_record'],
  metrics: ['metrics', 'datapoint'],
} as const

for (const signal of ['traces', 'logs', 'metrics'] as const) {
  test(`what is left of ${signal} is what a plain evaluator leaves`, () => {
    fc.assert(
      fc.property(
        requestsOf[signal],
        fc.array(conditionOn(signal), { minLength: 1, maxLength: 3 }),
        (data, conditions) => {
          const [section, key] = list[signal]
          const written = { [section]: { [key]: conditions.map((it) => it.text) } }
          const processor = filterProcessor.create(config.parse(written), testSettings())
          if (processor.kind !== 'map') throw new Error('filter is a map')
          const bytes = oracleEncode(signal, data)
          const result = processor.map(telemetryBatch(decode(signal, bytes)))

          const items = itemsOf(signal, oracleDecode(signal, bytes))
          const expected = items.filter((item) => !conditions.some((it) => it.holds(item)))
          const kept =
            'payload' in result ? itemsOf(signal, oracleDecode(signal, encode(result.payload))) : []
          expect(kept).toEqual(expected)
        },
      ),
      { numRuns: 400 },
    )
  })
}

function conditionOn(signal: Signal): fc.Arbitrary<Written> {
  const operand = fc.constantFrom(...operands[signal])
  const literal = fc.constantFrom(...literals)
  const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
  const compared = fc
    .tuple(operand, operator, fc.oneof(literal, operand), fc.boolean())
    .map(([one, sign, other, isTurned]): Written => {
      const [left, right] = isTurned ? [other, one] : [one, other]
      return {
        text: `${left.text} ${sign} ${right.text}`,
        holds: (item) => holds(sign, left.find(item), right.find(item)),
      }
    })
  const matched = fc
    .tuple(fc.constantFrom(...texts[signal]), fc.constantFrom('^a', 'e', '^$', 'ü'))
    .map(
      ([{ text, find }, pattern]): Written => ({
        text: `IsMatch(${text}, "${pattern}")`,
        holds: (item) => new RegExp(pattern).test(String(find(item))),
      }),
    )
  return fc.letrec<{ condition: Written }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      compared,
      matched,
      tie('condition').map(
        ({ text, holds }): Written => ({ text: `not (${text})`, holds: (it) => !holds(it) }),
      ),
      fc.tuple(tie('condition'), tie('condition')).map(
        ([a, b]): Written => ({
          text: `(${a.text}) and (${b.text})`,
          holds: (it) => a.holds(it) && b.holds(it),
        }),
      ),
      fc.tuple(tie('condition'), tie('condition')).map(
        ([a, b]): Written => ({
          text: `${a.text} or ${b.text}`,
          holds: (it) => a.holds(it) || b.holds(it),
        }),
      ),
    ),
  })).condition
}

const field = (text: string, of: keyof Item, name: string, absent: Plain): Operand => ({
  text,
  find: (item) => plain(item[of][name]) ?? absent,
})
const attribute = (text: string, of: 'own' | 'scope' | 'resource', key: string): Operand => ({
  text: `${text}["${key}"]`,
  find(item) {
    const entry = listIn(item[of].attributes).find((it) => (it.key ?? '') === key)
    return entry === undefined ? null : anyValue(entry.value)
  },
})

const shared: readonly Operand[] = [
  ...['a', 'b', 'gen_ai.system', 'grüße'].map((key) => attribute('attributes', 'own', key)),
  attribute('resource.attributes', 'resource', 'service.name'),
  attribute('resource.attributes', 'resource', 'a'),
  attribute('instrumentation_scope.attributes', 'scope', 'a'),
  field('scope.name', 'scope', 'name', ''),
  field('instrumentation_scope.version', 'scope', 'version', ''),
]

const status: Operand = {
  text: 'status.code',
  find: ({ own }) => plain(data(own.status).code) ?? 0,
}
const spanName = field('span.name', 'own', 'name', '')
const body: Operand = { text: 'body', find: ({ own }) => anyValue(own.body) }
const metricName = field('metric.name', 'metric', 'name', '')

const operands: Readonly<Record<Signal, readonly Operand[]>> = {
  traces: [...shared, spanName, status, field('kind', 'own', 'kind', 0)],
  logs: [
    ...shared,
    body,
    field('severity_number', 'own', 'severityNumber', 0),
    field('event_name', 'own', 'eventName', ''),
  ],
  metrics: [...shared, metricName, field('metric.unit', 'metric', 'unit', '')],
}

/** Where patterns are looked for: in texts alone, whose writing as text needs no second opinion. */
const texts: Readonly<Record<Signal, readonly Operand[]>> = {
  traces: [spanName, field('scope.name', 'scope', 'name', '')],
  logs: [field('log.event_name', 'own', 'eventName', '')],
  metrics: [metricName],
}

const literals: readonly Operand[] = [
  ...['', 'a', 'gen_ai.system', 'grüße'].map((it) => literalOf(JSON.stringify(it), it)),
  ...[0, 1, 2, -2.5].map((it) => literalOf(`${it}`, it)),
  literalOf('true', true),
  literalOf('nil', null),
]

function literalOf(text: string, value: Plain): Operand {
  return { text, find: () => value }
}

/** OTTL's comparison once more, over plain values. */
function holds(operator: string, a: Plain, b: Plain): boolean {
  const areNumbers = isNumber(a) && isNumber(b)
  const isSameKind = areNumbers || (a !== null && typeof a === typeof b && a !== 'composite')
  const areOrdered = isSameKind && a !== null && b !== null && b !== 'composite'
  const isLess = areOrdered && a < b
  const isMore = areOrdered && a > b
  const isEqual = a === null ? b === null : areOrdered && !isLess && !isMore
  const results = new Map([
    ['==', isEqual],
    ['!=', !isEqual],
    ['<', isLess],
    ['<=', isLess || isEqual],
    ['>', isMore],
    ['>=', isMore || isEqual],
  ])
  return results.get(operator) === true
}

function isNumber(value: Plain): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

function plain(value: unknown): Plain | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

function anyValue(value: unknown): Plain {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } =
    data(value)
  if (typeof stringValue === 'string') return stringValue
  if (typeof boolValue === 'boolean') return boolValue
  if (intValue !== undefined) {
    const near = Number(intValue)
    return Number.isSafeInteger(near) ? near : BigInt(String(intValue))
  }
  if (typeof doubleValue === 'number') return doubleValue
  return [arrayValue, kvlistValue, bytesValue].some((it) => it !== undefined) ? 'composite' : null
}

function data(value: unknown): Data {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listIn(value: unknown): Data[] {
  return Array.isArray(value) ? value : []
}

function itemsOf(signal: Signal, whole: Data): Item[] {
  const groups = [whole.resourceSpans, whole.resourceLogs, whole.resourceMetrics].flatMap(listIn)
  return groups.flatMap((group) => {
    const resource = data(group.resource)
    const scopes = [group.scopeSpans, group.scopeLogs, group.scopeMetrics].flatMap(listIn)
    return scopes.flatMap((it): Item[] => {
      const scope = data(it.scope)
      const above = { resource, scope }
      if (signal !== 'metrics') {
        const own = [it.spans, it.logRecords].flatMap(listIn)
        return own.map((item) => ({ own: item, metric: {}, ...above }))
      }
      return listIn(it.metrics).flatMap((metric) => pointsOf(metric, above))
    })
  })
}

function pointsOf(metric: Data, above: Pick<Item, 'resource' | 'scope'>): Item[] {
  const { name, unit, gauge, sum, histogram, exponentialHistogram, summary } = metric
  return [gauge, sum, histogram, exponentialHistogram, summary]
    .flatMap((it) => listIn(data(it).dataPoints))
    .map((own) => ({ own, metric: { name, unit }, ...above }))
}
