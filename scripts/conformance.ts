import type { Item, Proof, Status } from '../test/conformance/checklist/item.ts'
import { checklist, type Part } from '../test/conformance/checklist.ts'

/** Where {@link conformancePage} is written to, from the root. */
export const conformancePath = 'docs/conformance.md'

/** The checklist as a page: each statement with the tests that prove it, or why nothing does yet. */
export function conformancePage(): string {
  return [
    '# Conformance',
    '',
    'What an OpenTelemetry collector must do, statement by statement, and the test that proves it.',
    'The sources are the OpenTelemetry protocol specification and the behaviour of the upstream',
    'collector. Generated from `test/conformance/checklist.ts` by `npm run generate`; a test fails',
    'when a test named here does not exist.',
    '',
    ...summary(),
    ...checklist.flatMap(section),
  ].join('\n')
}

const columns = ['proven', 'nightly', 'not_yet'] as const satisfies readonly Status['kind'][]

function summary(): string[] {
  const count = (items: readonly Item[]) =>
    columns.map((kind) => items.filter(({ status }) => status.kind === kind).length)
  const row = (title: string, items: readonly Item[]) =>
    `| ${[title, ...count(items)].join(' | ')} |`
  return [
    '| part | proven by `npm test` | proven by `npm run test:nightly` | not yet |',
    '| --- | --- | --- | --- |',
    ...checklist.map(({ title, items }) => row(title, items)),
    row(
      'all',
      checklist.flatMap((it) => it.items),
    ),
    '',
  ]
}

function section({ title, items }: Part): string[] {
  return [
    `## ${title}`,
    '',
    '| id | statement | proof |',
    '| --- | --- | --- |',
    ...items.map(
      ({ id, statement, status }) => `| \`${id}\` | ${cell(statement)} | ${proof(status)} |`,
    ),
    '',
  ]
}

function proof(status: Status): string {
  if (status.kind === 'not_yet') return `**not yet**: ${cell(status.why)}`
  const when = status.kind === 'nightly' ? '**nightly**: ' : ''
  return when + status.tests.map(link).join('<br>')
}

function link({ file, name, row }: Proof): string {
  const which = row === undefined ? '' : ` (${row})`
  return `[${file}](../${file}): ${cell((name + which).replaceAll(/[<>[\]*_`]/g, '\\$&'))}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
