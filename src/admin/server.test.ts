import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { createNoopMeter } from '@opentelemetry/api'
import { Observable } from 'rxjs'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { noAuditor } from '../audit/auditor.ts'
import { delivered } from '../component/delivery.ts'
import { defineExporter, defineProcessor, defineReceiver } from '../component/factory.ts'
import { foldBatches } from '../component/fold-facts.ts'
import { silentLog } from '../component/log.ts'
import { MemoryLedger } from '../component/memory.ts'
import type { LogRecord } from '../component/record.ts'
import { machineScheduler } from '../component/scheduler.ts'
import { Secret } from '../config/secret.ts'
import type { AdminConfig } from '../config/service.ts'
import { buildEngine } from '../pipeline/engine.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { startAdmin } from './server.ts'

const anything = z.unknown()

const idle = defineReceiver({
  type: 'idle',
  config: anything,
  create: (_config, { started }) =>
    new Observable(() => {
      started('http://127.0.0.1:4318')
    }),
})

/** Publishes a status with a secret in it, and offers a command. */
const budget = defineProcessor({
  type: 'budget',
  config: anything,
  create(_config, { status, command }) {
    status(() => ({ spent: 3, key: new Secret('hidden') }))
    command({
      name: 'release',
      body: z.strictObject({ agent: z.string() }),
      summary: 'Lets an agent spend again.',
      role: 'operate',
    })
    command({
      name: 'override',
      body: z.strictObject({}),
      summary: 'Goes on in spite of everything.',
      role: 'force',
    })
    return foldBatches({})
  },
})

const broken = defineExporter({
  type: 'broken',
  config: anything,
  create(_config, { status }) {
    status(() => {
      throw new Error('no status')
    })
    return (source) =>
      new Observable((subscriber) =>
        source.subscribe({
          next: ({ settle }) => settle(delivered),
          complete: () => subscriber.complete(),
        }),
      )
  },
})

const tokens = [
  { name: 'grafana', token: new Secret('r-token'), roles: ['read'] },
  { name: 'ops', token: new Secret('o-token'), roles: ['operate'] },
] as const

async function admin(config: Partial<AdminConfig> = {}, budgets = ['budget']) {
  const records: LogRecord[] = []
  const memory = new MemoryLedger(1_000)
  const metrics = createMetrics({})
  const only = (ids: readonly string[]) =>
    new Map(ids.map((id) => [id, { id, type: id.split('/')[0] ?? '', config: {} }]))
  const pipelines = [
    {
      id: 'traces',
      kind: 'traces',
      receivers: ['idle'],
      processors: budgets,
      exporters: ['broken'],
    },
  ] as const
  const built = buildEngine({
    config: {
      receivers: only(['idle']),
      processors: only(budgets),
      exporters: only(['broken']),
      pipelines,
    },
    catalogue: { receivers: [idle], processors: [budget], exporters: [broken] },
    environment: {
      scheduler: machineScheduler,
      random: () => 0.5,
      log: () => silentLog,
      meter: createNoopMeter(),
      memory,
    },
    onRecord: (record) => void records.push(record),
  })
  if (!built.ok) throw new Error(JSON.stringify(built.problems))
  const { engine } = built
  await engine.start()
  onTestFinished(() => engine.kill())
  const state: { readySinceMs: number | undefined } = { readySinceMs: Date.now() - 61_500 }
  const server = await startAdmin(
    { endpoint: { host: '127.0.0.1', port: 0 }, path: '/', tokens: [], ...config },
    {
      about: { name: 'agent-sre', version: '1.2.3', instanceId: 'i-1', startedAtMs: Date.now() },
      engine,
      pipelines: () => pipelines,
      memory,
      metrics,
      audit: noAuditor,
      lastReload: () => undefined,
      readySinceMs: () => state.readySinceMs,
      logLinesLeftOut: () => 7,
    },
    silentLog,
  )
  onTestFinished(() => server.close())
  return { url: server.url, state, records }
}

function command(url: string, name: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${url}/api/v1/commands/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

test('answers probes in the words of health_check', async () => {
  const { url, state } = await admin()

  const ready = await fetch(url)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toEqual({
    status: 'Server available',
    upSince: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    uptime: expect.stringMatching(/^1m1\.\d+s$/),
  })

  state.readySinceMs = undefined
  for (const path of ['/', '/readyz']) {
    const notReady = await fetch(url + path)
    expect(notReady.status).toBe(503)
    expect(await notReady.json()).toEqual({
      status: 'Server not available',
      upSince: '0001-01-01T00:00:00Z',
      uptime: '',
    })
  }
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('serves probes also where health_check says', async () => {
  const { url } = await admin({ path: '/health/status' })

  expect((await fetch(`${url}/health/status`)).status).toBe(200)
})

test('shows browsers a page that may run nothing else and asks nobody else', async () => {
  const { url } = await admin()

  const answer = await fetch(url, { headers: { accept: 'text/html,application/xhtml+xml' } })

  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-security-policy')).toMatch(
    /default-src 'none'; script-src 'sha256-[^']+'; .*connect-src 'self'/,
  )
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const page = await answer.text()
  expect(page).toContain('<title>Agent-SRE Collector</title>')
  expect(page).not.toMatch(/https?:\/\/|src=/)
})

test('gives one status document, without secrets, also when a component cannot say how it is', async () => {
  const { url } = await admin()

  const document = await json(await fetch(`${url}/api/v1/status`))

  expect(document).toMatchObject({
    service: { name: 'agent-sre', version: '1.2.3', instance_id: 'i-1', ready: true },
    pipelines: [
      { id: 'traces', receivers: ['idle'], processors: ['budget'], exporters: ['broken'] },
    ],
    memory: { limit_bytes: 1_000 },
    progress: { unsettled: 0, nextOffset: 1 },
    log_lines_left_out: 7,
  })
  expect(document.components).toEqual([
    { id: 'idle', role: 'receiver', health: 'OK', listening: ['http://127.0.0.1:4318'] },
    { id: 'broken', role: 'exporter', health: 'OK', status_error: 'Error: no status' },
    { id: 'budget', role: 'processor', health: 'OK', status: { spent: 3, key: '[REDACTED]' } },
  ])
})

test('puts a command into the log as it was given, once it is right', async () => {
  const { url, records } = await admin()

  const list = await json(await fetch(`${url}/api/v1/commands`))
  expect(list.commands).toMatchObject([
    { name: 'release', component: 'budget', path: '/api/v1/commands/release', role: 'operate' },
    { name: 'override', role: 'force' },
  ])
  const answer = await command(url, 'release', { agent: 'support-bot' })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ component: 'budget', actor: 'local', offset: 1 })
  const body = { agent: 'support-bot' }
  expect(records.at(-1)?.body).toEqual({
    kind: 'command',
    component: 'budget',
    name: 'release',
    actor: 'local',
    body,
  })
})

test('refuses commands that do not exist, are wrong, or are not JSON', async () => {
  const { url, records } = await admin()
  const before = records.length
  const says = async (answer: Response) => `${answer.status} ${(await json(answer)).error}`

  expect(await says(await command(url, 'relaese', {}))).toBe(
    '404 there is no command relaese; did you mean release?',
  )
  expect(await says(await command(url, 'release', { agent: 1 }))).toMatch(
    /^400 release cannot be given: agent: .*string/,
  )
  const text = await command(url, 'release', { agent: 'a' }, { 'content-type': 'text/plain' })
  expect(text.status).toBe(415)
  const bare = await fetch(`${url}/api/v1/commands/release`, { method: 'POST' })
  expect(bare.status).toBe(415)
  expect((await command(url, 'release', 'x'.repeat(1_100_000))).status).toBe(413)
  expect(records).toHaveLength(before)
})

test('asks which component is meant where two offer a command', async () => {
  const { url, records } = await admin({}, ['budget', 'budget/2'])

  const unclear = await command(url, 'release', { agent: 'a' })
  expect(unclear.status).toBe(400)
  expect((await json(unclear)).error).toContain('one of budget, budget/2')
  expect((await command(url, 'release?component=budget/2', { agent: 'a' })).status).toBe(200)
  expect(records.at(-1)?.body).toMatchObject({ component: 'budget/2' })
})

test('with tokens, shows nothing but health to those who have none', async () => {
  const { url } = await admin({ tokens })
  const reader = { authorization: 'Bearer r-token' }

  for (const path of ['/', '/healthz', '/readyz']) {
    expect((await fetch(url + path)).status).toBe(200)
  }
  for (const path of ['/metrics', '/api/v1/status', '/api/v1/commands']) {
    const refused = await fetch(url + path)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect((await fetch(url + path, { headers: { authorization: 'Bearer r-toke' } })).status).toBe(
      401,
    )
    expect((await fetch(url + path, { headers: reader })).status).toBe(200)
  }
})

test('takes commands from those with the role, and names them in the log', async () => {
  const { url, records } = await admin({ tokens })

  const reader = await command(url, 'release', { agent: 'a' }, { authorization: 'Bearer r-token' })
  expect(reader.status).toBe(403)
  const operator = await command(
    url,
    'release',
    { agent: 'a' },
    { authorization: 'Bearer o-token' },
  )
  expect(operator.status).toBe(200)
  const forced = await command(url, 'override', {}, { authorization: 'Bearer o-token' })
  expect([forced.status, await forced.json()]).toEqual([
    403,
    { error: 'the token ops has not the role force' },
  ])
  expect(records.at(-1)?.body).toMatchObject({ actor: 'ops' })
})

test('refuses names that are not ours and commands of foreign pages', async () => {
  const { url } = await admin()

  expect(await statusFor(url, { host: 'evil.example' })).toBe(403)
  expect(await statusFor(url, { host: 'localhost:13133' })).toBe(200)
  const foreign = await command(url, 'release', { agent: 'a' }, { origin: 'http://evil.example' })
  expect(foreign.status).toBe(403)
  expect((await command(url, 'release', { agent: 'a' }, { origin: url })).status).toBe(200)
})

test('does not listen for other machines without tokens', async () => {
  await expect(admin({ endpoint: { host: '0.0.0.0', port: 0 } })).rejects.toThrow('has no tokens')
})

async function json(answer: Response): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(await answer.json())
}

/** `fetch` does not let one choose the Host header. */
async function statusFor(
  url: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const asked = httpRequest(`${url}/api/v1/status`, { headers })
  asked.end()
  const [answer] = await once(asked, 'response')
  answer.resume()
  return answer.statusCode
}
