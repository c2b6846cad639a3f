import type {
  Delegation,
  Evaluation,
  FactBase,
  Handshake,
  LlmCall,
  PolicyCheck,
  Prediction,
  Task,
  ToolCall,
  TrustReport,
  Usage,
} from '../../facts/fact.ts'
import type { resourcePrecedence } from '../../genai/precedence.ts'
import type { SpanSources } from '../../genai/span-sources.ts'

/** A row of the tables in which values are looked for. `trust` stands for all configured scales. */
export type Row = keyof SpanSources['of'] | 'trust' | `resource.${keyof typeof resourcePrecedence}`

type Fields<F> = { readonly [Field in keyof F]?: readonly Row[] }
type OwnFields<F> = Fields<Omit<F, keyof FactBase | 'kind'>>

/** In which rows the fields of facts are looked for; the others come of ids, times and sums. */
export interface Origins {
  readonly every_fact: Fields<FactBase>
  readonly task: OwnFields<Task>
  readonly llm_call: OwnFields<LlmCall>
  readonly usage: Fields<Usage>
  readonly tool_call: OwnFields<ToolCall>
  readonly delegation: OwnFields<Delegation>
  readonly policy_check: OwnFields<PolicyCheck>
  readonly evaluation: OwnFields<Evaluation>
  readonly prediction: OwnFields<Prediction>
  readonly trust_report: OwnFields<TrustReport>
  readonly handshake: OwnFields<Handshake>
}

/** Objects in texts that hold a whole set of token counts. */
const usageBlobs: readonly Row[] = [
  'langfuseDetails',
  'mlflowUsage',
  'adkResponse',
  'genkitOutput',
  'genAiRaw',
  'logfireResponse',
  'liteLlmUsage',
]

/** The rows of each field in the order in which they are asked. */
export const origins: Origins = {
  every_fact: {
    agent: [
      'identityAgent',
      'agentName',
      'entityName',
      'functionId',
      'agentNode',
      'executor',
      'agentDid',
      'resource.serviceName',
    ],
    agentVersion: [
      'agentVersion',
      'entityVersion',
      'resource.serviceVersion',
      'resource.release',
      'resource.revision',
    ],
    environment: ['environment', 'resource.environment'],
    service: ['resource.serviceName'],
    organization: ['identityOrganization'],
    team: ['identityTeam', 'team'],
    user: ['identityUser', 'user'],
    conversation: ['identityConversation', 'conversation'],
    exclusion: ['excluded', 'synthetic', 'shadow', 'chaos'],
  },
  task: {
    name: ['taskName', 'entityName'],
    workflow: ['workflowName'],
    outcome: ['taskSuccess', 'taskStatus', 'success', 'isError'],
    errorType: ['plainErrorType', 'errorType'],
    variants: [
      'flagVariant',
      'langfusePromptVersion',
      'traceloopPromptVersion',
      'promptTemplateVersion',
      'configBundleVersion',
    ],
  },
  llm_call: {
    provider: ['provider', 'responseModel', 'requestModel', 'invocationParameters'],
    model: ['responseModel', 'requestModel', 'invocationParameters'],
    requestModel: ['requestModel', 'invocationParameters'],
    responseId: ['responseId'],
    timeToFirstTokenMs: [
      'firstTokenSeconds',
      'firstTokenMillis',
      'firstTokenServer',
      'firstTokenTime',
    ],
    finishReasons: ['finishReasons', 'finishReason'],
    errorType: ['plainErrorType', 'errorType'],
    reportedNanoUsd: ['costTotal', 'costLangfuse', 'costMlflow', 'costLiteLlm'],
  },
  usage: {
    inputTokens: [
      'vercelInput',
      'openInferenceInput',
      'genAiInput',
      'llmUsageInput',
      'plainUsageInput',
      'claudeInput',
      ...usageBlobs,
    ],
    outputTokens: [
      'vercelOutput',
      'openInferenceOutput',
      'genAiOutput',
      'llmUsageOutput',
      'plainUsageOutput',
      'claudeOutput',
      ...usageBlobs,
    ],
    cacheReadTokens: [
      'vercelCacheRead',
      'vercelProviderMetadata',
      'openInferenceCacheRead',
      'genAiCacheRead',
      'genAiInputDetails',
      'plainUsageCacheRead',
      'claudeCacheRead',
      ...usageBlobs,
    ],
    cacheWriteTokens: [
      'vercelCacheWrite',
      'vercelProviderMetadata',
      'openInferenceCacheWrite',
      'genAiCacheWrite',
      'genAiInputDetails',
      'plainUsageCacheWrite',
      'claudeCacheWrite',
      ...usageBlobs,
    ],
    cacheWrite1hTokens: ['vercelProviderMetadata', ...usageBlobs],
    reasoningTokens: [
      'vercelReasoning',
      'vercelProviderMetadata',
      'openInferenceReasoning',
      'genAiReasoning',
      'genAiOutputDetails',
      'llmUsageReasoning',
      'plainUsageReasoning',
      ...usageBlobs,
    ],
    audioInputTokens: ['openInferenceAudioInput', 'genAiAudioInput'],
    audioOutputTokens: ['openInferenceAudioOutput', 'genAiAudioOutput'],
    basis: [
      'vercelUncached',
      'vercelProviderMetadata',
      'vercelTotal',
      'openInferenceTotal',
      'genAiTotal',
      'llmUsageTotal',
      'plainUsageTotal',
      ...usageBlobs,
    ],
  },
  tool_call: {
    tool: ['toolName', 'entityName'],
    server: ['serverName', 'gatewayName', 'serverAddress'],
    callId: ['toolCallId'],
    outcome: ['success', 'isError', 'toolStatus', 'level'],
    errorType: ['plainErrorType', 'errorType'],
    errorClass: ['failureStage', 'plainErrorType', 'errorType'],
    argumentsHash: ['toolArguments'],
  },
  delegation: {
    from: [
      'delegationFrom',
      'handoffFrom',
      'transferFrom',
      'agentSource',
      'commandSource',
      'messageSource',
      'parentAgent',
      'handoffInput',
    ],
    to: [
      'delegationTo',
      'handoffTo',
      'transferTo',
      'agentTarget',
      'commandTarget',
      'messageTarget',
      'subAgent',
      'subagentType',
      'handoffOutput',
    ],
    mode: ['transferMode'],
  },
  policy_check: {
    policy: ['policyName', 'guardrailName', 'determiningPolicies'],
    rule: ['policyRule'],
    decision: [
      'authorization',
      'policyDecision',
      'guardrailTriggered',
      'guardrailStatus',
      'failedGuards',
      'maskedEntities',
    ],
    isEnforced: ['policyMode'],
    stage: ['policyStage', 'guardrailStage'],
    tool: ['policyTool'],
    by: ['approvalOutcome', 'decisionSource'],
  },
  evaluation: {
    name: ['evaluationName', 'feedbackName'],
    score: ['evaluationScore'],
    label: ['evaluationLabel'],
    evaluator: ['evaluatorSource'],
    evaluatorVersion: ['evaluatorVersion'],
    responseId: ['evaluationResponseId'],
    errorType: ['evaluationErrorType'],
  },
  prediction: { confidence: ['statedConfidence', 'confidence'] },
  trust_report: { score: ['trust'] },
  handshake: { isSuccess: ['handshakeSuccess'] },
}

export function isSection(name: string): name is keyof Origins {
  return Object.hasOwn(origins, name)
}
