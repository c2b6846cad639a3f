import type { Dialect } from '../dialect.ts'

/** The Model Context Protocol by itself: the SDK for Python, FastMCP, the conventions. */
export const mcp: Dialect = {
  name: 'mcp',
  source:
    'modelcontextprotocol/python-sdk: src/mcp/shared/_otel.py, src/mcp/server/_otel.py; ' +
    'jlowin/fastmcp: src/fastmcp/telemetry.py; ' +
    'open-telemetry/semantic-conventions: docs/gen-ai/mcp.md',
  scopes: ['mcp-python-sdk', 'fastmcp'],
  marks: [
    'mcp.method.name',
    'rpc.system=mcp',
    'fastmcp.server.name',
    'fastmcp.component.type',
    'fastmcp.provider.type',
  ],
  spanNames: [
    { name: 'MCP send *', operation: 'mcp_request', isDecisive: true },
    { name: 'tools/*', operation: 'mcp_request' },
    { name: 'resources/*', operation: 'mcp_request' },
    { name: 'prompts/*', operation: 'mcp_request' },
    { name: 'initialize', operation: 'mcp_request' },
    { name: 'delegate *', operation: 'chain' },
  ],
}
