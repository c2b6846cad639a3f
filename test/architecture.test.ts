import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What each room may import besides itself; a room not named here may import nothing of ours. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  pdata: [],
  facts: [],
  stats: [],
  patterns: [],
  'config/fields': [],
  ottl: ['pdata', 'patterns'],
  actions: ['pdata', 'patterns'],
  genai: ['pdata', 'facts', 'stats', 'config/fields'],
  pricing: ['pdata', 'facts', 'stats', 'config/fields'],
  storage: ['pdata', 'facts', 'stats', 'config/fields'],
}
const low = [...Object.keys(allowed)]
const middle = ['state', 'decisions', 'alerts', 'audit']
const components = ['receivers', 'processors', 'exporters']
const top = ['config', 'pipeline', 'admin', 'telemetry', 'cli']

function mayImport(from: string): readonly string[] {
  if (from in allowed) return allowed[from] ?? []
  if (middle.includes(from)) return [...low, ...middle]
  if (from === 'component') return [...low, ...middle]
  if (from === 'net') return [...low, ...middle, 'component']
  if (components.includes(from)) return [...low, ...middle, 'component', 'net']
  if (from === 'components.ts') return [...components, 'component', 'config']
  if (top.includes(from)) return [...low, ...middle, 'component', 'net', ...top]
  return [...low, ...middle, 'component', 'net', ...top, 'components.ts']
}

test('imports point downwards only', async () => {
  const wrong: string[] = []
  for (const { file, line, target } of await imports()) {
    const [from, to] = [roomOf(file), roomOf(target)]
    if (from === to && !components.includes(from)) continue
    if (components.includes(from) && sameComponent(file, target)) continue
    if (from === 'cli' && to === 'components.ts') continue
    if (to === 'package.json' || file === 'src/cli/launcher.ts') continue
    if (!mayImport(from).includes(to) || (components.includes(to) && !isIndex(target))) {
      wrong.push(`${file}:${line} imports ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

test('only the graph, the CLI and tests subscribe; subjects stay in the graph', async () => {
  const wrong: string[] = []
  for (const file of await sources()) {
    if (file.startsWith('src/pipeline/') || file.startsWith('src/cli/')) continue
    const text = await readFile(join(root, file), 'utf8')
    for (const [at, line] of text.split('\n').entries()) {
      if (/new (Behavior|Replay|Async)?Subject\b/.test(line))
        wrong.push(`${file}:${at + 1} ${line}`)
    }
  }
  expect(wrong).toEqual([])
})

test('what is remembered asks neither the machine clock nor chance', async () => {
  const wrong: string[] = []
  for (const file of await sources()) {
    if (/^src\/(telemetry|cli|admin|main|net)|scheduler\.ts$/.test(file)) continue
    const text = await readFile(join(root, file), 'utf8')
    for (const [at, line] of text.split('\n').entries()) {
      if (/\b(Date\.now|Math\.random|new Date\(\)|performance\.now)\b/.test(line)) {
        wrong.push(`${file}:${at + 1} ${line.trim()}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

interface Import {
  readonly file: string
  readonly line: number
  readonly target: string
}

async function imports(): Promise<Import[]> {
  const found: Import[] = []
  for (const file of await sources()) {
    const text = await readFile(join(root, file), 'utf8')
    for (const match of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const target = relative(root, join(root, dirname(file), match[1] ?? ''))
      found.push({ file, line: text.slice(0, match.index).split('\n').length, target })
    }
  }
  return found
}

async function sources(): Promise<string[]> {
  const all = await Promise.all(
    ['src', ...components].filter(exists).map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true })
      return names.map((name) => join(folder, name))
    }),
  )
  const isProduct = (it: string) =>
    it.endsWith('.ts') && !/(\.(test|fixture)\.ts|\/testing\/.*)$/.test(it)
  return all.flat().filter(isProduct)
}

/** A catalogue has no folder until its first component. */
function exists(folder: string): boolean {
  return existsSync(join(root, folder))
}

/** The room of a file: a folder of `src`, a catalogue, or a single file. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/')
  if (first !== 'src') return first
  if (fieldFiles.has(file)) return 'config/fields'
  return second
}

/** Files of `src/config` that components read their settings with. */
const fieldFiles = new Set(
  ['fields', 'duration', 'endpoint', 'secret', 'component-id'].map((it) => `src/config/${it}.ts`),
)

function sameComponent(a: string, b: string): boolean {
  return a.split('/').slice(0, 2).join('/') === b.split('/').slice(0, 2).join('/')
}

function isIndex(target: string): boolean {
  return target.endsWith('/index.ts')
}
