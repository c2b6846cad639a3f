import { expect, test } from 'vitest'
import { dataPointContext, logContext, metricContext, spanContext } from './contexts.ts'
import { parseCondition } from './parse.ts'

const read = (text: string) => parseCondition(spanContext, text)

test('and binds tighter than or, and not tightest', () => {
  const flag = (value: boolean) => ({ kind: 'constant', value })
  expect(read('true or not false and (true or false)')).toEqual({
    kind: 'any',
    of: [
      flag(true),
      {
        kind: 'all',
        of: [
          { kind: 'not', of: flag(false) },
          { kind: 'any', of: [flag(true), flag(false)] },
        ],
      },
    ],
  })
})

test('literals are read as OTTL has them', () => {
  const literal = (text: string) => {
    const condition = read(`name == ${text}`)
    if (typeof condition === 'string') return condition
    return condition.kind === 'compare' && condition.right.kind === 'literal'
      ? condition.right.value
      : condition
  }
  expect(literal('"a \\"b\\" \\\\ \\n \\x41\\u00fc"')).toBe('a "b" \\ \n Aü')
  expect([literal('5'), literal('-5'), literal('+0.5'), literal('-1.5e3')]).toEqual([
    5, -5, 0.5, -1500,
  ])
  expect(literal('9223372036854775807')).toBe(9223372036854775807n)
  expect([literal('true'), literal('nil')]).toEqual([true, undefined])
  expect([literal('SPAN_KIND_SERVER'), literal('STATUS_CODE_ERROR')]).toEqual([2, 2])
})

test('paths may begin with their context', () => {
  expect(read('span.status.code == 2')).toEqual(read('status.code == 2'))
  expect(read('span.attributes["a"] == 2')).toEqual(read('attributes["a"] == 2'))
  expect(read('2 == resource.attributes["a"]')).toMatchObject({
    right: { kind: 'attribute', map: 'resource.attributes', key: 'a' },
  })
  expect(parseCondition(metricContext, 'metric.name == "a"')).toEqual(
    parseCondition(metricContext, 'name == "a"'),
  )
  expect(parseCondition(dataPointContext, 'metric.type == METRIC_DATA_TYPE_SUM')).toMatchObject({
    left: { kind: 'path', path: 'metric.type' },
    right: { value: 2 },
  })
  const warn = { right: { value: 13 } }
  expect(parseCondition(logContext, 'severity_number < SEVERITY_NUMBER_WARN')).toMatchObject(warn)
})

test('what is not supported is named with its place and what there is instead', () => {
  const problems: [string, string][] = [
    ['', 'at character 1: the end is no value'],
    ['name', 'at character 5: a comparison is missing: == != < <= > >='],
    ['name = "a"', 'at character 6: write == to compare'],
    ['name == "a" name == "b"', 'at character 13: name cannot follow here; write and or or'],
    ['name == "a', 'at character 9: this string has no end'],
    ["name == 'a'", 'at character 9: write strings in double quotes'],
    ['name == "\\d"', 'at character 10: there is no escape \\d; for a backslash write two'],
    ['(name == "a"', 'at character 13: ) is missing before the end'],
    [
      'HasPrefix(name, "a")',
      'at character 1: the function HasPrefix is not supported here; there is IsMatch, IsRootSpan',
    ],
    ['Len(name) > 5', 'at character 1: the function Len is not supported here'],
    ['5 < Len(name)', 'at character 5: Len(…) cannot be compared; functions stand alone'],
    ['IsMatch(name, name)', 'at character 15: the pattern has to be a string'],
    ['IsMatch(name, "(")', 'at character 15: it is no valid pattern: missing closing )'],
    ['nane == "a"', 'at character 1: there is no path nane here; there is name, kind, status.code'],
    ['body == "a"', 'at character 1: there is no path body here'],
    ['attributes == nil', 'at character 1: attributes needs a key: write attributes["…"]'],
    ['name["a"] == nil', 'at character 1: name has no keys; attributes, resource.attributes,'],
    ['attributes[0] == nil', 'at character 12: the key has to be a string'],
    [
      'attributes["a"]["b"] == nil',
      'at character 16: only the key of an attribute can be asked for, nothing in it',
    ],
    ['kind == SEVERITY_NUMBER_WARN', 'at character 9: there is no SEVERITY_NUMBER_WARN here;'],
    [
      'end_time_unix_nano - start_time_unix_nano > 1',
      'at character 20: arithmetic is not supported',
    ],
    ['trace_id.string == 0x00', 'at character 20: bytes are not supported as literals'],
    ['name == {}', 'at character 9: maps are not supported as literals'],
    ['name == [1]', 'at character 9: [ is no value'],
    ['name "==" "a"', 'at character 6: a comparison is missing'],
    ['"true"', 'at character 7: a comparison is missing'],
    ['name ~ 5', 'at character 6: "~" is not understood'],
  ]
  for (const [text, problem] of problems) expect(read(text)).toContain(problem)
})

test('hostile conditions are refused at once', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`
  expect(read(nested(50))).toEqual({ kind: 'constant', value: true })
  expect(read(nested(1000))).toBe('at character 65: it nests deeper than 64')
  expect(read(`${'not '.repeat(1000)}true`)).toContain('nests deeper than 64')
  expect(read(nested(100_000))).toBe('is longer than 10000 characters')
  expect(read(`"${'\\\\'.repeat(4_900)}" == name`)).toMatchObject({ kind: 'compare' })
  expect(read(Array(1_000).fill('true').join(' or '))).toMatchObject({ kind: 'any' })
})
