import { compileMatcher } from '../pdata/attributes.ts'
import type { SpanView } from '../pdata/spans.ts'
import { shortText } from './short-text.ts'
import type { SpanSources } from './span-sources.ts'
import type { Values } from './values.ts'

/** Whether a span failed, and how, if that is said. */
export interface Failure {
  readonly isError: boolean
  readonly errorType: string | undefined
}

/** Status code of OTLP. */
const error = 2
/** `error.type` of a failure of which nothing more is said. */
const otherError = '_OTHER'
const fine: Failure = { isError: false, errorType: undefined }

/**
 * How a span failed: by its status, by `error.type`, or by what its dialect has for it. Attributes
 * that may also stand on spans that went well are asked only where it is known that this did not.
 */
export function failureOf(span: SpanView, values: Values, at: SpanSources['of']): Failure {
  const plain = values.text(at.plainErrorType)
  const isError = span.statusCode === error || plain !== undefined || saysSo(values, at)
  if (!isError) return fine
  const type = plain ?? values.text(at.errorType) ?? exceptionType(span)
  return { isError, errorType: shortText(type) ?? otherError }
}

function saysSo(values: Values, at: SpanSources['of']): boolean {
  return (
    values.bool(at.success) === false ||
    values.bool(at.isError) === true ||
    values.text(at.toolStatus) === 'error' ||
    values.text(at.level) === 'ERROR' ||
    values.has(at.failureStage)
  )
}

const exception = compileMatcher(['exception.type'])

/** Of the last exception that the span tells of. */
function exceptionType(span: SpanView): string | undefined {
  let type: string | undefined
  span.forEachEvent((event) => {
    if (event.name() === 'exception') type = event.attributes(exception).string(0) ?? type
  })
  return type
}
