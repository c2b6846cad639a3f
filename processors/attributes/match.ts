import { attributeValue } from '../../src/actions/values.ts'
import { compilePattern } from '../../src/patterns/pattern.ts'
import { compileMatcher, type ValueView } from '../../src/pdata/attributes.ts'
import type { LogView } from '../../src/pdata/logs.ts'
import { DataPointView } from '../../src/pdata/metrics.ts'
import { SpanView } from '../../src/pdata/spans.ts'
import { textOf } from '../../src/pdata/value-text.ts'

/** What carries attributes that actions can change. */
export type Item = SpanView | LogView | DataPointView

/** Whether an item is meant. */
export type Match = (item: Item) => boolean

/** What a user writes under `include` or `exclude`. */
export interface WrittenMatch {
  readonly match_type: 'strict' | 'regexp'
  readonly services?: readonly string[] | undefined
  readonly span_names?: readonly string[] | undefined
  readonly metric_names?: readonly string[] | undefined
  readonly attributes?: readonly WrittenPair[] | undefined
  readonly resources?: readonly WrittenPair[] | undefined
}

interface WrittenPair {
  readonly key: string
  readonly value?: unknown
}

type Tell = (path: readonly (string | number)[], message: string) => undefined
type TextTest = (text: string) => boolean
type ValueTest = (value: ValueView) => boolean

/** Compiles what is written; every kind of condition in it has to hold. */
export function matchOf(written: WrittenMatch, tell: Tell): Match | undefined {
  const { match_type: type, services, span_names, metric_names, attributes, resources } = written
  const conditions = [
    services && serviceMatch(anyOf(type, services, (at, it) => tell(['services', at], it))),
    span_names && spanMatch(anyOf(type, span_names, (at, it) => tell(['span_names', at], it))),
    metric_names &&
      metricMatch(anyOf(type, metric_names, (at, it) => tell(['metric_names', at], it))),
    attributes && pairMatch(type, attributes, 'attributes', tell),
    resources && pairMatch(type, resources, 'resources', tell),
  ].filter((it) => it !== undefined)
  if (conditions.length > 0) return (item) => conditions.every((it) => it(item))
  const message = 'says nothing: write services, span_names, metric_names, attributes or resources'
  return tell([], message)
}

const serviceName = compileMatcher(['service.name'])

function serviceMatch(test: TextTest): Match {
  return ({ resource }) => {
    const name = resource.attributes(serviceName).string(0)
    return name !== undefined && test(name)
  }
}

function spanMatch(test: TextTest): Match {
  return (item) => item instanceof SpanView && test(item.name())
}

function metricMatch(test: TextTest): Match {
  return (item) => item instanceof DataPointView && test(item.name())
}

function anyOf(
  type: WrittenMatch['match_type'],
  texts: readonly string[],
  tell: (at: number, message: string) => undefined,
): TextTest {
  if (type === 'strict') {
    const wanted = new Set(texts)
    return (text) => wanted.has(text)
  }
  const patterns = texts.flatMap((text, at) => {
    const pattern = compilePattern(text)
    if (typeof pattern !== 'string') return [pattern]
    tell(at, pattern)
    return []
  })
  return (text) => patterns.some((it) => it.test(text))
}

function pairMatch(
  type: WrittenMatch['match_type'],
  pairs: readonly WrittenPair[],
  where: 'attributes' | 'resources',
  tell: Tell,
): Match {
  const keys = [...new Set(pairs.map((it) => it.key))]
  const matcher = compileMatcher(keys)
  const tests = pairs.map((pair, at) => ({
    slot: keys.indexOf(pair.key),
    test: valueTest(type, pair, (message) => tell([where, at, 'value'], message)),
  }))
  return (item) => {
    const slots = (where === 'attributes' ? item : item.resource).attributes(matcher)
    return tests.every(({ slot, test }) => {
      const value = slots.get(slot)
      return value !== undefined && test(value)
    })
  }
}

function valueTest(
  type: WrittenMatch['match_type'],
  { value }: WrittenPair,
  tell: (message: string) => undefined,
): ValueTest {
  if (value === undefined || value === null) return () => true
  if (type === 'regexp') {
    const pattern = typeof value === 'string' ? compilePattern(value) : 'must be a string'
    if (typeof pattern === 'string') tell(pattern)
    else return (view) => pattern.test(textIn(view))
  }
  if (typeof value === 'string') return (view) => view.asString() === value
  if (typeof value === 'boolean') return (view) => view.asBool() === value
  if (typeof value === 'number') return (view) => view.asNumber() === value
  const wanted = textOf(attributeValue(value) ?? '')
  return (view) => textIn(view) === wanted
}

function textIn(view: ValueView): string {
  const value = view.toValue()
  return value === undefined ? '' : textOf(value)
}
