import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { askAdmin, giveAdmin } from './admin-client.ts'

const product = { name: 'agent-sre' }
const terminal = { out() {}, err() {}, env: {} }

/** An admin server that answers no question, and orders when the test wants it to. */
async function aBusyServer() {
  const ready = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    if (request.method === 'POST') void ready.promise.then(() => response.end('{"records":1}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: new URL(`http://127.0.0.1:${port}/`), answer: ready.resolve }
}

test('a question that is not answered in time is told from a collector that is not there, an order waits', async () => {
  const { url, answer } = await aBusyServer()
  const real = AbortSignal.timeout.bind(AbortSignal)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => real(20))
  onTestFinished(() => void vi.restoreAllMocks())

  const ordered = giveAdmin(new URL('/replay', url), {}, product, terminal)
  await expect(askAdmin(url, product, terminal)).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:\d+ has not answered for 10 s: it is busy, ask again$/,
  )
  answer()
  expect(await ordered).toEqual({ records: 1 })
})

test('where nobody listens it says so', async () => {
  await expect(askAdmin(new URL('http://127.0.0.1:9'), product, terminal)).rejects.toThrow(
    'nobody answers at http://127.0.0.1:9: is agent-sre running',
  )
})
