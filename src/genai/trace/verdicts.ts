import type { LinkPart, SpanRecord, VerdictPart } from '../span-record.ts'
import type { TraceOptions } from './options.ts'
import { none, type TraceTree } from './tree.ts'

/** A verdict with the record that carries it and the one it is about. */
export interface PlacedVerdict {
  readonly verdict: VerdictPart
  /** {@link none} for what was judged from outside the trace. */
  readonly carrier: number
  /** {@link none} where the span judged is not in this trace, or has no record. */
  readonly target: number
  readonly traceId: string
  readonly spanId: string
  readonly atMs: number
}

/** All verdicts that a trace carries, in the order of their carriers. */
export function verdictsOf(tree: TraceTree, traceId: string): readonly PlacedVerdict[] {
  let answers: ReadonlyMap<string, string> | undefined
  return tree.records.flatMap((record, carrier) =>
    record.verdicts.map((verdict) => {
      const about = aboutOf(record, verdict, traceId)
      if (about.spanId === '' && verdict.responseId !== undefined) answers ??= answersOf(tree)
      const spanId = about.spanId || (answers?.get(verdict.responseId ?? '') ?? '')
      const target = about.traceId === traceId ? tree.indexOf(spanId) : none
      return { verdict, carrier, target, traceId: about.traceId, spanId, atMs: record.endMs }
    }),
  )
}

/** The first span with each response id. */
function answersOf({ records }: TraceTree): ReadonlyMap<string, string> {
  const answers = new Map<string, string>()
  for (const { spanId, call } of records) {
    const id = call?.responseId
    if (id !== undefined && !answers.has(id)) answers.set(id, spanId)
  }
  return answers
}

/**
 * The span that was judged. An event of the log judges the span it was written in, an evaluator the
 * one span it links to.
 */
export function aboutOf(record: SpanRecord, verdict: VerdictPart, traceId: string): LinkPart {
  if (verdict.spanId !== '') return { traceId: verdict.traceId || traceId, spanId: verdict.spanId }
  const [link, ...others] = record.links
  if (record.operation === 'evaluator' && link !== undefined && others.length === 0) return link
  const spanId = record.source === 'log' ? record.parentSpanId : record.spanId
  return { traceId: verdict.traceId || traceId, spanId }
}

/** Verdicts that decide over tasks. */
export interface DecidingVerdicts {
  /** The one about the span at the top of a task, by its index. */
  readonly ofTop: ReadonlyMap<number, PlacedVerdict>
  /** The one about all of the trace, or its session. */
  readonly ofTrace: PlacedVerdict | undefined
}

/** The latest version of an evaluator decides, and of one version the latest verdict. */
export function decidingVerdicts(
  verdicts: readonly PlacedVerdict[],
  traceId: string,
  { taskVerdicts }: TraceOptions,
): DecidingVerdicts {
  const ofTop = new Map<number, PlacedVerdict>()
  let ofTrace: PlacedVerdict | undefined
  for (const it of verdicts) {
    const { name, isPassed, scope } = it.verdict
    if (isPassed === undefined || it.traceId !== traceId) continue
    if (!taskVerdicts.has(name.toLowerCase())) continue
    if (scope === 'span') ofTop.set(it.target, later(ofTop.get(it.target), it))
    else ofTrace = later(ofTrace, it)
  }
  return { ofTop, ofTrace }
}

/** The verdict that decides over one task. */
export function decidingVerdict(
  { ofTop, ofTrace }: DecidingVerdicts,
  top: number,
): VerdictPart | undefined {
  const own = ofTop.get(top)
  return (own === undefined || ofTrace === undefined ? (own ?? ofTrace) : later(own, ofTrace))
    ?.verdict
}

function later(a: PlacedVerdict | undefined, b: PlacedVerdict): PlacedVerdict {
  return a === undefined || compareVerdicts(a, b) <= 0 ? b : a
}

function compareVerdicts(a: PlacedVerdict, b: PlacedVerdict): number {
  const version = compareVersions(a.verdict.evaluatorVersion, b.verdict.evaluatorVersion)
  return version || a.atMs - b.atMs || a.carrier - b.carrier
}

const versions = new Intl.Collator('en', { numeric: true })

/** `v10` is later than `v9`; any version is later than none. */
function compareVersions(a: string | undefined, b: string | undefined): number {
  return versions.compare(a ?? '', b ?? '')
}
