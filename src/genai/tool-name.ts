import { memo } from './memo.ts'
import { shortText } from './short-text.ts'
import type { Source } from './sources.ts'
import type { Values } from './values.ts'

/** Where the server of a tool is named. */
export const toolServerKeys = {
  serverName: ['mcp.server.name', 'fastmcp.server.name', 'rpc.service'],
  serverAddress: ['server.address'],
  serverPort: ['server.port'],
  gatewayName: ['gateway.name'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type ToolServerSources = Readonly<Record<keyof typeof toolServerKeys, Source>>

/** A tool by the name that its server gave it, and the server. */
export interface ToolName {
  readonly tool: string
  readonly server: string | undefined
}

/**
 * The tool and its server, of a name that may have the server in it and of the span's attributes.
 * A gateway names itself, so the target that stands before a tool's name is asked before it.
 */
export function toolNameOf(qualified: string, values: Values, at: ToolServerSources): ToolName {
  const { tool, server } = splitToolName(qualified)
  const named = shortText(values.text(at.serverName)) ?? addressOf(values, at)
  if (named === undefined) {
    return { tool, server: server ?? shortText(values.text(at.gatewayName)) }
  }
  return { tool: server === undefined ? withoutServer(tool, named) : tool, server: named }
}

/** Takes `mcp__server__tool` (Claude Code) and `target___tool` (Bedrock AgentCore) apart. */
export const splitToolName: (qualified: string) => ToolName = memo((qualified) => {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(qualified)
  if (mcp?.[1] !== undefined && mcp[2] !== undefined) return { tool: mcp[2], server: mcp[1] }
  const target = /^(.+?)___(.+)$/.exec(qualified)
  if (target?.[1] !== undefined && target[2] !== undefined) {
    return { tool: target[2], server: target[1] }
  }
  return { tool: qualified, server: undefined }
})

/** `weather-forecast` of the server `weather` is `forecast`: other prefixes tell only with the server. */
function withoutServer(tool: string, server: string): string {
  if (tool.length <= server.length + 1 || !tool.startsWith(server)) return tool
  return '-_./:'.includes(tool.charAt(server.length)) ? tool.slice(server.length + 1) : tool
}

function addressOf(values: Values, at: ToolServerSources): string | undefined {
  const address = shortText(values.text(at.serverAddress))
  if (address === undefined) return undefined
  const port = values.number(at.serverPort)
  return port === undefined ? address : `${address}:${port}`
}
