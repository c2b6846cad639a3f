import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addresses, cli, nodeProcess, root, sendSpan } from './cli-process.ts'

const canary = 'canary-7f3a'

/** A configuration on free ports; `exporter` is JSON, which is YAML too. */
function config(id = 'debug', exporter: object = { verbosity: 'normal' }, service = {}): string {
  return `yaml:${JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    exporters: { [id]: exporter },
    service: {
      admin: { endpoint: '127.0.0.1:0' },
      pipelines: { traces: { receivers: ['otlp'], exporters: [id] } },
      ...service,
    },
  })}`
}

/** A backend that takes requests and does with them what it is told. */
async function backend(answer: Parameters<typeof createServer>[1]): Promise<[string, Server]> {
  const server = createServer({}, answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no port')
  return [`http://127.0.0.1:${address.port}`, server]
}

test('takes a span, shows it, stops on SIGTERM and says what became of it', async () => {
  const collector = cli(['--config', config()])
  const { otlp, admin } = await addresses(collector)
  expect(collector.text()).toContain('  traces: otlp → debug\n')

  expect((await sendSpan(otlp)).status).toBe(200)
  await collector.line(/invoke_agent support-bot/)
  const health = await fetch(admin)
  expect(health.status).toBe(200)
  expect(await health.json()).toMatchObject({ status: 'Server available' })
  const metrics = await (await fetch(`${admin}/metrics`)).text()
  expect(metrics).toContain('otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 1\n')

  collector.kill('SIGTERM')
  const { code, text } = await collector.ended
  expect(code).toBe(0)
  expect(text).toContain('Everything is ready. Begin running and processing data.')
  expect(text).toContain('  otlp: accepted 1, refused 0\n')
  expect(text).toContain('Shutdown complete.')
})

test('lets other machines ask whether it is ready, and nothing else', async () => {
  const health = JSON.stringify({ health_check: { endpoint: '0.0.0.0:0' } })
  const service = { extensions: ['health_check'] }
  const base = config('debug', { verbosity: 'basic' }, service)
  const collector = cli(['--config', base, '--config', `yaml:{ extensions: ${health} }`])
  const { admin } = await addresses(collector)
  const [, written = ''] = await collector.line(/probes: (\S+)\n/)
  const probes = written.replace('0.0.0.0', '127.0.0.1')

  expect(probes).not.toContain(admin)
  expect((await fetch(probes)).status).toBe(200)
  expect((await fetch(`${probes}metrics`)).status).toBe(404)
  expect((await fetch(`${admin}/metrics`)).status).toBe(200)

  collector.kill('SIGTERM')
  expect((await collector.ended).code).toBe(0)
})

test('says what was lost when the backend is dead', async () => {
  const collector = cli(['--config', config('otlp_http', { endpoint: 'http://127.0.0.1:9' })])
  const { otlp } = await addresses(collector)
  expect((await sendSpan(otlp)).status).toBe(200)
  await collector.line(/Exporting failed/)

  collector.kill('SIGTERM')

  const { code, text } = await collector.ended
  expect(text).toContain(
    '  otlp_http: received 1, delivered 0, rejected 0, dropped 1 (shutdown 1), held 0\n',
  )
  expect(code).toBe(0)
})

test('ends at its deadline when the backend never answers', async () => {
  const [endpoint, server] = await backend(() => {})
  const args = ['--shutdown-timeout', '200ms', '--config', config('otlp_http', { endpoint })]
  const collector = cli(args)
  const { otlp } = await addresses(collector)
  const asked = once(server, 'request')
  await sendSpan(otlp)
  await asked

  collector.kill('SIGINT')

  const { code, text } = await collector.ended
  expect(text).toContain('the shutdown timeout was over before everything had drained')
  expect(text).toMatch(/otlp_http: received 1, delivered 0, .*dropped 1 \(shutdown 1\), held 0/)
  expect(code).toBe(0)
})

test('a second signal stops at once', async () => {
  const [endpoint, server] = await backend(() => {})
  const collector = cli(['--config', config('otlp_http', { endpoint })])
  const { otlp } = await addresses(collector)
  const asked = once(server, 'request')
  await sendSpan(otlp)
  await asked

  collector.kill('SIGTERM')
  await collector.line(/Starting shutdown/)
  collector.kill('SIGTERM')

  const { code, text } = await collector.ended
  expect(code).toBe(1)
  expect(text).toContain('SIGTERM while stopping: stops now\n')
  expect(text).not.toContain('Shutdown complete.')
})

test('goes on after SIGHUP, and says that nothing has changed', async () => {
  const collector = cli(['--config', config()])
  const { otlp } = await addresses(collector)

  collector.kill('SIGHUP')

  await collector.line(/is the one that runs: nothing changed/)
  expect((await sendSpan(otlp)).status).toBe(200)
})

test('shows no secret, wherever one looks', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'agent-sre-')), 'c.yaml')
  const exporter = { endpoint: 'http://127.0.0.1:9', headers: { authorization: canary } }
  const admin = {
    endpoint: '127.0.0.1:0',
    tokens: [{ name: 'ops', token: canary, roles: ['read'] }],
  }
  writeFileSync(file, config('otlp_http', exporter, { admin }).slice('yaml:'.length), {
    mode: 0o644,
  })
  const pipelines = '--set=service.pipelines.traces={receivers: [otlp], exporters: [otlp_http]}'
  const args = ['--config', file, pipelines, '--set', 'service.telemetry.logs.level=debug']
  const collector = cli(args)
  const at = await addresses(collector)
  await sendSpan(at.otlp)
  await collector.line(/Exporting failed/)
  await collector.line(/holds secrets and every user can read it/)

  const headers = { authorization: `Bearer ${canary}` }
  const answers = await Promise.all(
    ['/', '/metrics', '/api/v1/status', '/api/v1/commands', '/nowhere'].map(async (path) => {
      const answer = await fetch(at.admin + path, { headers })
      return answer.text()
    }),
  )
  const asTable = await cli(['status', '--endpoint', at.admin], { AGENT_SRE_TOKEN: canary }).ended
  const printed = await cli(['print-config', ...args]).ended
  const unredacted = await cli(['print-config', '--mode', 'unredacted', ...args]).ended
  collector.kill('SIGTERM')
  const { text } = await collector.ended

  expect(asTable.text).toMatch(/otlp_http +exporter +retrying/)
  expect(printed.text).toContain('[REDACTED]')
  expect([...answers, asTable.text, printed.text, text].join('\n')).not.toContain(canary)
  expect(unredacted.text).toContain(canary)
})

test('writes one JSON object a line where that is asked for', async () => {
  const telemetry = { logs: { encoding: 'json' } }
  const collector = cli(['--config', config('debug', {}, { telemetry })])
  await sendSpan((await addresses(collector)).otlp)
  collector.kill('SIGTERM')
  const { text } = await collector.ended

  const lines = text.split('\n').filter((it) => it.startsWith('{'))
  expect(lines.map((it) => JSON.parse(it))).toContainEqual({
    level: 'info',
    ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    msg: 'Starting HTTP server',
    'otelcol.component.id': 'otlp',
    'otelcol.component.kind': 'Receiver',
    endpoint: expect.any(String),
  })
})

test('starts nothing when a port is taken, and says which', async () => {
  const [endpoint] = await backend(() => {})
  const taken = `--set=receivers.otlp.protocols.http.endpoint=${new URL(endpoint).host}`

  const { code, text } = await cli(['--config', config(), taken]).ended

  expect(code).toBe(1)
  expect(text).toMatch(/^Error: cannot start pipelines: failed to start "otlp" receiver: .*in use/m)
  expect(text).not.toContain('is running')
})

test('names everything that is wrong with a configuration at once', async () => {
  const wrong = ['--set', 'exporters.debug.verbose=1', '--set', 'processors.nonsense={}']

  for (const command of ['run', 'validate', 'print-config']) {
    const { code, text } = await cli([command, '--config', config(), ...wrong]).ended
    expect(code).toBe(1)
    expect(text).toMatch(/^Error: the configuration cannot be used$/m)
    expect(text).toContain('is no setting of debug')
    expect(text).toContain('unknown type: "nonsense"')
    expect(text).toContain('2 problems. Nothing was started.')
    expect(text.match(/Error:/g)).toHaveLength(1)
  }
})

test.each([
  [[], 1, /^Error: at least one config flag must be provided\n$/],
  [['validate', '--config', 'collector.yaml'], 0, /^$/],
  [['--version'], 0, /^agent-sre version \d+\.\d+\.\d+\n$/],
  [['-v'], 0, /^agent-sre version/],
  [['--help'], 0, /^Usage: agent-sre/],
  [['run', '--help'], 0, /--shutdown-timeout/],
  [['replay', '--help'], 0, /pipeline folder/],
  [['status', '--help'], 0, /--endpoint/],
  [['run', '--nonsense'], 1, /^Error: unknown option '--nonsense'/],
  [['valdate'], 1, /^Error: unknown command "valdate"; did you mean validate\?\n$/],
  [['run', '--shutdown-timeout', '5'], 1, /^Error: .*write 5s/],
  [['status', '--endpoint', 'http://127.0.0.1:9'], 1, /^Error: nobody answers at/],
  [['components'], 0, /^buildinfo:\n {2}command: agent-sre\n[\s\S]*name: otlp_http/],
  [['replay', 'pipelines/forward'], 0, /invoke_agent support-bot[\s\S]*as expected\n$/],
  [['replay', 'nowhere'], 1, /^Error: there is no file and no folder nowhere\n$/],
])('%j exits with %d', async (args, code, output) => {
  const ended = await cli(args).ended

  expect(ended.text).toMatch(output)
  expect(ended.code).toBe(code)
})

test('npm start passes a signal on once, however often it comes', async () => {
  const collector = nodeProcess(join(root, 'scripts', 'start.mjs'), ['--config', config()])
  await addresses(collector)

  collector.kill('SIGINT')
  collector.kill('SIGINT')

  const { code, text } = await collector.ended
  expect(text).toContain('Shutdown complete.')
  expect(text).not.toContain('while stopping')
  expect(code).toBe(0)
})

test('the collector does not outlive npm start', async () => {
  const collector = nodeProcess(join(root, 'scripts', 'start.mjs'), ['--config', config()])
  await addresses(collector)

  collector.kill('SIGKILL')

  // Both outputs close only when the collector has ended too.
  expect((await collector.ended).text).toContain('Shutdown complete.')
})

test('prints the schema of the configuration, or writes it to a file', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'schema-')), 'schema.json')
  const printed = await cli(['schema']).ended
  expect(JSON.parse(printed.text)).toMatchObject({ title: expect.stringMatching(/^agent-sre \d/) })
  expect(await cli(['schema', '--output', file]).ended).toEqual({ code: 0, text: '' })
  expect(readFileSync(file, 'utf8')).toBe(printed.text)
  const nowhere = await cli(['schema', '--output', '/nowhere/schema.json']).ended
  expect(nowhere).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^Error: cannot write the schema: ENOENT/),
  })
})
