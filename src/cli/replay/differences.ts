import type { Captured } from './captured.ts'

/** Differences that are shown; more of them say no more. */
const maxShown = 20

/** Where what the exporters got is not what was expected, one line each; none where it is. */
export function differences(expected: readonly Captured[], got: readonly Captured[]): string[] {
  const lines: string[] = []
  const most = Math.max(expected.length, got.length)
  for (let index = 0; index < most; index++) {
    const [wanted, found] = [expected[index], got[index]]
    if (wanted === undefined) lines.push(`unexpected: ${nameOf(found)}`)
    else if (found === undefined) lines.push(`missing: ${nameOf(wanted)}`)
    else compare(wanted, found, `${index}. ${nameOf(wanted)}  `, '', lines)
  }
  const left = lines.length - maxShown
  return left > 0 ? [...lines.slice(0, maxShown), `and ${left} more`] : lines
}

function nameOf(it: Captured | undefined): string {
  return it === undefined ? '' : `+${it.at} ${it.exporter} ${it.kind}`
}

function compare(
  wanted: unknown,
  found: unknown,
  name: string,
  path: string,
  lines: string[],
): void {
  if (wanted === found) return
  if (!isParent(wanted) || !isParent(found) || Array.isArray(wanted) !== Array.isArray(found)) {
    lines.push(`${name}${path.replace(/^\./, '')}: expected ${short(wanted)}, got ${short(found)}`)
    return
  }
  const [left, right] = [new Map(Object.entries(wanted)), new Map(Object.entries(found))]
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const step = Array.isArray(wanted) ? `[${key}]` : `.${key}`
    compare(left.get(key), right.get(key), name, `${path}${step}`, lines)
  }
}

function isParent(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
