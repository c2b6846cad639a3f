import { readConfidence } from './confidence.ts'
import type { ReadSpan } from './read-span.ts'
import { shortText } from './short-text.ts'
import { nameAfter } from './span-name.ts'
import type { RunPart, VerdictPart } from './span-record.ts'
import { readFlagEvent, readVariants, VariantSet, walkVariants } from './variants.ts'

const good: ReadonlySet<string> = new Set(['success', 'succeeded', 'ok', 'completed'])
const bad: ReadonlySet<string> = new Set(['failure', 'failed', 'error'])

/** What the span of a run says of the task that it may be. */
export function readRun(read: ReadSpan, verdicts: readonly VerdictPart[]): RunPart {
  const { values, at, recognition, span } = read
  const { operation } = recognition
  const entity = values.text(at.entityKind) === 'task' ? values.text(at.entityName) : undefined
  return {
    taskName: shortText(
      values.text(at.taskName) ??
        entity ??
        (operation === 'task' ? nameAfter(span.name(), operation) : undefined),
    ),
    taskId: shortText(values.text(at.taskId)),
    success: successOf(read),
    confidence: readConfidence(values, at, verdicts),
    variants: variantsOf(read),
  }
}

/** What the sender says became of it: a plain answer before a status. */
function successOf({ values, at }: ReadSpan): boolean | undefined {
  const said = values.bool(at.taskSuccess)
  if (said !== undefined) return said
  const status = values.text(at.taskStatus)?.toLowerCase()
  if (status !== undefined && good.has(status)) return true
  if (status !== undefined && bad.has(status)) return false
  const isError = values.bool(at.isError)
  return values.bool(at.success) ?? (isError === undefined ? undefined : !isError)
}

function variantsOf({ span, values, at }: ReadSpan): Readonly<Record<string, string>> {
  const variants = new VariantSet()
  readVariants(values, at, variants)
  walkVariants(span, variants)
  span.forEachEvent((event) => readFlagEvent(event.name(), event, variants))
  return variants.toRecord()
}
