/** One statement that a conforming collector makes true, and how we know. */
export interface Item {
  /** Stable; the part before the first dot is the part of the checklist. */
  readonly id: string
  readonly statement: string
  readonly status: Status
}

export type Status =
  | { readonly kind: 'proven'; readonly tests: readonly Proof[] }
  | { readonly kind: 'nightly'; readonly tests: readonly Proof[] }
  | { readonly kind: 'not_yet'; readonly why: string }

/** A test: its file from the root, and its title as the file has it, or enough of it to find it. */
export interface Proof {
  readonly file: string
  readonly name: string
  /** The row of a table of cases that is meant, as the file has it. */
  readonly row?: string | undefined
}

type Named = readonly [file: string, name: string, row?: string]

/** Tests of `npm test`. */
export function proven(...tests: readonly Named[]): Status {
  return { kind: 'proven', tests: tests.map(asProof) }
}

/** Tests of `npm run test:nightly`. */
export function nightly(...tests: readonly Named[]): Status {
  return { kind: 'nightly', tests: tests.map(asProof) }
}

export function notYet(why: string): Status {
  return { kind: 'not_yet', why }
}

/** The statements of one part: id, statement and status of each. */
export function items(
  part: string,
  rows: readonly (readonly [id: string, statement: string, status: Status])[],
): Item[] {
  return rows.map(([id, statement, status]) => ({ id: `${part}.${id}`, statement, status }))
}

function asProof([file, name, row]: Named): Proof {
  return { file, name, row }
}
