import type { ValueView } from '../../pdata/attributes.ts'
import { decodeView } from '../content/decode.ts'
import { at, type Json } from '../content/json.ts'
import { readUsageObject } from './usage-object.ts'
import type { UsageSet } from './usage-set.ts'

/** Longer values are not parsed for the few numbers in them. */
const maxBlobBytes = 256 * 1024

/** What a value encodes, if it is not too long to look. */
export function objectIn(view: ValueView | undefined): Json | undefined {
  if (view === undefined || view.sizeBytes > maxBlobBytes) return undefined
  return decodeView(view).value
}

/** Google ADK: google/adk-python src/google/adk/telemetry.py. */
export function adkUsage(response: Json | undefined): UsageSet | undefined {
  return (
    readUsageObject(at(response, 'usage_metadata')) ??
    readUsageObject(at(response, 'usageMetadata'))
  )
}

/** Genkit: the output of a model action. */
export function genkitUsage(output: Json | undefined): UsageSet | undefined {
  return readUsageObject(at(output, 'usage'))
}

/** Logfire before `gen_ai.usage.*`: pydantic/logfire logfire/_internal/integrations/llm_providers. */
export function logfireUsage(response: Json | undefined): UsageSet | undefined {
  return readUsageObject(at(response, 'usage')) ?? readUsageObject(at(response, 'message', 'usage'))
}
