import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastValueFrom, Subject } from 'rxjs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Generated, stale } from '../../scripts/generate.ts'
import type { Delivery, Outcome } from '../../src/component/delivery.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { components } from '../../src/components.ts'
import { aBatch } from '../support/build.ts'
import { testSettings } from '../support/settings.ts'
import { quiet } from './harness.ts'

const root = join(import.meta.dirname, '../..')
const headings = [
  'Example',
  'Configuration',
  'Outcomes',
  'Telemetry',
  'Limits',
  'Source of the method',
]
const all = (['receivers', 'processors', 'exporters'] as const).flatMap((place) =>
  components[place].map((factory) => ({ place, factory, name: `${place}/${factory.type}` })),
)

test('every generated table is what the schema says', async () => {
  const paths = (await stale()).map((it: Generated) => it.path)
  expect(paths, 'run: npm run generate').toEqual([])
})

for (const { place, factory, name } of all) {
  test(`${name}: the example loads`, async () => {
    const example: unknown = parse(await readFile(join(root, name, 'example.yaml'), 'utf8'))
    const written = (example as Record<string, unknown>)[factory.type]
    expect(written, `example.yaml has the key ${factory.type}`).toBeDefined()
    expect(factory.config.safeParse(written).error).toBeUndefined()
  })

  test(`${name}: the README has the headings that every component has`, async () => {
    const text = await readFile(join(root, name, 'README.md'), 'utf8')
    const found = [...text.matchAll(/^## (.*)$/gm)].map((it) => it[1])
    expect(found.filter((it) => headings.includes(it ?? ''))).toEqual(headings)
  })

  test(`${name}: creating it starts nothing`, async () => {
    const scheduler = new VirtualScheduler()
    const before = process.getActiveResourcesInfo().length
    const settings = testSettings({ id: factory.type, scheduler, kinds: factory.kinds })
    factory.create(await exampleConfig(name, factory), settings)
    expect(scheduler.pending).toBe(0)
    expect(process.getActiveResourcesInfo().length).toBe(before)
  })

  if (place === 'exporters') {
    test(`${name}: settles each delivery once, drains, and leaves no timer behind`, async () => {
      const scheduler = new VirtualScheduler()
      const drain = new AbortController()
      const memory = new MemoryLedger(1 << 30)
      const settings = testSettings({
        id: factory.type,
        scheduler,
        memory,
        kinds: factory.kinds,
        signal: drain.signal,
      })
      const exporter = components.exporters
        .find((it) => it === factory)
        ?.create(await exampleConfig(name, factory), settings)
      if (exporter === undefined) throw new Error('not an exporter')
      const source = new Subject<Delivery>()
      const done = lastValueFrom(exporter.consume(source), { defaultValue: undefined })
      const outcomes: Outcome[][] = []
      for (const signal of ['traces', 'logs', 'metrics', 'traces'] as const) {
        const settled: Outcome[] = []
        outcomes.push(settled)
        source.next({ batch: aBatch(signal, [{}]), settle: (it) => settled.push(it) })
      }
      await quiet()
      drain.abort()
      source.complete()
      await done

      expect(outcomes.map((it) => it.length)).toEqual([1, 1, 1, 1])
      expect(scheduler.pending).toBe(0)
      expect(memory.status().reserved_bytes).toBe(0)
    })
  }
}

async function exampleConfig(name: string, factory: (typeof all)[number]['factory']) {
  const example: unknown = parse(await readFile(join(root, name, 'example.yaml'), 'utf8'))
  return factory.config.parse((example as Record<string, unknown>)[factory.type])
}
