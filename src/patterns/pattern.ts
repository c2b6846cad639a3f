import { RE2JS } from 're2js'

/** A regular expression in RE2's syntax, as Go has it: it takes linear time on any text. */
export interface Pattern {
  readonly text: string
  /** Names of its groups from left to right; empty for a group without a name. */
  readonly groups: readonly string[]
  /** Whether it is found anywhere in a text; anchor it with `^` and `$` for the whole. */
  test(text: string): boolean
  /** What its groups caught at the first place where it is found, as `groups` lists them. */
  capture(text: string): readonly string[] | undefined
}

/** Compiles a pattern, or says in one sentence what is wrong with it. */
export function compilePattern(text: string): Pattern | string {
  const regex = compiled(text)
  if (typeof regex === 'string') return regex
  const groups = Array.from({ length: regex.groupCount() }, () => '')
  for (const [name, group] of Object.entries(regex.namedGroups())) groups[group - 1] = name
  return {
    text,
    groups,
    test: (input) => regex.test(input),
    capture(input) {
      const matcher = regex.matcher(input)
      if (!matcher.find()) return undefined
      return groups.map((_, at) => matcher.group(at + 1) ?? '')
    },
  }
}

function compiled(text: string): RE2JS | string {
  try {
    return RE2JS.compile(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return `is no valid pattern: ${reason.replace('error parsing regexp: ', '')}`
  }
}
