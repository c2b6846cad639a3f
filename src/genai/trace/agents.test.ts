import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { aChat, anAgent, type Told, tokens, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'

/** The call that is made below some runs. */
function callBelow(runs: readonly SpanRecord[], told: Told = {}) {
  const parentSpanId = runs.at(-1)?.spanId ?? ''
  const records = [...runs, aChat('call', tokens(1, 1), { parentSpanId, ...told })]
  return settled({ traceId, records }).calls[0]
}

describe('a span that says nothing of whose it is', () => {
  test('has it from the nearest span that does', () => {
    const runs = [
      anAgent('a', 'Planner', { user: 'u1', conversation: 'c1', workflow: 'trip' }),
      anAgent('b', 'Flights', { parentSpanId: 'a', conversation: 'c2', exclusion: 'shadow' }),
    ]
    expect(callBelow(runs)).toMatchObject({
      agent: 'Flights',
      user: 'u1',
      conversation: 'c2',
      exclusion: 'shadow',
    })
  })

  test('belongs to its service where no agent is above it', () => {
    expect(callBelow([])).toMatchObject({ agent: 'shop', agentVersion: '1.9.3' })
    expect(callBelow([], { who: { service: undefined } })?.agent).toBe('unknown_service')
  })

  test('is paid for by the organization above it, unless it names its own', () => {
    const runs = [anAgent('a', 'bot', { who: { organization: 'acme', team: 'search' } })]
    expect(callBelow(runs)).toMatchObject({ organization: 'acme', team: 'search' })
    const own = { who: { organization: 'other' } }
    expect(callBelow(runs, own)?.organization).toBe('other')
  })
})

describe('a version', () => {
  test('goes with the agent, also into other services', () => {
    const runs = [anAgent('a', 'bot', { who: { agentVersion: '2' } })]
    const elsewhere = { who: { service: 'mcp', serviceVersion: '0.1' } }
    expect(callBelow(runs, elsewhere)).toMatchObject({ agent: 'bot', agentVersion: '2' })
  })

  test('is none where the agent has none, whatever the service of its calls has', () => {
    const runs = [anAgent('a', 'bot', { who: { serviceVersion: undefined } })]
    const elsewhere = { who: { service: 'mcp', serviceVersion: '0.1' } }
    expect(callBelow(runs, elsewhere)?.agentVersion).toBeUndefined()
  })

  test('is not that of another agent, but of the service that it is in', () => {
    const runs = [
      anAgent('a', 'bot', { who: { agentVersion: '2' } }),
      anAgent('b', 'sub', { parentSpanId: 'a' }),
    ]
    const elsewhere = { who: { service: 'mcp', serviceVersion: '0.1' } }
    expect(callBelow(runs, elsewhere)).toMatchObject({ agent: 'sub', agentVersion: '1.9.3' })
  })
})
