import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hasOpenssl } from '../../src/net/client/certificates.fixture.ts'
import { requestJson } from '../support/build.ts'
import { recordingLog } from '../support/settings.ts'
import { addressesOf, engineOf } from './building.ts'

test.skipIf(!hasOpenssl())(
  'an expired certificate is not believed, though its authority is',
  async () => {
    const { cert, key } = expired()
    let requests = 0
    const server = createServer({ cert, key }, (_request, response) => {
      requests++
      response.end()
    })
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const log = recordingLog()
    const exporter = {
      endpoint: `https://127.0.0.1:${port}`,
      tls: { ca_pem: cert },
      retry_on_failure: { enabled: false },
      sending_queue: { enabled: false },
    }
    const engine = await engineOf(
      `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters: { otlp_http: ${JSON.stringify(exporter)} }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp_http] } } }
`,
      { log },
    )
    await engine.start()

    const answer = await fetch(`${addressesOf(engine).http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestJson('traces', [{}])),
    })

    expect(answer.status).toBe(503)
    expect(JSON.stringify(log.lines)).toContain('certificate has expired')
    expect(requests).toBe(0)
  },
)

/** A certificate for 127.0.0.1 that vouches for itself and ended yesterday. */
function expired() {
  const folder = mkdtempSync(join(tmpdir(), 'expired-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [request, key, cert] = ['request.pem', 'key.pem', 'cert.pem'].map((it) => join(folder, it))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  openssl('req', ...algorithm, ...name, '-keyout', `${key}`, '-out', `${request}`)
  const signed = ['-signkey', `${key}`, '-days', '-1', '-copy_extensions', 'copy']
  openssl('x509', '-req', '-in', `${request}`, ...signed, '-out', `${cert}`)
  return { cert: readFileSync(`${cert}`, 'utf8'), key: readFileSync(`${key}`, 'utf8') }
}
