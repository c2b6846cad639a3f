import type { Exclusion } from '../facts/fact.ts'
import type { SpanView } from '../pdata/spans.ts'
import type { Bounded } from './bounded.ts'
import { readCall } from './call-part.ts'
import { readHandover } from './delegation.ts'
import { readVerdicts } from './evaluations.ts'
import { isRun } from './operation.ts'
import { readPolicy } from './policy.ts'
import { Recogniser, type Recognition } from './recognise.ts'
import { ResourceReader, type ResourceSays } from './resource-reader.ts'
import { readRun } from './run-part.ts'
import { samplingWeight } from './sampling-weight.ts'
import { dialectOfScope, type ScopeDialect } from './scope-dialect.ts'
import { shortText } from './short-text.ts'
import { SourceIndex } from './source-index.ts'
import type { Source } from './sources.ts'
import { readEvents, readLinks } from './span-events.ts'
import { failureOf } from './span-failure.ts'
import type { SpanRecord, VerdictPart } from './span-record.ts'
import { type SpanSourceOptions, type SpanSources, spanSources } from './span-sources.ts'
import { readTool } from './tool-part.ts'
import { readTrust, type TrustSource, trustSources } from './trust.ts'
import { type Trace, Values } from './values.ts'
import type { VerdictRules } from './verdict-polarity.ts'
import { WhoReader } from './who.ts'

export interface SpanReaderOptions extends SpanSourceOptions {
  readonly verdictRules: VerdictRules
  readonly bounded: Bounded
}

/** What reading a span gave. */
export type SpanReading =
  | { readonly kind: 'agent'; readonly recognition: Recognition; readonly record: SpanRecord }
  /** Of an agent, but it says nothing of its own. */
  | { readonly kind: 'noise'; readonly recognition: Recognition; readonly reason: string }

/** What the parts of a span are read from; it stands while the span is visited. */
export interface ReadSpan {
  readonly span: SpanView
  readonly values: Values
  readonly at: SpanSources['of']
  readonly scope: ScopeDialect
  readonly recognition: Recognition
  readonly isError: boolean
  readonly errorType: string | undefined
  readonly bounded: Bounded
}

/**
 * Reads what spans say of agents. A span of anything else costs one pass over its attributes. What
 * depends on a resource or scope alone is read once for all its spans, so {@link begin} has to be
 * called for each payload.
 */
export class SpanReader {
  readonly sources: SpanSources
  readonly #options: SpanReaderOptions
  readonly #recogniser: Recogniser
  readonly #resources: ResourceReader
  readonly #who: WhoReader
  readonly #trust: readonly TrustSource[]
  readonly #values: Values
  #resourceIndex = -1
  #scopeIndex = -1
  #resource: ResourceSays = nowhere
  #scope: ScopeDialect = noScope

  constructor(options: SpanReaderOptions) {
    this.#options = options
    this.sources = spanSources(options)
    this.#values = new Values(new SourceIndex(this.sources.list))
    this.#recogniser = new Recogniser(this.sources.matcher)
    this.#resources = new ResourceReader(options.identity)
    this.#who = new WhoReader(options.bounded)
    this.#trust = trustSources(options.trustScales, this.sources.of)
  }

  /** A payload begins. */
  begin(): void {
    this.#resourceIndex = -1
    this.#scopeIndex = -1
  }

  /**
   * `undefined` for a span that has nothing to do with agents.
   *
   * @param trace told where everything that is read was found
   */
  read(span: SpanView, trace?: Trace): SpanReading | undefined {
    this.#enter(span)
    const slots = span.attributes(this.sources.matcher)
    const recognition = this.#recogniser.recognise(this.#scope, slots, span)
    if (recognition === undefined) return undefined
    if (recognition.noise !== undefined) {
      return { kind: 'noise', recognition, reason: recognition.noise }
    }
    this.#values.reset(slots, trace)
    return { kind: 'agent', recognition, record: this.#record(span, recognition) }
  }

  #enter(span: SpanView): void {
    if (span.resource.index !== this.#resourceIndex) {
      this.#resourceIndex = span.resource.index
      this.#resource = this.#resources.read(span.resource)
      this.#scopeIndex = -1
    }
    if (span.scope.index !== this.#scopeIndex) {
      this.#scopeIndex = span.scope.index
      this.#scope = dialectOfScope(span.scope.name(), (key) => this.#resource.hint(key))
    }
  }

  #record(span: SpanView, recognition: Recognition): SpanRecord {
    const values = this.#values
    const { of } = this.sources
    const { operation, dialect } = recognition
    const { identity } = this.#resource
    const { isError, errorType } = failureOf(span, values, of)
    const name = span.name()
    const read: ReadSpan = {
      span,
      values,
      at: of,
      scope: this.#scope,
      recognition,
      isError,
      errorType,
      bounded: this.#options.bounded,
    }
    const call = readCall(read)
    const tool = readTool(read)
    const events = readEvents(span, this.#options.verdictRules)
    const ownVerdicts = readVerdicts(
      span,
      values,
      of,
      { operation, name },
      this.#options.verdictRules,
    )
    const verdicts = joined(ownVerdicts, events.verdicts)
    const about = { operation, name, isError, errorType, provider: call?.provider }
    const policy =
      readPolicy(values, of, { ...about, finishReasons: call?.finishReasons ?? [] }) ??
      events.policy
    return {
      source: 'span',
      spanId: span.spanIdHex(),
      parentSpanId: span.parentSpanIdHex(),
      startMs: span.startMs,
      endMs: span.endMs,
      dialect,
      scope: this.#scope.scope,
      operation,
      name: shortText(name),
      isError,
      errorType,
      who: this.#who.read(read, this.#resource),
      conversation: this.#identified(
        of.identityConversation,
        identity.conversation,
        of.conversation,
      ),
      user: this.#identified(of.identityUser, identity.user, of.user),
      workflow: shortText(values.text(of.workflowName)),
      weight: samplingWeight(span.traceState()),
      exclusion: exclusionOf(values, of),
      call,
      tool,
      run: isRun(operation) || operation === 'chain' ? readRun(read, verdicts) : undefined,
      policy,
      handover: readHandover(span, values, of, { operation, name, tool: values.text(of.toolName) }),
      trust: readTrust(values, this.#trust, of),
      verdicts,
      links: readLinks(span),
    }
  }

  /** The attribute that the user names, of the span, else of its resource, else all that we know. */
  #identified(named: Source, ofResource: string | undefined, known: Source): string | undefined {
    return shortText(this.#values.text(named) ?? ofResource ?? this.#values.text(known))
  }
}

const noScope: ScopeDialect = dialectOfScope('', () => undefined)
const nowhere: ResourceSays = {
  service: undefined,
  serviceVersion: undefined,
  environment: undefined,
  identity: {},
  hint: () => undefined,
}

function exclusionOf(values: Values, of: SpanSources['of']): Exclusion | undefined {
  if (values.bool(of.excluded)) return 'excluded'
  if (values.bool(of.synthetic)) return 'synthetic'
  if (values.bool(of.shadow)) return 'shadow'
  return values.bool(of.chaos) ? 'chaos' : undefined
}

const noVerdicts: readonly VerdictPart[] = []

function joined(own: readonly VerdictPart[], ofEvents: readonly VerdictPart[]) {
  if (own.length === 0 && ofEvents.length === 0) return noVerdicts
  return [...own, ...ofEvents]
}
