import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startProbes } from './probes.ts'

async function probes(path = '/') {
  const state: { readySinceMs: number | undefined } = { readySinceMs: Date.now() - 61_500 }
  const endpoint = { host: '0.0.0.0', port: 0 }
  const server = await startProbes({ endpoint, path }, () => state.readySinceMs)
  onTestFinished(() => server.close())
  return { url: server.url.replace('0.0.0.0', '127.0.0.1').replace(/\/$/, ''), state }
}

test('answers probes of every machine, whatever name they use for this one', async () => {
  const { url, state } = await probes()
  for (const path of ['/', '/readyz']) {
    const ready = await fetch(url + path, { headers: { accept: 'text/html' } })
    expect(ready.status).toBe(200)
    expect(ready.headers.get('cache-control')).toBe('no-store')
    expect(await ready.json()).toMatchObject({ status: 'Server available' })
  }
  state.readySinceMs = undefined
  for (const path of ['/', '/readyz']) {
    const notReady = await fetch(url + path)
    expect(notReady.status).toBe(503)
    expect(await notReady.json()).toMatchObject({ status: 'Server not available', uptime: '' })
  }
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'alive' })
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(503)
})

test('answers at the path of health_check, and then not at the root', async () => {
  const { url } = await probes('/health/status')
  expect((await fetch(url)).status).toBe(200)
  for (const path of ['/healthz', '/readyz']) {
    expect((await fetch(new URL(path, url))).status).toBe(200)
  }
  expect((await fetch(new URL('/', url))).status).toBe(404)
})

test('has nothing else: no metrics, no status, no commands, no page', async () => {
  const { url } = await probes()
  for (const path of ['/metrics', '/api/v1/status', '/api/v1/commands', '/api/v1', '/index.html']) {
    expect((await fetch(url + path)).status).toBe(404)
  }
  const command = await fetch(`${url}/api/v1/commands/release`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(command.status).toBe(404)
  expect((await fetch(url, { method: 'POST' })).status).toBe(404)
})

test('names health_check where it cannot listen', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no port')
  const endpoint = { host: '127.0.0.1', port: address.port }
  await expect(startProbes({ endpoint, path: '/' }, () => undefined)).rejects.toThrow(
    /^cannot start the server of health_check: .*EADDRINUSE/,
  )
})
