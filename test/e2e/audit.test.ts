import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectorStart, collectorStop, command } from '../../src/audit/entries.ts'
import { openAudit } from '../../src/audit/open-audit.ts'
import { cli } from './cli-process.ts'

const times = ['2026-11-01T08:00:00Z', '2026-11-01T09:00:00Z', '2026-11-02T10:00:00Z']

/** A storage directory with an audit log: a start, a command, and a stop on the next day. */
async function aStorage(): Promise<{ directory: string; head: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'audit-'))
  const left = times.map((it) => Date.parse(it))
  const log = await openAudit(directory, {
    now: () => left.shift() ?? 0,
    log: { warn() {}, error() {} },
  })
  const { runBefore } = log
  await log.append(collectorStart({ version: '0.1.0', fingerprint: 'f1', nowMs: 0, runBefore }))
  const body = { agent: 'support-bot', note: 'bell \u0007' }
  await log.append(
    command({ name: 'release', component: 'cost', actor: 'user:ana', body, offset: 7 }),
  )
  const { seq, hash } = await log.append(collectorStop())
  await log.close()
  return { directory, head: `${seq}:${hash}` }
}

async function ran(...args: string[]): Promise<{ code: number | null; text: string }> {
  return cli(['audit', ...args]).ended
}

function configIn(directory: string): string {
  return `yaml:${JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { debug: {} },
    service: {
      storage: { directory },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  })}`
}

test('verify says that all is well, and names the head to keep elsewhere', async () => {
  const { directory, head } = await aStorage()
  const { code, text } = await ran('verify', '--config', configIn(directory))
  expect(code).toBe(0)
  expect(text).toContain('4 entries in 2 files: all as they were written\n')
  expect(text).toContain(`--expect ${head}\n`)
  const checked = await ran('verify', '--directory', directory, '--expect', head, '--json')
  expect(checked.code).toBe(0)
  expect(JSON.parse(checked.text)).toMatchObject({ entries: 4, finding: null })
})

test('verify names file, line and entry of what was changed, and its exit code is 1', async () => {
  const { directory, head } = await aStorage()
  const file = join(directory, 'audit', '000000000000.jsonl')
  writeFileSync(file, readFileSync(file, 'utf8').replace('user:ana', 'user:bob'))
  const { code, text } = await ran('verify', '--directory', join(directory, 'audit'))
  expect(code).toBe(1)
  expect(text).toContain(`${file}:2  entry 1\n    the entry was changed`)

  const whole = await aStorage()
  const other = head.replace(/:.*/, `:${'0'.repeat(64)}`)
  const expected = await ran('verify', '--directory', whole.directory, '--expect', other)
  expect(expected.code).toBe(1)
  expect(expected.text).toContain('is not the one that --expect names')
})

test('show prints the newest, a range, and what filters ask for', async () => {
  const { directory } = await aStorage()
  const all = await ran('show', '--directory', directory)
  expect(all.code).toBe(0)
  expect(all.text.split('\n')[0]).toMatch(/^SEQ +AT +TYPE +ACTOR +BODY$/)
  expect(all.text).toMatch(/1 +2026-11-01T09:00:00\.000Z +command +user:ana +\{.*"offset":7\}/)
  expect(all.text).not.toContain('\u0007')

  const json = async (...args: string[]) => {
    const { stdout, ended } = cli(['audit', 'show', '--directory', directory, '--json', ...args])
    await ended
    const lines = stdout().split('\n').slice(0, -1)
    return lines.map((it) => JSON.parse(it).seq)
  }
  expect(await json()).toEqual([0, 1, 2, 3])
  expect(await json('--limit', '1')).toEqual([3])
  expect(await json('--from', '1', '--to', '2')).toEqual([1, 2])
  expect(await json('--type', 'collector')).toEqual([0, 3])
  expect(await json('--actor', 'user:ana')).toEqual([1])
  expect(await json('--since', '2026-11-02')).toEqual([2, 3])
})

test('what cannot be done is one sentence', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'audit-'))
  const missing = await ran('verify', '--directory', empty)
  expect(missing).toEqual({
    code: 1,
    text: `Error: there is no audit log in ${join(empty, 'audit')}\n`,
  })
  expect((await ran('show')).text).toMatch(/^Error: say where the log is/)
  const { text } = await ran('verify', '--directory', empty, '--expect', '12')
  expect(text).toContain('must be a number, a colon and 64 hex digits')
})
