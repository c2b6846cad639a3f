import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitToolName, toolNameOf, toolServerKeys } from './tool-name.ts'
import { type Attributes, readThrough } from './usage/attributes.fixture.ts'

function nameOf(qualified: string, attributes: Attributes = {}) {
  return readThrough(toolServerKeys, attributes, (values, at) => toolNameOf(qualified, values, at))
}

test('Claude Code and Bedrock AgentCore put the server before the tool', () => {
  expect(splitToolName('mcp__github__create_issue')).toEqual({
    tool: 'create_issue',
    server: 'github',
  })
  expect(splitToolName('mcp__my_srv__list__all')).toEqual({ tool: 'list__all', server: 'my_srv' })
  expect(splitToolName('target___tool')).toEqual({ tool: 'tool', server: 'target' })
  expect(splitToolName('mcp__only')).toEqual({ tool: 'mcp__only', server: undefined })
  expect(splitToolName('___tool')).toEqual({ tool: '___tool', server: undefined })
})

test('5.12 FastMCP names its server', () => {
  const server = { 'rpc.service': 'weather-srv', 'fastmcp.server.name': 'weather-srv' }
  expect(nameOf('weather', server)).toEqual({ tool: 'weather', server: 'weather-srv' })
})

test('5.22 the target before the tool is its server, and not the gateway', () => {
  expect(nameOf('hr-db___create_payout', { 'gateway.name': 'hr-gw' })).toEqual({
    tool: 'create_payout',
    server: 'hr-db',
  })
  expect(nameOf('create_payout', { 'gateway.name': 'hr-gw' })).toEqual({
    tool: 'create_payout',
    server: 'hr-gw',
  })
})

test.each<[Attributes, string | undefined]>([
  [{ 'mcp.server.name': 'a', 'fastmcp.server.name': 'b', 'rpc.service': 'c' }, 'a'],
  [{ 'fastmcp.server.name': 'b', 'rpc.service': 'c', 'server.address': 'd' }, 'b'],
  [{ 'rpc.service': 'c', 'server.address': 'd', 'gateway.name': 'e' }, 'c'],
  [{ 'server.address': 'd', 'server.port': 8080, 'gateway.name': 'e' }, 'd:8080'],
  [{ 'server.address': 'd', 'gateway.name': 'e' }, 'd'],
  [{ 'gateway.name': 'e' }, 'e'],
  [{}, undefined],
])('of %o the server is %s', (attributes, server) => {
  expect(nameOf('search', attributes)).toEqual({ tool: 'search', server })
})

test('a prefix that is the server’s name is none of the tool’s', () => {
  const server = { 'mcp.server.name': 'weather' }
  expect(nameOf('weather-forecast', server)?.tool).toBe('forecast')
  expect(nameOf('weatherman', server)?.tool).toBe('weatherman')
  expect(nameOf('weather', server)?.tool).toBe('weather')
  expect(nameOf('weather-', server)?.tool).toBe('weather-')
})

test('a tool always keeps a name', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      expect(splitToolName(name).tool).not.toBe('')
    }),
  )
  expect(splitToolName('_'.repeat(1_000_000)).tool).not.toBe('')
})
