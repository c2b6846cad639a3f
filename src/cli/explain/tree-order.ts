import type { SeenSpan } from './seen-span.ts'

export interface Placed {
  readonly span: SeenSpan
  /** Recorded spans above it. */
  readonly depth: number
}

/** Spans of a trace, parents before their children and siblings by their start. */
export function inTreeOrder(spans: readonly SeenSpan[]): Placed[] {
  const ids = new Set(spans.map((it) => it.spanId))
  const isRoot = ({ spanId, parentSpanId }: SeenSpan) =>
    !ids.has(parentSpanId) || parentSpanId === spanId
  const children = Map.groupBy(
    spans.filter((it) => !isRoot(it)).toSorted(byStart),
    (it) => it.parentSpanId,
  )
  const placed: Placed[] = []
  const visit = (roots: readonly SeenSpan[]) => {
    const open = roots.map((span): Placed => ({ span, depth: 0 })).reverse()
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { span, depth } = next
      placed.push(next)
      const below = children.get(span.spanId) ?? []
      children.delete(span.spanId)
      for (const child of below.toReversed()) open.push({ span: child, depth: depth + 1 })
    }
  }
  visit(spans.filter(isRoot).toSorted(byStart))
  // Spans that are each other's parents hang from no root.
  for (const [parent, ring] of children) {
    children.delete(parent)
    visit(ring)
  }
  return placed
}

function byStart(a: SeenSpan, b: SeenSpan): number {
  return a.startMs - b.startMs
}
