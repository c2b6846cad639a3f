import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLogging, type LoggingOptions } from './logging.ts'

/** What is logged with some options, as lines of a file. */
function lines(
  options: Partial<LoggingOptions>,
  say: (it: ReturnType<typeof createLogging>) => void,
) {
  const file = join(mkdtempSync(join(tmpdir(), 'log-')), 'collector.log')
  const logging = createLogging({
    level: 'info',
    encoding: 'json',
    outputPaths: [`file://${file}`],
    ...options,
  })
  say(logging)
  return readFileSync(file, 'utf8').trimEnd().split('\n')
}

test('json is one object a line, with the fields that were asked for', () => {
  const [line = '', ...others] = lines({ initialFields: { cluster: 'a' } }, (logging) => {
    logging.component({ id: 'otlp/a', role: 'receiver' }).warn({ port: 1 }, 'Careful.')
  })
  expect(others).toEqual([])
  expect(JSON.parse(line)).toEqual({
    level: 'warn',
    ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    cluster: 'a',
    'otelcol.component.id': 'otlp/a',
    'otelcol.component.kind': 'Receiver',
    port: 1,
    msg: 'Careful.',
  })
})

test('console is for people: time with its zone, level, who, sentence, fields', () => {
  const [line] = lines({ encoding: 'console' }, (logging) => {
    logging.component({ id: 'otlp/a', role: 'receiver' }).warn({ port: 1 }, 'Careful.')
  })
  expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d{4} WARN: otlp\/a: Careful\. \{"port":1\}$/)
})

test('quieter lines than the level are not written, nor are identical ones without end', () => {
  const written = lines(
    { sampling: { enabled: true, tick: 60_000, initial: 2, thereafter: 0 } },
    ({ log }) => {
      log.debug({}, 'Never.')
      for (let at = 0; at < 5; at++) log.info({}, 'Often.')
    },
  )
  expect(written).toHaveLength(2)
})
