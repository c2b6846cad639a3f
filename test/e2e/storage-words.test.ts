import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { StatusDocument } from '../../src/admin/status.ts'
import { addresses, cli, sendSpan } from './cli-process.ts'

/** A configuration on free ports whose backend is dead. */
function config(directory: string, storage: object): string {
  return `yaml:${JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { otlp_http: { endpoint: 'http://127.0.0.1:9' } },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      storage: { directory, ...storage },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_http'] } },
    },
  })}`
}

function someDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'storage-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test('says at the start that requests are kept, and at the end that they still are', async () => {
  const data = join(someDirectory(), 'data')
  const collector = cli(['--config', config(data, { keep: 'requests' })])
  const { otlp } = await addresses(collector)
  expect(collector.text()).toContain(
    `  storage: ${data} keeps all requests until every destination has them, prompts and answers included;`,
  )

  expect((await sendSpan(otlp)).status).toBe(200)
  await collector.line(/Exporting failed/)
  collector.kill('SIGTERM')

  const { code, text } = await collector.ended
  expect(text).toContain(
    '  otlp_http: received 1, delivered 0, rejected 0, dropped 0, held 1 (kept on disk)\n',
  )
  expect(code).toBe(0)

  const later = cli(['--config', config(data, { keep: 'state' })])
  await addresses(later)
  expect(later.text()).toMatch(/WARN: \d+ bytes of requests lie in .* neither sent nor removed/)
})

test('who comes second is told that the directory is in use, and by a sentence alone', async () => {
  const data = someDirectory()
  const first = cli(['--config', config(data, { keep: 'state' })])
  await addresses(first)
  expect(first.text()).toContain(
    `  storage: ${data} keeps what is remembered and the audit log, no requests\n`,
  )

  const { code, text } = await cli(['--config', config(data, {})]).ended

  expect(text).toContain(
    `\nError: cannot start: service.storage.directory: ${data} is in use by another process: stop that one first\n`,
  )
  expect(text).not.toContain('    at ')
  expect(code).toBe(1)
})

test('a directory that cannot be written is refused before anything listens', async () => {
  const file = join(someDirectory(), 'file')
  writeFileSync(file, '')
  const data = join(file, 'data')

  const { code, text } = await cli(['--config', config(data, { keep: 'requests' })]).ended

  expect(text).toContain(
    `\nError: cannot start: service.storage.directory: ${data} is not a directory, or lies below a file\n`,
  )
  expect(text).not.toContain('listens')
  expect(code).toBe(1)
})

test('a full disk is said to clients, in the log and by the status', async () => {
  const data = someDirectory()
  const small = { keep: 'requests', max_size_mib: 4, segment_size_mib: 1 }
  const collector = cli(['--config', config(data, small)])
  const { otlp, admin } = await addresses(collector)

  let answer = await sendSpan(otlp)
  for (let sent = 0; answer.ok && sent < 60; sent++) {
    answer = await sendSpan(otlp, `${sent} ${'x'.repeat(200_000)}`)
  }

  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(await answer.json()).toMatchObject({ message: 'the disk is full' })
  await collector.line(/requests are refused: they cannot be written to disk/)
  const { storage } = (await (await fetch(`${admin}/api/v1/status`)).json()) as StatusDocument
  expect(storage?.max_bytes).toBe(4 * 2 ** 20)
  expect(storage?.logs).toMatchObject({ ingest: { held_records: expect.any(Number) } })
})
