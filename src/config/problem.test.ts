import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'
import { formatPath, formatProblems, type Problem } from './problem.ts'

const at = { file: 'collector.yaml', line: 8, column: 5, sourceLine: '    treshold: 1' }

test('problems are shown by place, path, rule and value, and counted', () => {
  const problems: Problem[] = [
    {
      path: ['processors', 'burn_rate/checkout', 'treshold'],
      message: 'is no setting of burn_rate; did you mean threshold?',
      severity: 'error',
      at,
    },
    {
      path: ['processors', 'burn_rate/checkout', 'objective'],
      message: 'is a ratio: write 0.999 for 99.9 %',
      found: 99.9,
      severity: 'error',
      at: { ...at, line: 5 },
    },
  ]
  expect(formatProblems(problems)).toBe(
    [
      'collector.yaml:5:5  processors.burn_rate/checkout.objective',
      '    is a ratio: write 0.999 for 99.9 % (found 99.9)',
      'collector.yaml:8:5  processors.burn_rate/checkout.treshold',
      '    is no setting of burn_rate; did you mean threshold?',
      '2 problems. Nothing was started.',
    ].join('\n'),
  )
})

test('warnings say so and stop nothing', () => {
  const warning: Problem = {
    path: ['exporters', 'debug'],
    message: 'is idle',
    severity: 'warning',
    at,
  }
  expect(formatProblems([warning])).toBe(
    'collector.yaml:8:5  exporters.debug\n    warning: is idle\n1 warning.',
  )
  expect(formatProblems([warning, { ...warning, severity: 'error' }])).toContain(
    '1 problem, 1 warning. Nothing was started.',
  )
})

test('a problem without place or path is its sentence alone', () => {
  expect(formatProblems([{ path: [], message: 'is missing', severity: 'error' }])).toBe(
    '    is missing\n1 problem. Nothing was started.',
  )
})

test('long values are cut, structures are named', () => {
  const show = (found: unknown) =>
    formatProblems([{ path: [], message: 'no', severity: 'error', found }])
  expect(show('x'.repeat(500)).length).toBeLessThan(150)
  expect(show([1])).toContain('(found a list)')
  expect(show({})).toContain('(found a map)')
  expect(show(null)).toContain('(found null)')
})

test('keys with dots and blanks are quoted in a path', () => {
  expect(formatPath(['resource', 'service.name', 0, 'a b'])).toBe(
    'resource["service.name"][0]["a b"]',
  )
})

test('the nearest word is offered, a far one is not', () => {
  expect(nearest('treshold', ['objective', 'threshold'])).toBe('threshold')
  expect(nearest('otlphttp', ['otlp', 'otlp_http'])).toBe('otlp_http')
  expect(nearest('sendBatchSize', ['send_batch_size', 'timeout'])).toBe('send_batch_size')
  expect(nearest('attempts', ['enabled', 'max_interval'])).toBeUndefined()
})

test.each([
  ['treshold', 'threshold', 1],
  ['otpl', 'otlp', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
  ['same', 'same', 0],
])('%s and %s are %d apart', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
  expect(editDistance(b, a)).toBe(distance)
})
