import { compileMatcher } from '../pdata/attributes.ts'
import { boundedName } from './bounded.ts'
import { decodeText } from './content/decode.ts'
import { isObject } from './content/json.ts'
import { outputMessages } from './content/messages.ts'
import type { DialectName } from './dialect.ts'
import { finishReasons } from './finish-reason.ts'
import { firstTokenEventMs, hasFirstTokenEvents, timeToFirstTokenMs } from './first-token.ts'
import { isInference } from './operation.ts'
import { providerOf } from './provider.ts'
import type { ReadSpan } from './read-span.ts'
import { reportedNanoUsd } from './reported-cost.ts'
import { shortText } from './short-text.ts'
import type { CallPart, UsageRole } from './span-record.ts'
import { normalise } from './usage/normalise.ts'
import { readUsageSet } from './usage/read-usage-set.ts'

/**
 * The call of a model on a span, or what a wrapper says of those below it; `undefined` where there
 * is neither a call nor a number.
 */
export function readCall(read: ReadSpan): CallPart | undefined {
  const { recognition } = read
  const { role } = recognition
  if (role === undefined) return undefined
  const isCall = isInference(recognition.operation)
  const models = modelsOf(read)
  const usage = usageOf(read, models)
  const nanoUsd = reportedNanoUsd(read.values, read.at, recognition.dialect)
  if (!isCall && usage === undefined && nanoUsd === undefined) return undefined
  const { provider, requestModel, responseModel } = models
  const named = { provider, requestModel, responseModel }
  return { ...named, ...answerOf(read, role, isCall), usage, reportedNanoUsd: nanoUsd }
}

interface Models {
  /** Without the bound that names have: how its tokens count depends on it. */
  readonly model: string | undefined
  readonly provider: string | undefined
  readonly requestModel: string | undefined
  readonly responseModel: string | undefined
}

function modelsOf({ values, at, recognition, bounded }: ReadSpan): Models {
  const asked = shortText(
    values.text(at.requestModel) ?? parameterModel(values.text(at.invocationParameters)),
  )
  const answered = shortText(values.text(at.responseModel))
  const isAlias = recognition.dialect === 'litellm' && asked !== undefined
  const provider = shortText(
    providerOf(values.text(at.provider), isAlias ? asked : (answered ?? asked)),
  )
  const model = (name: string | undefined) => boundedName(bounded, 'models', name)
  return {
    model: answered ?? asked,
    provider,
    requestModel: model(asked),
    // A proxy answers with the alias that it was asked for, and knows the deployment.
    responseModel: model(isAlias ? asked : answered),
  }
}

/** The model in the parameters of a call, JSON. */
function parameterModel(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const { value } = decodeText(text)
  const model = isObject(value) ? value.model : undefined
  return typeof model === 'string' ? model : undefined
}

function usageOf({ values, at, scope, recognition, span }: ReadSpan, models: Models) {
  const { dialect, also } = recognition
  const hasOpenInference = dialect === 'openinference' || also.includes('openinference')
  const set = readUsageSet(values, at, { dialect, scope: scope.scope, hasOpenInference })
  if (set === undefined) return undefined
  return normalise(set, {
    dialect,
    scope: scope.scope,
    scopeVersion: span.scope.version(),
    provider: models.provider,
    model: models.model,
  })
}

function answerOf(
  { values, at, span, scope, recognition }: ReadSpan,
  role: UsageRole,
  isCall: boolean,
) {
  const { dialect } = recognition
  const { startMs, endMs } = span
  const firstMs = isCall
    ? (timeToFirstTokenMs(values, at, { dialect, scope: scope.scope, startMs, endMs }) ??
      (hasFirstTokenEvents(dialect) ? firstTokenEventMs(span) : undefined))
    : undefined
  return {
    role,
    responseId: isCall ? shortText(values.text(at.responseId)) : undefined,
    finishReasons: isCall ? reasonsOf({ values, at, span, dialect }) : noReasons,
    timeToFirstTokenMs: firstMs,
    isCachedReplay: values.bool(at.cachedReplay) === true,
    isGateway: values.has(at.gatewayMark),
  }
}

const noReasons: readonly string[] = []
const choice = compileMatcher(['finish_reason'])

/** Why the call ended: by its attributes, else by the events or the answer that have it alone. */
function reasonsOf(read: Pick<ReadSpan, 'values' | 'at' | 'span'> & { dialect: DialectName }) {
  const { values, at, span, dialect } = read
  const said = values.view(at.finishReasons) ?? values.view(at.finishReason)
  if (said !== undefined) return finishReasons(said)
  let reasons = noReasons
  span.forEachEvent((event) => {
    if (event.name() !== 'gen_ai.choice') return
    reasons = finishReasons(event.attributes(choice).get(0))
  })
  if (reasons.length > 0 || dialect !== 'mlflow') return reasons
  const { messages } = outputMessages(span)
  return finishReasons(messages.find((it) => it.finishReason !== undefined)?.finishReason)
}
