/** One line of the performance table: two figures of one run, and their ratio. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly baseline: number
  readonly ours: number
  /** `ours / baseline`; more is better. */
  readonly ratio: number
  /** What the ratio has to reach, and what it should. */
  readonly must?: number
  readonly aim?: number
}

/** The middle of an odd number of figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The rows as a table for people. */
export function asTable(rows: readonly Row[]): string {
  const figure = (n: number) => (n < 100 ? n.toPrecision(2) : Math.round(n).toLocaleString('en'))
  const lines = rows.map((it) => [
    it.name,
    figure(it.baseline),
    figure(it.ours),
    it.unit,
    `${it.ratio.toFixed(2)}×`,
    it.must === undefined ? '' : `${it.must}×`,
    it.aim === undefined ? '' : `${it.aim}×`,
  ])
  const all = [['path', 'baseline', 'ours', 'unit', 'ratio', 'must', 'aims at'], ...lines]
  const widths = all[0]?.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0))) ?? []
  return all.map((line) => line.map((it, at) => it.padEnd(widths[at] ?? 0)).join('  ')).join('\n')
}
