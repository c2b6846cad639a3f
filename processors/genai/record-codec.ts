import type { Usage } from '../../src/facts/fact.ts'
import { dialectNames } from '../../src/genai/dialect.ts'
import { operations } from '../../src/genai/operation.ts'
import type {
  CallPart,
  HandoverPart,
  LinkPart,
  PolicyPart,
  RunPart,
  SpanRecord,
  ToolPart,
  TrustPart,
  VerdictPart,
  Who,
} from '../../src/genai/span-record.ts'
import {
  boolean,
  type Codec,
  codecOf,
  double,
  list,
  oneOf,
  optional,
  text,
} from '../../src/state/codec.ts'

const texts: Codec<Readonly<Record<string, string>>> = {
  write(out, record) {
    const entries = Object.entries(record)
    out.count(entries.length)
    for (const [key, value] of entries) {
      out.text(key)
      out.text(value)
    }
  },
  read(from) {
    const entries = Array.from({ length: from.listLength(2) }, () => [from.text(), from.text()])
    return Object.fromEntries(entries)
  },
}

const link = codecOf<LinkPart>({ traceId: text, spanId: text })

const who = codecOf<Who>({
  agent: optional(text),
  agentId: optional(text),
  agentVersion: optional(text),
  service: optional(text),
  serviceVersion: optional(text),
  environment: text,
  organization: text,
  team: optional(text),
})

const usage = codecOf<Usage>({
  inputTokens: optional(double),
  outputTokens: optional(double),
  cacheReadTokens: optional(double),
  cacheWriteTokens: optional(double),
  cacheWrite1hTokens: optional(double),
  reasoningTokens: optional(double),
  audioInputTokens: optional(double),
  audioOutputTokens: optional(double),
  basis: oneOf('reported_inclusive', 'converted_from_exclusive', 'lower_bound', 'inconsistent'),
})

const call = codecOf<CallPart>({
  role: oneOf('inference', 'wrapper', 'cumulative', 'copy'),
  provider: optional(text),
  requestModel: optional(text),
  responseModel: optional(text),
  responseId: optional(text),
  usage: optional(usage),
  reportedNanoUsd: optional(double),
  finishReasons: list(text),
  timeToFirstTokenMs: optional(double),
  isCachedReplay: boolean,
  isGateway: boolean,
})

const tool = codecOf<ToolPart>({
  tool: text,
  server: optional(text),
  callId: optional(text),
  errorClass: optional(oneOf('arguments', 'tool', 'infrastructure', 'cancelled', 'unclassified')),
  argumentsHash: optional(text),
  layer: oneOf('framework', 'mcp_client', 'mcp_server', 'gateway'),
  requestId: optional(text),
})

const run = codecOf<RunPart>({
  taskName: optional(text),
  taskId: optional(text),
  success: optional(boolean),
  confidence: optional(double),
  variants: texts,
})

const policy = codecOf<PolicyPart>({
  policy: optional(text),
  rule: optional(text),
  decision: optional(
    oneOf(
      'allow',
      'deny',
      'warn',
      'require_approval',
      'escalate',
      'transform',
      'simulate',
      'error',
    ),
  ),
  isEnforced: boolean,
  stage: optional(text),
  tool: optional(text),
  by: oneOf('policy', 'human', 'guardrail', 'content_filter'),
})

const handover = codecOf<HandoverPart>({
  from: optional(text),
  to: optional(text),
  mode: optional(oneOf('return_to_caller', 'pass_control')),
})

const trust = codecOf<TrustPart>({
  score: optional(double),
  isHandshakeSuccess: optional(boolean),
})

const verdict = codecOf<VerdictPart>({
  name: text,
  score: optional(double),
  label: optional(text),
  isPassed: optional(boolean),
  confidence: optional(double),
  annotator: optional(oneOf('llm', 'code', 'human')),
  evaluator: optional(text),
  evaluatorVersion: optional(text),
  responseId: optional(text),
  scope: oneOf('span', 'trace', 'session'),
  errorType: optional(text),
  traceId: text,
  spanId: text,
})

/** How the record of a span is kept in images of the state. */
export const recordCodec: Codec<SpanRecord> = codecOf<SpanRecord>({
  source: oneOf('span', 'log'),
  spanId: text,
  parentSpanId: text,
  startMs: double,
  endMs: double,
  dialect: oneOf(...dialectNames),
  scope: text,
  operation: oneOf(...operations),
  name: optional(text),
  isError: boolean,
  errorType: optional(text),
  who,
  conversation: optional(text),
  user: optional(text),
  workflow: optional(text),
  weight: double,
  exclusion: optional(oneOf('excluded', 'synthetic', 'shadow', 'chaos')),
  call: optional(call),
  tool: optional(tool),
  run: optional(run),
  policy: optional(policy),
  handover: optional(handover),
  trust: optional(trust),
  verdicts: list(verdict),
  links: list(link),
})
