import type { FactBase, FactKind, FactOf, Usage } from '../src/facts/fact.ts'
import { precedence, resourcePrecedence } from '../src/genai/precedence.ts'

/** A table of attribute keys, and where its source stands. */
export interface KeyTable {
  readonly title: string
  readonly file: string
  readonly constant: string
  readonly keys: Readonly<Record<string, readonly string[]>>
}

/** Every table in which values are looked for, in the order of the page. */
export const keyTables = {
  span: {
    title: 'On spans, events and records of the log',
    file: 'src/genai/precedence.ts',
    constant: 'precedence',
    keys: precedence,
  },
  resource: {
    title: 'On resources',
    file: 'src/genai/precedence.ts',
    constant: 'resourcePrecedence',
    keys: resourcePrecedence,
  },
} as const satisfies Readonly<Record<string, KeyTable>>

type Tables = typeof keyTables
/** A row of a table: `span.provider`. */
export type Row = { [T in keyof Tables]: `${T}.${keyof Tables[T]['keys'] & string}` }[keyof Tables]

type Fields<F> = Partial<Readonly<Record<keyof F & string, readonly Row[]>>>

type Origins = { readonly [K in FactKind]?: Fields<Omit<FactOf<K>, keyof FactBase>> } & {
  readonly FactBase: Fields<FactBase>
  readonly Usage: Fields<Usage>
}

/** In which rows a field is looked for, in that order; the others come of ids, times or sums. */
export const origins: Origins = {
  FactBase: {
    agent: [
      'span.agentName',
      'span.entityName',
      'span.functionId',
      'span.agentNode',
      'span.executor',
      'span.agentDid',
      'resource.serviceName',
    ],
    agentVersion: [
      'span.agentVersion',
      'span.entityVersion',
      'resource.serviceVersion',
      'span.release',
      'resource.release',
      'resource.revision',
    ],
    environment: ['resource.environment', 'span.environment'],
    service: ['resource.serviceName'],
    team: ['span.team'],
    user: ['span.user'],
    conversation: ['span.conversation'],
    task: ['span.taskId'],
    exclusion: ['span.excluded', 'span.synthetic', 'span.shadow', 'span.chaos'],
  },
  task: {
    name: ['span.taskName'],
    workflow: ['span.workflowName'],
    outcome: ['span.taskSuccess', 'span.taskStatus', 'span.success', 'span.isError'],
    errorType: ['span.errorType'],
  },
  llm_call: {
    operation: ['span.operationName'],
    provider: ['span.provider'],
    model: ['span.responseModel', 'span.requestModel'],
    requestModel: ['span.requestModel', 'span.invocationParameters'],
    responseId: ['span.responseId'],
    finishReasons: ['span.finishReasons', 'span.finishReason'],
    errorType: ['span.errorType'],
    notCounted: ['span.cachedReplay', 'span.hiddenParams', 'span.gatewayMark'],
  },
  tool_call: {
    tool: ['span.toolName', 'span.entityName'],
    server: ['span.toolServer', 'span.serverPort'],
    callId: ['span.toolCallId'],
    outcome: ['span.toolStatus', 'span.success', 'span.level', 'span.failureStage'],
    errorType: ['span.errorType', 'span.httpStatus'],
    errorClass: ['span.failureStage', 'span.errorType', 'span.httpStatus'],
    argumentsHash: ['span.toolArguments'],
  },
  Usage: {},
}
