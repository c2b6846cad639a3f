/** An interface, a type or a table of constants, as its source says it. */
export interface Declaration {
  readonly kind: 'interface' | 'type' | 'const'
  readonly name: string
  readonly doc: string
  /** What an interface extends. */
  readonly base: string | undefined
  /** The right side of a type. */
  readonly type: string
  /** Members of an interface, entries of a table. */
  readonly members: readonly Member[]
}

export interface Member {
  readonly name: string
  readonly doc: string
  /** Type of a field; empty for an entry of a table. */
  readonly type: string
}

const heads = {
  interface: /^export interface (\w+)(?:\s+extends (.+?))? \{$/,
  type: /^export type (\w+)(?:<.*>)? =(.*)$/,
  const: /^export const (\w+)(?:: .+)? = \{$/,
} as const

/**
 * What a source exports, read line by line: the sources are formatted, so that a declaration begins
 * at the margin, a member is indented by two spaces, and `}` at the margin ends it.
 */
export function declarationsOf(source: string): Declaration[] {
  const found: Declaration[] = []
  const lines = source.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const doc = docAbove(lines, at)
    const head = headOf(joinedHead(lines, at))
    if (head === undefined) continue
    const end = endOf(lines, at, head.kind)
    const body = lines.slice(at, end)
    const type = head.kind === 'type' ? typeIn(body) : ''
    const members = head.kind === 'type' ? [] : membersOf(lines.slice(at + 1, end), head.kind)
    found.push({ ...head, doc, type, members })
  }
  return found
}

/** An interface's head may be broken before `extends`. */
function joinedHead(lines: readonly string[], at: number): string {
  const line = lines[at] ?? ''
  const isBroken = line.startsWith('export interface') && !line.endsWith('{')
  return isBroken ? `${line} ${(lines[at + 1] ?? '').trim()}` : line
}

function headOf(line: string): Pick<Declaration, 'kind' | 'name' | 'base'> | undefined {
  for (const kind of ['interface', 'type', 'const'] as const) {
    const [, name, base] = heads[kind].exec(line) ?? []
    if (name !== undefined) return { kind, name, base: kind === 'interface' ? base : undefined }
  }
  return undefined
}

function endOf(lines: readonly string[], at: number, kind: Declaration['kind']): number {
  const isEnd = (line: string) => (kind === 'type' ? !/^ +\S/.test(line) : line.startsWith('}'))
  const length = lines.slice(at + 1).findIndex(isEnd)
  return length < 0 ? lines.length : at + 1 + length
}

function typeIn(body: readonly string[]): string {
  const text = body
    .filter((line) => !/^ +(\/\*\*|\*)/.test(line))
    .map((line) => line.trim())
    .join(' ')
  return text
    .slice(text.indexOf('=') + 1)
    .trim()
    .replace(/^\| /, '')
}

function membersOf(lines: readonly string[], kind: Declaration['kind']): Member[] {
  const pattern = kind === 'interface' ? /^ {2}readonly (\w+)\??:(.*)$/ : /^ {2}(\w+):(.*)$/
  return lines.flatMap((line, at) => {
    const [, name, rest] = pattern.exec(line) ?? []
    if (name === undefined) return []
    const type = kind === 'interface' ? [rest ?? '', ...continued(lines, at)].join(' ').trim() : ''
    return [{ name, doc: docAbove(lines, at), type: type.replace(/^\| /, '') }]
  })
}

/** Lines of a union that is broken over several. */
function continued(lines: readonly string[], at: number): string[] {
  const below = lines.slice(at + 1)
  const length = below.findIndex((line) => !/^ {4}\| /.test(line))
  return below.slice(0, length < 0 ? below.length : length).map((line) => line.trim())
}

/** The text of the comment that ends above a line, as one paragraph. */
function docAbove(lines: readonly string[], at: number): string {
  if (!lines[at - 1]?.trimEnd().endsWith('*/')) return ''
  const above = lines.slice(0, at)
  const start = above.findLastIndex((line) => line.trimStart().startsWith('/**'))
  return above
    .slice(start)
    .map((line) => line.trim().replace(/^\/\*\* ?|^\*\/$|^\* ?| ?\*\/$/g, ''))
    .filter((line) => line !== '')
    .join(' ')
}
