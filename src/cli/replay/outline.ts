import { z } from 'zod'
import type { Captured } from './captured.ts'

/** A batch for people: when, who, what, and a line for each span, record, metric or alert. */
export function outline({ at, exporter, kind, body, facts }: Captured): string {
  const known = facts?.map((it) => `fact  ${JSON.stringify(it)}`) ?? []
  const lines = [...(body === undefined ? [] : linesOf(kind, body)), ...known]
  return [`+${at}  ${exporter}  ${kind}`, ...lines.map((it) => `    ${it}`), ''].join('\n')
}

function linesOf(kind: Captured['kind'], body: unknown): string[] {
  switch (kind) {
    case 'traces':
      return items(body, 'resourceSpans', 'scopeSpans', 'spans').map(spanLine)
    case 'logs':
      return items(body, 'resourceLogs', 'scopeLogs', 'logRecords').map(logLine)
    case 'metrics':
      return items(body, 'resourceMetrics', 'scopeMetrics', 'metrics').map(metricLine)
    case 'alerts':
      return z.array(z.unknown()).parse(body).map(alertLine)
  }
}

const aRecord = z.record(z.string(), z.unknown())
const aList = z.array(z.unknown()).default([])

/** What lies below a list of lists, as the three signals nest their items. */
function items(body: unknown, ...keys: readonly string[]): unknown[] {
  return keys.reduce<unknown[]>(
    (parents, key) => parents.flatMap((it) => aList.parse(aRecord.parse(it)[key])),
    [body],
  )
}

const attributes = z.array(z.object({ key: z.string(), value: z.unknown() })).default([])

const span = z.object({
  name: z.string().default(''),
  startTimeUnixNano: z.string().default('0'),
  endTimeUnixNano: z.string().default('0'),
  attributes,
})

function spanLine(item: unknown): string {
  const it = span.parse(item)
  const nanos = BigInt(it.endTimeUnixNano) - BigInt(it.startTimeUnixNano)
  return `span  ${it.name}  ${Number(nanos) / 1e6} ms  ${attributesText(it)}`.trimEnd()
}

const logRecord = z.object({
  severityText: z.string().default(''),
  body: z.unknown(),
  attributes,
})

function logLine(item: unknown): string {
  const it = logRecord.parse(item)
  return `log  ${it.severityText}  ${valueText(it.body)}  ${attributesText(it)}`.trimEnd()
}

function metricLine(item: unknown): string {
  const { name, ...rest } = aRecord.parse(item)
  const [type, data] = Object.entries(rest).find(([, it]) => typeof it === 'object') ?? []
  return `metric  ${name}  ${type}  ${JSON.stringify(data)}`
}

function alertLine(item: unknown): string {
  return `alert  ${JSON.stringify(item)}`
}

function attributesText(it: { readonly attributes: z.output<typeof attributes> }): string {
  return it.attributes.map(({ key, value }) => `${key}=${valueText(value)}`).join(' ')
}

/** An OTLP value is an object with one key, which names its type. */
function valueText(value: unknown): string {
  const [inner] = typeof value === 'object' && value !== null ? Object.values(value) : []
  return typeof inner === 'object' ? JSON.stringify(inner) : String(inner ?? '')
}
