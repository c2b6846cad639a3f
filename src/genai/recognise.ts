import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { DialectName } from './dialect.ts'
import { dialects } from './dialects.ts'
import { Marks, partsOfMark } from './marks.ts'
import { Noise, noiseKeys } from './noise-of.ts'
import type { Operation } from './operation.ts'
import { Operations, operationKeys } from './operation-of.ts'
import { Roles, roleKeys } from './role-of.ts'
import type { ScopeDialect } from './scope-dialect.ts'
import { decisiveName } from './span-name-table.ts'
import type { UsageRole } from './span-record.ts'

/** What a span is: who wrote it and what it stands for. */
export interface Recognition {
  readonly dialect: DialectName
  /** Further dialects that it carries attributes of, the more telling first. */
  readonly also: readonly DialectName[]
  readonly operation: Operation
  /** How far tokens on it are to be believed; `undefined` where they mean nothing. */
  readonly role: UsageRole | undefined
  /** Why it says nothing: it is no call, no run and no use of tokens. */
  readonly noise: string | undefined
}

/** What is asked of a span besides its attributes, only where it is needed. */
export interface Named {
  name(): string
}

/** Every key of a span that recognition reads: the matcher has to have them all. */
export const recognitionKeys: readonly string[] = [
  ...new Set([
    ...dialects.flatMap(({ marks = [], hints = [] }) =>
      [...marks, ...hints].map((mark) => partsOfMark(mark)[0]),
    ),
    ...operationKeys,
    ...roleKeys,
    ...noiseKeys,
  ]),
]

/** Says of spans whether they are of agents, and what they are. */
export class Recogniser {
  readonly #marks: Marks
  readonly #hints: Marks
  readonly #operations: Operations
  readonly #roles: Roles
  readonly #noise: Noise

  constructor(matcher: AttributeMatcher) {
    this.#marks = new Marks(matcher, dialects, ({ marks }) => marks)
    this.#hints = new Marks(matcher, dialects, ({ hints }) => hints)
    this.#operations = new Operations(matcher)
    this.#roles = new Roles(matcher)
    this.#noise = new Noise(matcher)
  }

  /**
   * `undefined` for a span that has nothing to do with agents.
   *
   * @param slots of the matcher that this was compiled for
   */
  recognise(scope: ScopeDialect, slots: AttributeSlots, span: Named): Recognition | undefined {
    const marked = this.#marks.of(slots)
    if (marked.length === 0 && scope.dialect === undefined) {
      return this.#unmarked(scope, slots, span)
    }
    const told = this.#told(scope, slots, marked)
    const name = () => span.name()
    const subject = { scope, slots, told, name, isMarked: marked.length > 0 }
    return this.#recognition(subject, this.#operations.of(slots, told, name))
  }

  /** A span that only its name, or an attribute that others use too, may tell. */
  #unmarked(scope: ScopeDialect, slots: AttributeSlots, span: Named): Recognition | undefined {
    const { hints } = scope
    const shared = hints.length === 0 ? undefined : this.#operations.sharedOf(slots, hints)
    const named =
      shared === undefined && scope.hasTellingNames ? decisiveName(span.name()) : undefined
    const operation = shared ?? named?.operation
    if (operation === undefined) return undefined
    const told = named === undefined ? hints : [named.dialect]
    const name = () => span.name()
    return this.#recognition({ scope, slots, told, name, isMarked: false }, operation)
  }

  #recognition(subject: Subject, operation: Operation): Recognition {
    const { scope, slots, told, name } = subject
    const [dialect = 'otel'] = told
    const also = told.length > 1 ? told.slice(1) : none
    const role = this.#roles.of({ operation, told, scope: scope.scope, slots, name })
    return { dialect, also, operation, role, noise: this.#noiseOf(subject) }
  }

  /** The dialects of a span, its own first: its scope's, else the most telling of its marks. */
  #told(
    scope: ScopeDialect,
    slots: AttributeSlots,
    marked: readonly DialectName[],
  ): readonly DialectName[] {
    const [first] = marked
    const own =
      scope.dialect ?? (first === 'otel' ? (scope.hints[0] ?? this.#hints.of(slots)[0]) : first)
    return own === undefined || own === first ? marked : [own, ...marked.filter((it) => it !== own)]
  }

  #noiseOf({ scope, slots, told, name, isMarked }: Subject): string | undefined {
    if (scope.noise !== undefined) return scope.noise
    if (!isMarked && scope.noiseUnlessMarked !== undefined) return scope.noiseUnlessMarked
    return this.#noise.of(slots, told, name)
  }
}

const none: readonly DialectName[] = []

/** A span of an agent, as far as it is known. */
interface Subject {
  readonly scope: ScopeDialect
  readonly slots: AttributeSlots
  /** Its dialects, its own first. */
  readonly told: readonly DialectName[]
  readonly name: () => string
  /** Whether an attribute tells that it is one. */
  readonly isMarked: boolean
}
