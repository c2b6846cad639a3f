import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { DialectName, RoleRule } from './dialect.ts'
import { dialects } from './dialects.ts'
import { isInference, type Operation } from './operation.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type { UsageRole } from './span-record.ts'
import { plainWord, wordIn } from './spelling.ts'

/** All keys that {@link Roles} reads. */
export const roleKeys: readonly string[] = dialects.flatMap(({ roles = [] }) =>
  roles.flatMap(({ attribute }) => (attribute === undefined ? [] : [attribute[0]])),
)

/** Operations that cannot have used a token: whatever stands there is nobody's. */
const withoutUsage: ReadonlySet<Operation> = new Set([
  'create_agent',
  'policy_check',
  'trust_check',
  'mcp_request',
  'prompt_render',
])

/** What a role is asked for. */
export interface RoleSubject {
  readonly operation: Operation
  /** The dialects of the span, its own first. */
  readonly told: readonly DialectName[]
  readonly scope: string
  readonly slots: AttributeSlots
  readonly name: () => string
}

/** Says how far the tokens on spans are to be believed, by the rules of their dialects. */
export class Roles {
  readonly #rules: ReadonlyMap<DialectName, readonly CompiledRule[]>

  constructor(matcher: AttributeMatcher) {
    this.#rules = new Map(
      dialects.flatMap(({ name, roles }) =>
        roles === undefined ? [] : [[name, roles.map((rule) => compileRule(rule, matcher))]],
      ),
    )
  }

  /** `undefined` where tokens mean nothing. */
  of(subject: RoleSubject): UsageRole | undefined {
    for (const dialect of subject.told) {
      const rule = this.#rules.get(dialect)?.find((it) => fits(it, subject))
      if (rule !== undefined) return rule.role
    }
    const { operation } = subject
    if (isInference(operation)) return 'inference'
    return withoutUsage.has(operation) ? undefined : 'wrapper'
  }
}

interface CompiledRule {
  readonly operation: Operation | undefined
  readonly scope: Pattern | undefined
  readonly spanName: Pattern | undefined
  readonly slot: number | undefined
  readonly word: string | undefined
  readonly role: UsageRole
}

function compileRule(rule: RoleRule, matcher: AttributeMatcher): CompiledRule {
  const { operation, scope, spanName, attribute, role } = rule
  return {
    operation,
    scope: scope === undefined ? undefined : compilePattern(scope),
    spanName: spanName === undefined ? undefined : compilePattern(spanName),
    slot: attribute === undefined ? undefined : matcher.slotOf(attribute[0]),
    word: attribute === undefined ? undefined : plainWord(attribute[1]),
    role,
  }
}

function fits(rule: CompiledRule, { operation, scope, slots, name }: RoleSubject): boolean {
  if (rule.operation !== undefined && rule.operation !== operation) return false
  if (rule.scope?.(scope) === false) return false
  if (rule.slot !== undefined && wordAt(slots, rule.slot) !== rule.word) return false
  return rule.spanName?.(name()) !== false
}

function wordAt(slots: AttributeSlots, slot: number): string | undefined {
  const value = slots.get(slot)
  const word = value === undefined ? undefined : wordIn(value)
  return word === undefined ? undefined : plainWord(word)
}
