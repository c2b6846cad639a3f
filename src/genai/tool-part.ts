import type { ToolErrorClass } from '../facts/fact.ts'
import { argumentsHash } from './arguments-hash.ts'
import { boundedName } from './bounded.ts'
import type { ReadSpan } from './read-span.ts'
import { shortText } from './short-text.ts'
import { nameAfter } from './span-name.ts'
import type { ToolPart } from './span-record.ts'
import { toolErrorClass } from './tool-error.ts'
import { toolNameOf } from './tool-name.ts'

/** Span kinds of OTLP. */
const server = 2
const client = 3
const toolsCall = 'tools/call'

/** The execution of a tool on a span, or a request for one on its way; `undefined` for others. */
export function readTool(read: ReadSpan): ToolPart | undefined {
  const { values, at, recognition, isError, bounded, span } = read
  const method = values.text(at.mcpMethod) ?? rpcMethod(read)
  const isCall = recognition.operation === 'execute_tool'
  if (!isCall && !(recognition.operation === 'mcp_request' && method === toolsCall))
    return undefined
  const name = nameOf(read)
  if (name === undefined) return undefined
  const { tool, server: host } = toolNameOf(name, values, at)
  const argumentsAt = values.view(at.toolArguments)
  const requestId = shortText(values.text(at.mcpRequestId))
  return {
    tool: bounded('tools', shortText(tool) ?? name),
    server: boundedName(bounded, 'tools', host),
    callId: callIdOf(read),
    errorClass: isError ? errorClassOf(read) : undefined,
    argumentsHash: argumentsAt === undefined ? undefined : argumentsHash(argumentsAt.rawBytes()),
    layer: layerOf(read, method, span.kind),
    requestId,
  }
}

/** Where it failed tells more than the exception: the arguments did not fit the tool. */
function errorClassOf({ values, at, errorType }: ReadSpan): ToolErrorClass {
  const isInvalid = values.text(at.failureStage) === 'validation'
  return isInvalid ? 'arguments' : toolErrorClass(errorType ?? '')
}

function rpcMethod({ values, at }: ReadSpan): string | undefined {
  const system = values.text(at.rpcSystem)
  return system === 'mcp' || system === 'jsonrpc' ? values.text(at.rpcMethod) : undefined
}

function nameOf({ values, at, recognition, span }: ReadSpan): string | undefined {
  const name = values.text(at.toolName)
  if (name !== undefined) return shortText(name)
  if (values.text(at.entityKind) === 'tool') {
    const entity = values.text(at.entityName)
    if (entity !== undefined) return shortText(entity)
  }
  return shortText(
    nameAfter(span.name(), recognition.operation) ?? ownName(recognition.operation, span.name()),
  )
}

/** A tool that nothing names is known by its span. */
function ownName(operation: string, spanName: string): string | undefined {
  return operation === 'execute_tool' ? spanName : undefined
}

function callIdOf({ values, at }: ReadSpan): string | undefined {
  return shortText(values.text(at.toolCallId))
}

function layerOf(
  { recognition, values, at }: ReadSpan,
  method: string | undefined,
  kind: number,
): ToolPart['layer'] {
  if (recognition.dialect === 'agentcore' && kind !== client) return 'gateway'
  if (method === undefined && !values.has(at.mcpMethod)) return 'framework'
  return kind === server ? 'mcp_server' : 'mcp_client'
}
