import { expect, test } from 'vitest'
import { declarationsOf } from './facts-declarations.ts'
import { factsPage } from './facts-page.ts'

const source = `import { nothing } from './nothing.ts'

/** A colour. */
export type Colour = 'red' | 'green'

/** What became of it. */
export type Outcome =
  /** Well. */
  | 'good'
  | 'bad'

/**
 * A thing
 * of some size.
 */
export interface Thing
  extends Base {
  readonly size: number
  /** As seen | painted. */
  readonly colour: Colour | undefined
}

/** Keys. */
export const keys = {
  size: ['size'],
  /** What is painted. */
  colour: [
    'colour',
    'color',
  ],
} as const

export function other() {}
`

test('declarations are read with their comments and members', () => {
  const common = { base: undefined, type: '', members: [] }
  expect(declarationsOf(source)).toEqual([
    { ...common, kind: 'type', name: 'Colour', doc: 'A colour.', type: "'red' | 'green'" },
    { ...common, kind: 'type', name: 'Outcome', doc: 'What became of it.', type: "'good' | 'bad'" },
    {
      ...common,
      kind: 'interface',
      name: 'Thing',
      doc: 'A thing of some size.',
      base: 'Base',
      members: [
        { name: 'size', doc: '', type: 'number' },
        { name: 'colour', doc: 'As seen | painted.', type: 'Colour | undefined' },
      ],
    },
    {
      ...common,
      kind: 'const',
      name: 'keys',
      doc: 'Keys.',
      members: [
        { name: 'size', doc: '', type: '' },
        { name: 'colour', doc: 'What is painted.', type: '' },
      ],
    },
  ])
})

test('every kind of fact has a section, and every link of the page a target', () => {
  const page = factsPage()
  const kinds = [...page.matchAll(/^## `([a-z_]+)`$/gm)].map(([, kind]) => kind)
  const targets = new Set([
    ...[...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)),
    ...[...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id),
  ])
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target)

  expect(kinds).toEqual([
    'task',
    'llm_call',
    'tool_call',
    'delegation',
    'policy_check',
    'evaluation',
    'prediction',
    'trust_report',
    'handshake',
    'usage_report',
  ])
  expect(links.length).toBeGreaterThan(50)
  expect(links.filter((it) => !targets.has(it ?? ''))).toEqual([])
})

/** As renderers of Markdown name headings. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}
