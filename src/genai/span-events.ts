import type { SpanView } from '../pdata/spans.ts'
import { readVerdictEvent } from './evaluations.ts'
import { readPolicyEvent } from './policy.ts'
import type { LinkPart, PolicyPart, VerdictPart } from './span-record.ts'
import type { VerdictRules } from './verdict-polarity.ts'

/** What the events of a span say of it. */
export interface EventsSay {
  readonly verdicts: readonly VerdictPart[]
  readonly policy: PolicyPart | undefined
}

const nothing: EventsSay = { verdicts: [], policy: undefined }
const maxEvents = 1_000
const maxVerdicts = 32
const maxLinks = 8

/** Reads verdicts and decisions in the first 1,000 events of a span. */
export function readEvents(span: SpanView, rules: VerdictRules): EventsSay {
  const verdicts: VerdictPart[] = []
  let policy: PolicyPart | undefined
  let events = 0
  span.forEachEvent((event) => {
    if (events++ >= maxEvents) return
    const name = event.name()
    const verdict = readVerdictEvent(name, event, rules)
    if (verdict !== undefined && verdicts.length < maxVerdicts) verdicts.push(verdict)
    policy ??= readPolicyEvent(name, event)
  })
  return verdicts.length === 0 && policy === undefined ? nothing : { verdicts, policy }
}

const noLinks: readonly LinkPart[] = []

/** The first links of a span to spans of other traces. */
export function readLinks(span: SpanView): readonly LinkPart[] {
  let links: LinkPart[] | undefined
  span.forEachLink((link) => {
    if (links !== undefined && links.length >= maxLinks) return
    const traceId = link.traceIdHex()
    if (traceId === '') return
    links ??= []
    links.push({ traceId, spanId: link.spanIdHex() })
  })
  return links ?? noLinks
}
