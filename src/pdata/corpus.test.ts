import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Data, oracleDecode } from '../../test/support/otlp-oracle.ts'
import { fromJson, toJson } from './json.ts'
import { decode, encode } from './payload.ts'
import { type Signal, signals } from './signal.ts'
import { forEachSpan } from './spans.ts'

const recorded = (name: string) =>
  readFileSync(new URL(`../../test/corpus/${name}`, import.meta.url))

for (const signal of signals) {
  test(`${signal} as the JavaScript SDK sends them mean the same in both encodings`, () => {
    const binary = recorded(`${signal}.pb`)
    const json = fromJson(signal, recorded(`${signal}.jsonl`))
    expect(timeless(oracleDecode(signal, json))).toEqual(timeless(oracleDecode(signal, binary)))
    expect(decode(signal, json).itemCount).toBe(decode(signal, binary).itemCount)
  })

  test(`${signal} as the JavaScript SDK sends them go out as they came in`, () => {
    const binary = recorded(`${signal}.pb`)
    const payload = decode(signal, binary)
    expect(encode(payload)).toBe(binary)
    const back = fromJson(signal, toJson(payload))
    expect(oracleDecode(signal, back)).toEqual(oracleDecode(signal, binary))
  })
}

test('a recorded span is read', () => {
  const names: string[] = []
  forEachSpan(decode('traces', recorded('traces.pb')), (span) => names.push(span.name()))
  expect(names).toEqual(['chat gpt-5-mini', 'invoke_agent support-bot'])
})

const examples = new URL('../../../shared/reference/contracts/otlp-examples/', import.meta.url)
const published: readonly (readonly [string, Signal, number])[] = [
  ['trace.json', 'traces', 1],
  ['logs.json', 'logs', 1],
  ['events.json', 'logs', 1],
  ['metrics.json', 'metrics', 4],
]

for (const [file, signal, items] of published) {
  const name = `the published example ${file} is read (needs ../shared/reference/contracts)`
  test.skipIf(!existsSync(examples))(name, () => {
    const bytes = fromJson(signal, readFileSync(new URL(file, examples)))
    const payload = decode(signal, bytes)
    expect(payload.itemCount).toBe(items)
    expect(fromJson(signal, toJson(payload))).toEqual(bytes)
  })
}

/** Without the times at which two exporters collected the same metric, one after the other. */
function timeless(data: Data): Data {
  const text = JSON.stringify(data, (key, value) => (/UnixNano$/.test(key) ? undefined : value))
  return JSON.parse(text)
}
