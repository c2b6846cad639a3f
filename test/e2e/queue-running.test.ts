import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { requestJson } from '../support/build.ts'
import { ranHere } from './cli-here.ts'
import { addresses, cli } from './cli-process.ts'

/** A destination that answers with the status that it is told. */
async function aDestination() {
  let status = 400
  const names: string[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString('latin1')
      if (status === 200) names.push(...(text.match(/span-\d+;/g) ?? []))
      response.writeHead(status).end('so it is')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    names,
    answer(next: number) {
      status = next
    },
  }
}

function configOf(url: string, directory: string): string {
  return `yaml:${JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: {
      'otlp_http/backend': {
        endpoint: url,
        compression: 'none',
        retry_on_failure: { initial_interval: '50ms', max_interval: '100ms' },
      },
    },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      storage: { directory, keep: 'requests' },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http/backend'] } },
    },
  })}`
}

test('queues of a running collector: listed, shown, sent again and dropped', async () => {
  const destination = await aDestination()
  const directory = mkdtempSync(join(tmpdir(), 'running-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const collector = cli(['--config', configOf(destination.url, directory)])
  const { otlp, admin } = await addresses(collector)
  const send = async (at: number) => {
    const body = JSON.stringify(requestJson('traces', [{ name: `span-${at};` }]))
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${otlp}/v1/traces`, { method: 'POST', body, headers })
    expect(answer.status).toBe(200)
  }
  const ran = (...args: string[]) => ranHere('queue', ...args, '--endpoint', admin)
  const letters = async () => JSON.parse((await ran('list', '--json')).text)[1].records

  for (const at of [1, 2, 3]) await send(at)
  while ((await letters()) < 3) await new Promise((resolve) => setImmediate(resolve))
  const shown = await ran('show', 'otlp_http/backend', '--dead-letters')
  expect(shown.text).toMatch(/2 +\S+ +traces +1 +\d+ +permanent +1 +so it is/)
  expect((await ran('show', 'otlp_http/backend', '--dead-letters', '--payload')).text).toContain(
    'span-2;',
  )
  const dropped = await ran('drop', 'otlp_http/backend', '--dead-letters', '--sequence=1', '--yes')
  expect(dropped.text).toContain('1 records, 1 items: dropped')
  destination.answer(200)
  const replayed = await ran('replay', 'otlp_http/backend', '--all')
  expect(replayed.text).toContain('2 records, 2 items: sent again now')
  while (destination.names.length < 2) await new Promise((resolve) => setImmediate(resolve))
  expect(destination.names).toEqual(['span-2;', 'span-3;'])
  expect(await letters()).toBe(0)
  expect((await ran('show', 'debug')).text).toContain('debug has nothing on disk')
})
