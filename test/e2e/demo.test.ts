import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { type NodeProcess, startNode } from './demo-process.ts'

test('the demo shows the spans of all agents arriving at the sink, and every one that was sent', async () => {
  const demo = run('--free-ports', '--rate', '10', '--seconds', '3')

  const arrived = await demo.says(/^sink +│ \d+ requests?, \d+ spans/)
  const sent = await Promise.all(
    ['support-bot', 'research-agent', 'coding-agent'].map((name) =>
      demo.says(new RegExp(`^${name} +│ sent in all: \\d+ runs, \\d+ spans`)),
    ),
  )
  const totals = await demo.says(/^demo +│ \d+ spans sent, \d+ arrived/)
  const code = await demo.ended

  expect(arrived).toMatch(/\d+ invoke_agent/)
  expect(arrived).toMatch(/\d+ chat/)
  const spans = sent.map((line) => Number(line.match(/(\d+) spans/)?.[1]))
  const sum = spans.reduce((left, right) => left + right)
  expect(Math.min(...spans)).toBeGreaterThan(20)
  expect(totals).toContain(`${sum} spans sent, ${sum} arrived`)
  expect(code).toBe(0)
})

test('the demo starts only the agents that were asked for', async () => {
  const demo = run('--free-ports', '--agents', 'coding-agent', '--rate', '10', '--seconds', '1')

  const arrived = await demo.says(/^sink +│ arrived in all/)

  expect(arrived).toMatch(/\d+ plan/)
  await expect(demo.says(/^support-bot|^research-agent/)).rejects.toThrow()
  expect(await demo.ended).toBe(0)
})

test('an agent that does not exist is refused with those that do', async () => {
  const demo = run('--agents', 'support-bot,sales-bot')

  expect(await demo.says(/sales-bot/)).toMatch(/choose from support-bot, research-agent, coding-a/)
  expect(await demo.ended).toBe(1)
})

test('Ctrl-C ends the demo and everything it started', async () => {
  const demo = run('--free-ports')

  await demo.says(/^demo +│ The first spans have arrived/)
  demo.signal('SIGINT')

  expect(await demo.says(/^demo +│ \d+ spans sent, \d+ arrived/)).toBeDefined()
  expect(await demo.ended).toBe(0)
})

test('a port that is taken is explained, and nothing is started', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' ? `${address?.port}` : ''

  const demo = run('--free-ports', '--otlp-port', port)

  expect(await demo.says(/taken/)).toContain(`Port ${port} is taken`)
  expect(await demo.ended).toBe(1)
  other.close()
})

/** The demo as a user starts it. */
function run(...args: string[]): NodeProcess {
  return startNode('scripts/demo.mjs', ...args)
}
