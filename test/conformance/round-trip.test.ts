import { expect, test } from 'vitest'
import { schemas } from '../../src/components.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts'
import { printConfig } from '../../src/config/print.ts'
import { formatProblems } from '../../src/config/problem.ts'
import { corpus, machine } from '../corpus-config/corpus.ts'

test.each(corpus)('$name printed without redaction loads again to the same', async ({ path }) => {
  const config = await load(path)
  for (const format of ['yaml', 'json'] as const) {
    const printed = printConfig(config, { format, mode: 'unredacted' })
    const again = await load(`yaml:${printed}`)
    expect(again.resolved).toEqual(config.resolved)
    expect(printConfig(again, { format, mode: 'unredacted' })).toBe(printed)
    expect([...again.service.pipelines]).toEqual([...config.service.pipelines])
  }
})

test.each(corpus)('$name printed is what was written, but for secrets', async ({ path, yaml }) => {
  const written = printConfig(await load(path), { view: 'as_written', format: 'json' })
  expect(withoutHidden(JSON.parse(written))).toEqual(withoutHidden(yaml))
})

async function load(source: string): Promise<LoadedConfig> {
  const result = await loadConfig([source], [], schemas, machine)
  if (!result.ok) throw new Error(formatProblems(result.problems))
  return result.config
}

/** Everything but the values of secret fields, and defaults of what may hold credentials. */
function withoutHidden(config: unknown): unknown {
  return JSON.parse(JSON.stringify(config), (key, value: unknown) => {
    if (['headers', 'response_headers', 'key_pem', 'token'].includes(key)) return 'hidden'
    return typeof value === 'string' ? value.replaceAll(/:-[^}]*/g, ':-') : value
  })
}
