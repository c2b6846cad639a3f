/**
 * Writes what is generated: the Configuration table of every component's README, from its schema,
 * and the pages about conformance and facts.
 * `node scripts/generate.ts` writes; a test calls {@link stale} and fails when something is.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { components } from '../src/components.ts'
import { conformancePage, conformancePath } from './conformance.ts'
import { factsPage, factsPath } from './facts-page.ts'

const root = join(import.meta.dirname, '..')
const [start, end] = ['<!-- config:start -->', '<!-- config:end -->']

/** A generated file whose text is not what the script would write. */
export interface Generated {
  readonly path: string
  readonly text: string
}

/** Files that must be written again; `missing` markers are an error. */
export async function stale(): Promise<Generated[]> {
  const found: Generated[] = []
  for (const place of ['receivers', 'processors', 'exporters'] as const) {
    for (const { type, config } of components[place]) {
      const path = join(root, place, type, 'README.md')
      const before = await readFile(path, 'utf8')
      const text = withTable(path, before, configTable(config))
      if (text !== before) found.push({ path, text })
    }
  }
  for (const page of pages()) {
    if ((await readFile(page.path, 'utf8').catch(() => '')) !== page.text) found.push(page)
  }
  return found
}

function pages(): Generated[] {
  return [
    { path: join(root, conformancePath), text: conformancePage() },
    { path: join(root, factsPath), text: factsPage() },
  ]
}

/** Every setting of a schema, with its default and its meaning, as a Markdown table. */
export function configTable(schema: z.ZodType): string {
  const rows = settings(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '')
  const body = rows.map(({ key, value, meaning }) => `| \`${key}\` | ${value} | ${meaning} |`)
  return ['| key | default | meaning |', '| --- | --- | --- |', ...body].join('\n')
}

interface Setting {
  readonly key: string
  readonly value: string
  readonly meaning: string
}

type Schema = z.core.JSONSchema.BaseSchema

function settings(schema: Schema, prefix: string): Setting[] {
  const { properties = {} } = objectOf(schema)
  return Object.entries(properties).flatMap(([name, it]) => {
    if (typeof it === 'boolean') return []
    const key = `${prefix}${name}`
    const own = { key, value: shown(it.default), meaning: cell(it.description ?? '') }
    return [own, ...settings(it, `${key}.`)]
  })
}

/** A block that may be present but empty is an object or null. */
function objectOf(schema: Schema): Schema {
  const isObject = (it: Schema | boolean): it is Schema =>
    typeof it !== 'boolean' && it.properties !== undefined
  return schema.anyOf?.find(isObject) ?? schema
}

function shown(value: unknown): string {
  if (value === undefined || JSON.stringify(value) === '{}') return ''
  return `\`${cell(typeof value === 'string' ? value : JSON.stringify(value))}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function withTable(path: string, text: string, table: string): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${path} has no ${start} … ${end}`)
  return `${text.slice(0, from + start.length)}\n\n${table}\n\n${text.slice(to)}`
}

if (import.meta.main) {
  for (const { path, text } of await stale()) {
    await writeFile(path, text)
    console.log(`wrote ${path}`)
  }
}
