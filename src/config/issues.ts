import type { z } from 'zod'
import type { Path } from './problem.ts'

/** An issue with its whole path. */
export interface Issue {
  readonly path: Path
  readonly issue: z.core.$ZodIssue
}

/** All issues with their whole paths; a union's are those of the option that fits best. */
export function flatten(issues: readonly z.core.$ZodIssue[], parent: Path = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...parent, ...issue.path.map((it) => (typeof it === 'symbol' ? String(it) : it))]
    if (issue.code === 'invalid_key') return flatten(issue.issues, path)
    if (issue.code !== 'invalid_union') return [{ path, issue }]
    const meant = issue.errors.filter((it) => !it.some(isWrongAtRoot))
    const [only] = meant
    return meant.length === 1 && only !== undefined ? flatten(only, path) : [{ path, issue }]
  })
}

function isWrongAtRoot({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && rootCodes.includes(code)
}

const rootCodes = ['invalid_type', 'invalid_value', 'invalid_union']
