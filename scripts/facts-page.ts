import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Origins, origins } from '../src/cli/explain/origins.ts'
import type { Dialect } from '../src/genai/dialect.ts'
import { dialects } from '../src/genai/dialects.ts'
import { type Declaration, declarationsOf, type Member } from './facts-declarations.ts'
import { type KeyTable, keyTables } from './facts-origins.ts'

/** Where {@link factsPage} is written to, from the root. */
export const factsPath = 'docs/facts.md'

const root = join(import.meta.dirname, '..')
const factsSource = 'src/facts/fact.ts'

/** Every fact with its fields, and the attributes that each is looked for in, as a page. */
export function factsPage(): string {
  const all = declarationsOf(readFileSync(join(root, factsSource), 'utf8'))
  const names = new Map(all.map((it) => [it.name, anchorName(it)]))
  const section = (it: Declaration) => sectionOf(it, names)
  const of = (test: (it: Declaration) => boolean) => all.filter(test).flatMap(section)
  return [
    '# Facts',
    '',
    'What the collector knows about agents: the same few kinds, whatever dialect a sender speaks.',
    'A fact names the span it was read from. Money is in integer nano-USD, times are in',
    'milliseconds; what may be absent is unknown, which is never 0. How a number was come by for',
    'your own data: `agent-sre explain <otlp file>`.',
    '',
    `Generated from \`${factsSource}\` and the tables of \`src/genai\` by \`npm run generate\`; a`,
    'test fails when this page is stale.',
    '',
    ...of((it) => it.name === 'FactBase'),
    ...of((it) => kindOf(it) !== undefined),
    ...of((it) => it.kind === 'interface' && kindOf(it) === undefined && it.name !== 'FactBase'),
    '## Words',
    '',
    '| type | meaning | words |',
    '| --- | --- | --- |',
    ...all.filter(isWords).map(wordsRow),
    '',
    '## Where values are looked for',
    '',
    'The first key of a row that has a value wins. Empty texts and placeholders such as',
    '`<REDACTED>` or `N/A` are no values.',
    '',
    ...keyTables.flatMap(tableOf),
    '## Dialects',
    '',
    'What a span does (`operation`) is read in the tables of `src/genai/dialects`: where several',
    'dialects fit, the first of this list counts, unless the scope of the span says otherwise.',
    '',
    '| dialect | scopes | attributes that say what a span does | read in |',
    '| --- | --- | --- | --- |',
    ...dialects.map(dialectRow),
    '',
  ].join('\n')
}

/** The kind of a fact; other interfaces have none. */
function kindOf({ kind, members }: Declaration): string | undefined {
  const own = kind === 'interface' ? members.find((it) => it.name === 'kind') : undefined
  return own?.type.match(/^'(\w+)'$/)?.[1]
}

function anchorName(it: Declaration): string {
  if (it.name === 'FactBase') return 'every-fact'
  return kindOf(it) ?? (isWords(it) ? 'words' : it.name.toLowerCase())
}

/** Types that are words alone; the others are made of facts, for the code. */
function isWords({ kind, type }: Declaration): boolean {
  return kind === 'type' && /^'\w+'( \| '\w+')*$/.test(type)
}

function sectionOf(it: Declaration, names: ReadonlyMap<string, string>): string[] {
  const title = it.name === 'FactBase' ? 'Every fact' : `\`${kindOf(it) ?? it.name}\``
  const from = new Map(Object.entries(originsOf(it)))
  return [
    `## ${title}`,
    '',
    inText(it.doc),
    '',
    '| field | type | meaning | read from |',
    '| --- | --- | --- | --- |',
    ...it.members
      .filter(({ name }) => name !== 'kind')
      .map((member) => fieldRow(member, from.get(member.name) ?? [], names)),
    '',
  ]
}

function originsOf(it: Declaration): Origins[keyof Origins] {
  const name = it.name === 'FactBase' ? 'every_fact' : (kindOf(it) ?? it.name.toLowerCase())
  return isOfOrigins(name) ? origins[name] : {}
}

function isOfOrigins(name: string): name is keyof Origins {
  return Object.hasOwn(origins, name)
}

function fieldRow(
  { name, doc, type }: Member,
  rows: readonly string[],
  names: ReadonlyMap<string, string>,
): string {
  const links = rows.map((row) => `[${row}](#${rowAnchor(row)})`)
  return `| \`${name}\` | ${typeCell(type, names)} | ${cell(inText(doc))} | ${links.join(', ')} |`
}

function typeCell(type: string, names: ReadonlyMap<string, string>): string {
  const alternatives = type.split(' | ')
  const shown = alternatives.filter((it) => it !== 'undefined').join(' | ')
  const anchor = names.get(shown)
  const link = anchor === undefined ? `\`${cell(shown)}\`` : `[\`${shown}\`](#${anchor})`
  return alternatives.includes('undefined') ? `${link}, or absent` : link
}

function wordsRow({ name, doc, type }: Declaration): string {
  const words = type.split(' | ').map((it) => `\`${it.slice(1, -1)}\``)
  return `| \`${name}\` | ${cell(inText(doc))} | ${words.join(', ')} |`
}

function tableOf({ title, files, prefix = '', keys }: KeyTable): string[] {
  const remarks = new Map(files.flatMap(remarksIn))
  const row = ([name, list]: readonly [string, readonly string[]]) => {
    const shown = list.map((key) => `\`${cell(key)}\``).join(', ')
    const what = `<a id="${rowAnchor(prefix + name)}"></a>${prefix}${name}`
    return `| ${what} | ${shown} | ${cell(inText(remarks.get(name) ?? ''))} |`
  }
  return [
    `### ${title}`,
    '',
    '| what | keys, the most trusted first | remark |',
    '| --- | --- | --- |',
    ...Object.entries(keys).map(row),
    '',
  ]
}

function dialectRow({ name, scopes = [], operations = [], source }: Dialect): string {
  const list = (words: readonly string[]) => words.map((it) => `\`${cell(it)}\``).join(', ')
  const carriers = operations.map(({ key }) => key)
  return `| \`${name}\` | ${list(scopes)} | ${list([...new Set(carriers)])} | ${cell(source)} |`
}

function remarksIn(file: string): (readonly [name: string, remark: string])[] {
  const tables = declarationsOf(readFileSync(join(root, file), 'utf8'))
  return tables
    .filter(({ kind }) => kind === 'const')
    .flatMap(({ members }) => members.map(({ name, doc }) => [name, doc] as const))
}

function rowAnchor(row: string): string {
  return `from-${row.replace('.', '-').toLowerCase()}`
}

/** A link of the source's own says nothing here. */
function inText(doc: string): string {
  return doc.replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, '`$1`')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
