import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { requestJson } from '../support/build.ts'
import { OtlpServer } from '../support/otlp-server.ts'
import { ranHere } from './cli-here.ts'
import { addresses, type CliProcess, cli } from './cli-process.ts'

const clients = 8

test('reload under load refuses nobody and loses nothing: good, bad and identical files', async () => {
  await reloadUnderLoad(undefined)
})

test('reload under load refuses nobody and loses nothing where memory is kept', async () => {
  await reloadUnderLoad('state')
})

test('reload under load refuses nobody and loses nothing where requests are kept', async () => {
  await reloadUnderLoad('requests')
})

test('what waits for a dead backend goes to the endpoint that a reload gives it', async () => {
  const { file, sinks, collector, otlp, directory } = await running('requests')
  await sinks[0].close()
  for (let n = 1; n <= 20; n++) expect(await send(otlp, `${n}`.padStart(16, '0'))).toBe(200)

  const moved = [sinks[1], sinks[1]]
  await reload(collector, file, aConfig(moved, 'requests', directory, otlp, { version: 0 }), 1)

  await sinks[1].until(() => spanIds(sinks[1]).size === 20)
  expect(await send(otlp, 'f'.padStart(16, '0'))).toBe(200)
  await sinks[1].until(() => spanIds(sinks[1]).size === 21)
  collector.kill('SIGTERM')
  const { text } = await collector.ended
  expect(text).toMatch(/otlp_http: received 21, delivered 21, rejected 0, dropped 0, held 0/)
})

test('a queue in memory outlives a reload that leaves its exporter alone', async () => {
  const { file, sinks, collector, otlp } = await running(undefined)
  const { port } = sinks[0]
  await sinks[0].close()
  for (let n = 1; n <= 20; n++) expect(await send(otlp, `${n}`.padStart(16, '0'))).toBe(200)
  await collector.line(/Exporting failed\. Will retry/)

  const added = aConfig(sinks, undefined, '', otlp, { version: 0, destinations: 2 })
  await reload(collector, file, added, 1)
  const back = await OtlpServer.open(undefined, port)
  onTestFinished(() => back.close())

  await back.until(() => spanIds(back).size === 20)
  expect(spanIds(sinks[1]).size).toBe(0)
})

test('reload from the command line says what changed, what waits and what is wrong', async () => {
  const { file, sinks, collector, otlp } = await running(undefined)
  const { admin } = await addresses(collector)
  const told = async () => {
    const { code, text } = await cli(['reload', '--endpoint', admin]).ended
    return `${code} ${text}`
  }
  expect(await told()).toBe('0 the configuration is the one that runs: nothing changed\n')

  await writeFile(file, aConfig(sinks, undefined, '', otlp, { version: 2, limitMib: 600 }))
  expect(await told()).toMatch(
    /^0 runs the new configuration: added exporters\.otlp_http\/2.*\nat the next start: service\.memory\n$/s,
  )
  await writeFile(file, '{ exporters: { debugg: } }')
  expect(await told()).toMatch(/^1 the running configuration stays\n.*debugg/s)
  const status = await (await fetch(`${admin}/api/v1/status`)).json()
  expect(status).toMatchObject({
    pipelines: [{ exporters: ['otlp_http', 'otlp_http/2'] }],
    last_reload: { outcome: 'refused' },
  })
})

test('two reloads at once are one, and what waits for a restart waits until it is taken back', async () => {
  const { file, sinks, collector, otlp, directory } = await running('state')
  const { admin } = await addresses(collector)
  const write = (variant: Variant) =>
    writeFile(file, aConfig(sinks, 'state', directory, otlp, variant))
  const told = () => post(`${admin}/api/v1/reload`)
  const waiting = { needs_restart: ['service.memory'] }

  await write({ version: 1, limitMib: 600 })
  const both = await Promise.all([told(), told()])
  expect(both.map((it) => it.outcome).sort()).toEqual(['reloaded', 'unchanged'])
  expect(both).toMatchObject([waiting, waiting])
  await write({ version: 2, limitMib: 600 })
  expect(await told()).toMatchObject({ outcome: 'reloaded', ...waiting })
  expect(await told()).toMatchObject({ outcome: 'unchanged', ...waiting })
  await write({ version: 2 })
  expect(await told()).toMatchObject({ outcome: 'reloaded', needs_restart: [] })
  await writeFile(file, '{}')
  expect(await told()).toMatchObject({ outcome: 'refused' })
  collector.kill('SIGHUP')
  await collector.line(/(cannot be used.*){2}/s)

  const { text } = await ranHere('audit', 'show', '--directory', directory, '--json')
  const entries = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const reloads = entries.filter((it) => it.type.startsWith('config.reload'))
  expect(reloads.map((it) => `${it.type} ${it.actor}`)).toEqual([
    'config.reload local',
    'config.reload local',
    'config.reload local',
    'config.reload_refused local',
    'config.reload_refused system',
  ])
})

test('a receiver that cannot start leaves everything as it was', async () => {
  const { file, sinks, collector, otlp } = await running(undefined)
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : 0
  await writeFile(file, aConfig(sinks, undefined, '', `http://127.0.0.1:${port}`, { version: 1 }))
  collector.kill('SIGHUP')
  await collector.line(/cannot be used; the running one stays.*in use by another program/s)
  expect(await send(otlp, '1'.padStart(16, '0'))).toBe(200)
  await sinks[0].until((got) => got.length >= 1)
})

async function reloadUnderLoad(keep: Keep): Promise<void> {
  const { file, sinks, collector, otlp, directory } = await running(keep)
  const load = aLoad(otlp)
  await sinks[0].until((got) => got.length >= 50)

  // A processor, a queue and a limit of the receiver are changed; then a destination is added.
  await reload(collector, file, aConfig(sinks, keep, directory, otlp, { version: 1 }), 1)
  await sinks[0].until((got) => got.length >= 100)
  await reload(collector, file, aConfig(sinks, keep, directory, otlp, { version: 2 }), 2)
  await sinks[1].until((got) => got.length >= 50)
  await writeFile(file, 'receivers: { otlp: { protocls: {} } }')
  collector.kill('SIGHUP')
  await collector.line(/the new configuration cannot be used; the running one stays.*protocls/s)
  await writeFile(file, aConfig(sinks, keep, directory, otlp, { version: 2 }))
  collector.kill('SIGHUP')
  await collector.line(/is the one that runs: nothing changed/)

  const { taken, refused } = await load.stop()
  collector.kill('SIGTERM')
  const { code, text } = await collector.ended
  expect(code, text).toBe(0)
  expect(refused).toEqual([])
  expect(taken.length).toBeGreaterThan(200)
  const arrived = spanIds(sinks[0])
  expect(taken.filter((id) => !arrived.has(id))).toEqual([])
}

type Keep = 'state' | 'requests' | undefined

interface Variant {
  readonly version: 0 | 1 | 2
  readonly limitMib?: number
  readonly destinations?: 1 | 2
}

function aConfig(
  sinks: readonly OtlpServer[],
  keep: Keep,
  directory: string,
  otlp: string,
  { version, limitMib = 512, destinations = version === 2 ? 2 : 1 }: Variant,
): string {
  const { host } = new URL(otlp)
  const http = {
    endpoint: host,
    ...(version > 0 && { max_request_body_size: 1_000_000 + version }),
  }
  const two = destinations === 2
  return JSON.stringify({
    receivers: { otlp: { protocols: { http } } },
    processors: {
      batch: { timeout: '5ms', send_batch_size: version > 0 ? 20 : 50 },
      attributes: { actions: [{ key: 'version', value: version, action: 'upsert' }] },
    },
    exporters: {
      otlp_http: {
        endpoint: sinks[0]?.url,
        sending_queue: { num_consumers: version > 0 ? 5 : 10 },
      },
      ...(two && { 'otlp_http/2': { endpoint: sinks[1]?.url } }),
    },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      memory: { limit_mib: limitMib },
      ...(keep && { storage: { directory, keep } }),
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['attributes', 'batch'],
          exporters: two ? ['otlp_http', 'otlp_http/2'] : ['otlp_http'],
        },
      },
    },
  })
}

async function running(keep: Keep) {
  const place = await mkdtemp(join(tmpdir(), 'reload-'))
  onTestFinished(() => rm(place, { recursive: true, force: true }))
  const sinks = [await OtlpServer.open(), await OtlpServer.open()] as const
  onTestFinished(async () => void (await Promise.all(sinks.map((it) => it.close()))))
  const port = await freePort()
  const directory = join(place, 'data')
  const file = join(place, 'collector.yaml')
  const otlp = `http://127.0.0.1:${port}`
  await writeFile(file, aConfig(sinks, keep, directory, otlp, { version: 0 }))
  const collector = cli(['--config', file])
  await addresses(collector)
  return { file, sinks, collector, otlp, directory }
}

async function reload(
  collector: CliProcess,
  file: string,
  config: string,
  times: number,
): Promise<void> {
  await writeFile(file, config)
  collector.kill('SIGHUP')
  await collector.line(new RegExp(`(runs the new configuration.*){${times}}`, 's'))
}

/** Clients that send one span after the other and never come again. */
function aLoad(otlp: string) {
  let isOver = false
  const taken: string[] = []
  const refused: unknown[] = []
  const one = async (client: number) => {
    for (let n = 1; !isOver; n++) {
      const spanId = (client * 1_000_000 + n).toString(16).padStart(16, '0')
      const status = await send(otlp, spanId).catch((cause: unknown) => cause)
      if (status === 200) taken.push(spanId)
      else refused.push(status)
    }
  }
  const all = Promise.all(Array.from({ length: clients }, (_, client) => one(client)))
  return {
    async stop() {
      isOver = true
      await all
      return { taken, refused }
    },
  }
}

async function send(otlp: string, spanId: string): Promise<number> {
  const answer = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestJson('traces', [{ spanId }])),
  })
  await answer.arrayBuffer()
  return answer.status
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function post(url: string) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: '{}' })
  return z.looseObject({ outcome: z.string() }).parse(await answer.json())
}

function spanIds(sink: OtlpServer): Set<string> {
  const ids = new Set<string>()
  for (const { body } of sink.got) {
    forEachSpan(decode('traces', body), (span) => ids.add(span.spanIdHex()))
  }
  return ids
}
