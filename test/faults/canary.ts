import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { FaultyCollector } from './collector.ts'
import { Destination, isDown, takes } from './destination.ts'
import { retryQuickly } from './kills.ts'
import { eventually, scratchDirectory } from './scratch.ts'

const canary = 'canary-5f0c2a'
const places = ['spanName', 'attribute', 'event', 'status', 'resource', 'log body'] as const

/** Sends texts that nobody else would write, in every place where a request may have texts. */
async function sendCanaries(url: string, nth = 1): Promise<void> {
  const value = (place: (typeof places)[number]) => ({ stringValue: `${canary} ${place}` })
  const resource = { attributes: [{ key: 'service.name', value: value('resource') }] }
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: `b7ad6b716920333${nth}`,
    name: `${canary} spanName`,
    startTimeUnixNano: '1767225600000000000',
    endTimeUnixNano: '1767225602500000000',
    attributes: [{ key: 'gen_ai.input.messages', value: value('attribute') }],
    events: [{ name: `${canary} event`, attributes: [{ key: 'text', value: value('event') }] }],
    status: { code: 2, message: `${canary} status` },
  }
  const logRecord = { timeUnixNano: `176722560000000000${nth}`, body: value('log body') }
  const requests = {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] },
    logs: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [logRecord] }] }] },
  }
  for (const [path, request] of Object.entries(requests)) {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(request)
    const answer = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
  }
}

/** Every file below a directory that holds the text. */
async function filesWith(text: string, directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((it) => it.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    if (bytes.includes(text)) found.push(path)
  }
  return found
}

async function aCollector(keep: 'state' | 'requests', destination: Destination) {
  const directory = scratchDirectory()
  const collector = await FaultyCollector.start({
    directory,
    storage: { keep },
    exporters: { otlp_http: { endpoint: destination.url, compression: 'none', ...retryQuickly } },
  })
  return { collector, directory }
}

/** With state alone no text of a request is ever in the directory, whatever happens. */
export async function keepNoText(): Promise<void> {
  const destination = await Destination.open(isDown)
  const { collector, directory } = await aCollector('state', destination)
  await sendCanaries(collector.http)
  await eventually(
    async () => (await readdir(join(directory, 'state'))).length,
    (files) => files > 0,
  )
  await eventually(
    async () => collector.metric('agent_sre_state_snapshots'),
    (written) => written >= 2,
  )
  expect(await filesWith(canary, directory)).toEqual([])
  destination.behaviour = takes
  await collector.stop()
  expect(await filesWith(canary, directory)).toEqual([])
}

/** With requests kept, texts are there while they wait, and gone once everything was taken. */
export async function forgetText(): Promise<void> {
  const destination = await Destination.open(isDown)
  const { collector, directory } = await aCollector('requests', destination)
  await sendCanaries(collector.http)
  await eventually(
    () => collector.destination('otlp_http'),
    ({ queue }) => queue.disk?.records === 2,
  )
  expect(await filesWith(canary, directory)).not.toEqual([])
  await collector.kill()
  await collector.start()
  expect(await filesWith(canary, directory)).not.toEqual([])

  destination.behaviour = takes
  await destination.until(() => destination.spans === 1)
  const startMs = performance.now()
  await areGone(directory)
  console.log(`gone ${Math.round(performance.now() - startMs)} ms after they were taken`)

  await sendCanaries(collector.http, 2)
  await destination.until(() => destination.spans === 2)
  await collector.kill()
  await collector.start()
  await areGone(directory)

  await sendCanaries(collector.http, 3)
  await destination.until(() => destination.spans === 3)
  await collector.stop()
  expect(await filesWith(canary, directory)).toEqual([])
}

async function areGone(directory: string): Promise<void> {
  await eventually(
    () => filesWith(canary, directory),
    (files) => files.length === 0,
  )
}
