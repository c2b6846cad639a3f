import type { ToolErrorClass } from '../facts/fact.ts'
import { memo } from './memo.ts'

/**
 * Whose fault a failed call of a tool was, by its `error.type`: the agent's (no such tool, wrong
 * arguments), the tool's own (it answered that it failed), or that of what lies between. Reads JSON-RPC
 * and HTTP codes, gRPC names, and the names of exceptions of Python, JavaScript, Java and .NET.
 */
export const toolErrorClass: (errorType: string) => ToolErrorClass = memo((errorType) => {
  const name = bareName(errorType)
  return (
    names.get(name) ??
    codeClass(errorType.slice(0, maxLength).trim()) ??
    endings.find(([ending]) => ending.test(name))?.[1] ??
    'unclassified'
  )
})

/** What a call counts as; one without an error is good. What nobody can place is bad. */
export function toolOutcome(errorClass: ToolErrorClass | undefined): 'good' | 'bad' | 'ignored' {
  if (errorClass === undefined) return 'good'
  return errorClass === 'infrastructure' || errorClass === 'cancelled' ? 'ignored' : 'bad'
}

const maxLength = 256

/** The last part of a qualified name, letters and digits alone: `asyncio.TimeoutError`. */
function bareName(errorType: string): string {
  const parts = errorType
    .slice(0, maxLength)
    .trim()
    .split(/[.:/$\\]+/)
  return (parts.findLast((part) => part !== '') ?? '').toLowerCase().replace(/[^a-z0-9]/g, '')
}

const spellings: readonly (readonly [ToolErrorClass, readonly string[]])[] = [
  ['cancelled', ['cancelled', 'canceled', 'cancellederror', 'cancelederror', 'useraborted']],
  ['cancelled', ['useraborterror', 'useraborted', 'userabort', 'abort', 'aborted', 'aborterror']],
  ['cancelled', ['taskcanceledexception', 'operationcanceledexception', 'cancellationexception']],
  ['cancelled', ['keyboardinterrupt', 'interrupt', 'graphinterrupt', 'nodeinterrupt']],
  ['cancelled', ['parentcommand', 'interruptexception', 'approvalrequired', 'calldeferred']],
  ['arguments', ['toolnotfound', 'toolnotfounderror', 'unknowntool', 'nosuchtool']],
  ['arguments', ['nosuchtoolerror', 'ainosuchtoolerror', 'methodnotfound', 'invalidarguments']],
  ['arguments', ['invalidargument', 'invalidparams', 'invalidtoolarguments']],
  ['arguments', ['invalidtoolargumentserror', 'aiinvalidtoolargumentserror']],
  ['arguments', ['invalidtoolinputerror', 'aiinvalidtoolinputerror', 'invalidinput']],
  ['arguments', ['validation', 'schemavalidation', 'zoderror', 'toolinputparsingexception']],
  ['tool', ['toolerror', 'toolexception', 'toolexecutionerror', 'toolretryerror', 'modelretry']],
  ['infrastructure', ['timeout', 'timedout', 'etimedout', 'deadlineexceeded', 'unavailable']],
  ['infrastructure', ['resourceexhausted', 'ratelimit', 'ratelimited', 'toomanyrequests']],
  ['infrastructure', ['econnrefused', 'econnreset', 'enotfound', 'epipe', 'ehostunreach']],
  ['infrastructure', ['eaiagain', 'connectionrefused', 'connectionreset', 'connectionclosed']],
  [
    'infrastructure',
    ['brokenpipeerror', 'serviceunavailable', 'serviceunavailableerror', 'badgateway'],
  ],
  ['infrastructure', ['internalservererror', 'sockettimeoutexception', 'unknownhostexception']],
  ['infrastructure', ['econnaborted', 'throttlingexception', 'overloadederror', 'overloaded']],
  ['infrastructure', ['connectexception', 'remoteprotocolerror', 'gaierror', 'sslerror']],
]

const names: ReadonlyMap<string, ToolErrorClass> = new Map(
  spellings.flatMap(([errorClass, list]) => list.map((name) => [name, errorClass])),
)

const endings: readonly (readonly [RegExp, ToolErrorClass])[] = [
  [/validation(error|exception)$/, 'arguments'],
  [/time(d)?out(error|exception)?$/, 'infrastructure'],
  [
    /(ratelimit|connect|connection|connectionrefused|connectionreset|network)(error|exception)$/,
    'infrastructure',
  ],
]

/** JSON-RPC 2.0 and MCP error codes, and HTTP status codes. */
function codeClass(errorType: string): ToolErrorClass | undefined {
  const code = /^(HTTP )?(-?\d{3,5})$/i.exec(errorType)?.[2]
  if (code === undefined) return undefined
  const number = Number(code)
  if (number === -32601 || number === -32602) return 'arguments'
  if (number === -32603 || (number <= -32000 && number >= -32099)) return 'infrastructure'
  if (number === 429 || (number >= 500 && number <= 599)) return 'infrastructure'
  return undefined
}
