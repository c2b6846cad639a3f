import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { askAdmin, giveAdmin } from './admin-client.ts'

const product = { name: 'agent-sre' }
const terminal = { out() {}, err() {}, env: {} }

/** An admin server that answers when the test wants it to. */
async function aBusyServer() {
  const waiting: ServerResponse[] = []
  const server = createServer((_, response) => void waiting.push(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: new URL(`http://127.0.0.1:${port}/`), waiting }
}

test('a question that is not answered in time is told from a collector that is not there, an order waits', async () => {
  const { url, waiting } = await aBusyServer()
  const real = AbortSignal.timeout.bind(AbortSignal)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => real(20))
  onTestFinished(() => void vi.restoreAllMocks())

  const ordered = giveAdmin(new URL('/replay', url), {}, product, terminal)
  await expect(askAdmin(url, product, terminal)).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:\d+ has not answered for 10 s: it is busy, ask again$/,
  )
  for (const response of waiting) response.end('{"records":1}')
  expect(await ordered).toEqual({ records: 1 })
})

test('where nobody listens it says so', async () => {
  await expect(askAdmin(new URL('http://127.0.0.1:9'), product, terminal)).rejects.toThrow(
    'nobody answers at http://127.0.0.1:9: is agent-sre running',
  )
})
