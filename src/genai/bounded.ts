/** Dimensions of names that are kept to a number. */
export const dimensions = [
  'agents',
  'versions',
  'services',
  'environments',
  'models',
  'tools',
] as const

export type Dimension = (typeof dimensions)[number]

/** The name as it is told on: itself, or what stands for all beyond a cap. */
export type Bounded = (dimension: Dimension, name: string) => string

/** The same of a name that may not be there. */
export function boundedName(
  bounded: Bounded,
  dimension: Dimension,
  name: string | undefined,
): string | undefined {
  return name === undefined ? undefined : bounded(dimension, name)
}
