import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { type NodeProcess, startNode } from './demo-process.ts'

test('the demo shows spans arriving at the sink, and every one that was sent', async () => {
  const demo = run('--free-ports', '--rate', '20', '--seconds', '2')

  const arrived = await demo.says(/^sink +│ \d+ requests?, \d+ spans/)
  const totals = await demo.says(/^demo +│ \d+ spans sent, \d+ arrived/)
  const code = await demo.ended

  expect(arrived).toMatch(/\d+ invoke_agent/)
  expect(arrived).toMatch(/\d+ chat/)
  const [sent, came] = totals.match(/\d+/g) ?? []
  expect(Number(sent)).toBeGreaterThan(100)
  expect(came).toBe(sent)
  expect(code).toBe(0)
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
